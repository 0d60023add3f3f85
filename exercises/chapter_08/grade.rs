//! No task begins a round before all have ended the last; all come through; none waits too long.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::sync::{Condvar, LockError, Mutex};
use coros::syscall::Now;
use coros::{Clock, Scheduler, call, sleep};

use super::Room;

type Meet = fn(&Room) -> Result<(), LockError>;

/// More turns than any answer needs that waits, rather than looks again and again.
const TURNS: usize = 10_000;

/// Tells of all who leave the room which round it was, and when. Each party has a row: how
/// many seconds it works before each round.
fn run(meet: Meet, paces: &[&[u64]]) -> Vec<(usize, Duration)> {
    let room = Room {
        parties: paces.len(),
        count: Mutex::new(0),
        changed: Condvar::new(),
    };
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let (start, left) = (sched.now(), Rc::new(RefCell::new(Vec::new())));
    for paces in paces {
        let (room, left, paces) = (room.clone(), Rc::clone(&left), paces.to_vec());
        sched.spawn(move || -> Result<(), LockError> {
            for (round, pace) in paces.into_iter().enumerate() {
                // Without even a turn for the others, if there is nothing to do.
                if pace > 0 {
                    sleep(Duration::from_secs(pace))?;
                }
                meet(&room)?;
                let after = call(Now) - start;
                left.borrow_mut().push((round, after));
            }
            Ok(())
        });
    }
    ring_for_nothing(&mut sched, &room);
    finish(&mut sched);
    left.take()
}

/// A task that is woken must look again.
fn ring_for_nothing(sched: &mut Scheduler, room: &Room) {
    let changed = room.changed.clone();
    sched.spawn(move || {
        for _ in 0..20 {
            sleep(Duration::from_millis(700)).expect("nothing breaks this sleep off");
            changed.notify_all();
        }
    });
}

fn finish(sched: &mut Scheduler) {
    for _ in 0..TURNS {
        match sched.step() {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(stuck) => panic!("all parties came, and yet: {stuck}"),
        }
    }
    panic!("after {TURNS} turns it is not over: does a task look again and again, and never wait?");
}

#[track_caller]
fn in_step(meet: Meet, paces: &[&[u64]]) {
    let (mut expected, mut second) = (Vec::new(), 0);
    for round in 0..paces[0].len() {
        second += paces.iter().map(|party| party[round]).max().unwrap_or(0);
        expected.extend(vec![(round, Duration::from_secs(second)); paces.len()]);
    }
    assert_eq!(
        run(meet, paces),
        expected,
        "in which round, and when, they leave;\n  before each round they work {paces:?} s"
    );
}

pub fn grade(meet: Meet) {
    // One round; a party alone; one that is back before the others have woken; and all of it.
    in_step(meet, &[&[1], &[5], &[3]]);
    in_step(meet, &[&[2, 0, 2]]);
    in_step(meet, &[&[0, 0, 0, 0], &[0, 0, 0, 0]]);
    in_step(meet, &[&[0, 0, 0], &[9, 0, 1], &[3, 0, 0]]);
}
