//! Random programs: what their tasks do, and how they are drawn.

use proptest::collection::vec;
use proptest::prelude::*;

/// How many wait lists a program has.
pub const LISTS: usize = 3;

/// A program makes no more tasks than this.
pub const MOST_TASKS: usize = 40;

/// How planned panics read.
pub const PLANNED: &str = "planned";

/// A tree of tasks.
#[derive(Clone, Debug)]
pub struct Program {
    /// How many tasks there are at the start: task `n` follows script `n`.
    pub roots: usize,
    pub scripts: Vec<Vec<Op>>,
}

impl Program {
    /// What the tasks do that script `parent` makes with `Act::Spawn(skip)`: a later script, so that
    /// the tree ends; past the last one, nothing.
    pub fn child_of(&self, parent: usize, skip: usize) -> usize {
        parent + 1 + skip
    }

    /// The steps of a script.
    pub fn script(&self, index: usize) -> &[Op] {
        self.scripts.get(index).map_or(&[], Vec::as_slice)
    }
}

/// One step of a script.
#[derive(Clone, Debug)]
pub enum Op {
    /// Does it now.
    Do(Act),
    /// Does it when the block ends, in a destructor. These run in the order in which they were made.
    Guard(Act),
    Panic,
    /// Runs a block and catches what it unwinds with; then returns from the task, or goes on.
    Catch {
        block: Vec<Op>,
        leave: bool,
    },
}

/// A call or a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Yield,
    GetTid,
    Spawn(usize),
    /// In milliseconds.
    Sleep(u64),
    Park(usize),
    WakeOne(usize),
    WakeAll(usize),
    PostOne(usize),
    PostAll(usize),
    Kill(Who),
    Wait(Who),
    /// A wake without a reason.
    Nudge(Who),
}

/// A task; it may be dead, or not be born yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Me,
    /// By the order of birth, counted from 0.
    Nth(usize),
}

/// A step before it is read: a kind, and what may depend on it. Drawn and shrunk as plain numbers,
/// which is fast; smaller kinds are simpler.
type Word = (u8, u16);

const KINDS: u8 = 40;

/// All programs.
pub fn programs() -> impl Strategy<Value = Program> {
    let script = vec((0..KINDS, any::<u16>()), 0..12);
    (1..5_usize, vec(script, 1..9)).prop_map(|(roots, words)| Program {
        roots,
        scripts: words.iter().map(|words| read_script(words)).collect(),
    })
}

fn read_script(mut words: &[Word]) -> Vec<Op> {
    let mut script = Vec::new();
    while let Some((&(kind, argument), rest)) = words.split_first() {
        words = rest;
        let (op, times) = match kind {
            0 if argument % 64 == 63 => (Op::Do(Act::Yield), 80),
            0..32 => (Op::Do(read_act(kind, argument)), 1),
            32..36 => (Op::Guard(read_guard(argument)), 1),
            36 => (Op::Panic, 1),
            _ => {
                let length = usize::from(argument % 4).min(words.len());
                let (block, after) = words.split_at(length);
                words = after;
                let block = read_script(block);
                let leave = argument / 4 % 2 == 1;
                // Some catch their own end more often than they are allowed to.
                let times = if argument / 8 % 8 == 7 { 20 } else { 1 };
                (Op::Catch { block, leave }, times)
            }
        };
        script.extend(std::iter::repeat_n(op, times));
    }
    script
}

fn read_act(kind: u8, argument: u16) -> Act {
    let number = usize::from(argument);
    let list = number % LISTS;
    match kind {
        0..2 => Act::Yield,
        2 => Act::GetTid,
        3..7 => Act::Spawn(number % 2),
        7..11 => Act::Sleep(u64::from(argument % 4)),
        11..14 => Act::Park(list),
        14..17 => Act::WakeOne(list),
        17 => Act::WakeAll(list),
        18..20 => Act::PostOne(list),
        20 => Act::PostAll(list),
        21..24 => Act::Kill(read_who(number)),
        24..30 => Act::Wait(read_who(number)),
        _ => Act::Nudge(read_who(number)),
    }
}

/// Destructors do all that others do, but wake without reason.
fn read_guard(argument: u16) -> Act {
    read_act((argument % 30) as u8, argument / 30)
}

fn read_who(number: usize) -> Who {
    match number % 8 {
        7 => Who::Me,
        nth => Who::Nth(nth),
    }
}
