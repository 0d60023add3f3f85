//! How random programs are drawn.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::program::{Act, BRANCHES, Branch, CHANNELS, Fence, LISTS, MUTEXES, Op, Program, Who};

/// A step before it is read: a kind, and what may depend on it. Drawn and shrunk as plain numbers,
/// which is fast; smaller kinds are simpler.
type Word = (u8, u16);

const KINDS: u8 = 68;

/// All programs. The first task makes a timed call first of all, so that the trace knows when time began.
pub fn programs() -> impl Strategy<Value = Program> {
    let script = vec((0..KINDS, any::<u16>()), 0..12);
    (1..5_usize, vec(script, 1..9)).prop_map(|(roots, words)| {
        let mut scripts: Vec<_> = words.iter().map(|words| read_script(words)).collect();
        scripts[0].insert(0, Op::Do(Act::Yield));
        Program { roots, scripts }
    })
}

fn read_script(mut words: &[Word]) -> Vec<Op> {
    let mut script = Vec::new();
    while let Some((&(kind, argument), rest)) = words.split_first() {
        words = rest;
        let (op, times) = match kind {
            0 if argument % 64 == 63 => (Op::Do(Act::Yield), 80),
            0..51 => (Op::Do(read_act(kind, argument)), 1),
            51..55 => (Op::Guard(read_guard(argument)), 1),
            55 => (Op::Panic, 1),
            56..59 => {
                let block = read_block(&mut words, argument % 4);
                let leave = argument / 4 % 2 == 1;
                // Some catch their own end more often than they are allowed to.
                let times = if argument / 8 % 8 == 7 { 20 } else { 1 };
                (Op::Catch { block, leave }, times)
            }
            59..63 => {
                let block = read_block(&mut words, 1 + argument % 5);
                let mutex = usize::from(argument / 5) % MUTEXES;
                let door = match argument / 16 % 4 {
                    3 => Act::TryLock(mutex),
                    _ => Act::Lock(mutex),
                };
                (Op::Locked { door, block }, 1)
            }
            _ => {
                let block = read_block(&mut words, argument % 6);
                let fence = read_fence(argument / 6);
                (Op::Within { fence, block }, 1)
            }
        };
        script.extend(std::iter::repeat_n(op, times));
    }
    script
}

/// Takes the words of a block off the front.
fn read_block(words: &mut &[Word], length: u16) -> Vec<Op> {
    let length = usize::from(length).min(words.len());
    let (block, after) = words.split_at(length);
    *words = after;
    read_script(block)
}

fn read_act(kind: u8, argument: u16) -> Act {
    let number = usize::from(argument);
    let list = number % LISTS;
    match kind {
        0..2 => Act::Yield,
        2 => Act::GetTid,
        3..6 => Act::Spawn(number % 2),
        6..8 => Act::SpawnKept(number % 2),
        8..12 => Act::Sleep(u64::from(argument % 4)),
        12..15 => Act::Park(list),
        15..18 => Act::WakeOne(list),
        18 => Act::WakeAll(list),
        19..21 => Act::PostOne(list),
        21 => Act::PostAll(list),
        22..24 => Act::Kill(read_who(number)),
        24..29 => Act::Wait(read_who(number)),
        29..33 => Act::Select(read_branches(number)),
        33..36 => Act::Cancel(read_who(number)),
        36 => Act::Look(number % MUTEXES),
        37 if argument % 4 == 3 => Act::Close(number / 4 % CHANNELS),
        37..41 => Act::Send(number % CHANNELS),
        41 => Act::TrySend(number % CHANNELS),
        42..46 => Act::Recv(number % CHANNELS),
        46 => Act::TryRecv(number % CHANNELS),
        _ => Act::Nudge(read_who(number)),
    }
}

/// Destructors do all that others do, but wake without reason.
fn read_guard(argument: u16) -> Act {
    read_act((argument % 47) as u8, argument / 47)
}

/// Two branches, or three.
fn read_branches(number: usize) -> [Option<Branch>; BRANCHES] {
    let (first, rest) = (number % 8, number / 8);
    match first {
        0 => [
            Some(Branch::Lock(rest % MUTEXES)),
            Some(read_branch(rest / MUTEXES)),
            None,
        ],
        1..3 => [
            Some(Branch::Recv(rest % CHANNELS)),
            Some(read_branch(rest / CHANNELS)),
            None,
        ],
        3 => [
            Some(Branch::Send(rest % CHANNELS)),
            Some(read_branch(rest / CHANNELS)),
            None,
        ],
        _ => [
            Some(read_branch(rest)),
            Some(read_branch(rest / 16)),
            (first > 5).then(|| read_branch(rest / 256)),
        ],
    }
}

fn read_branch(number: usize) -> Branch {
    match number % 8 {
        0..2 => Branch::Sleep(number as u64 / 8 % 4),
        2..6 => Branch::Park(number / 8 % LISTS),
        _ => Branch::Wait(read_who(number / 8 + number % 2 * 4)),
    }
}

fn read_fence(argument: u16) -> Fence {
    let time = u64::from(argument / 4 % 4);
    match argument % 4 {
        3 => Fence::Shield(time),
        _ => Fence::Timeout(time),
    }
}

fn read_who(number: usize) -> Who {
    match number % 8 {
        7 => Who::Me,
        nth => Who::Nth(nth),
    }
}
