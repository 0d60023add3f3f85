//! Whoever waits for a time is not late by many turns of others, however long these take.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use coros::syscall::{Block, Now};
use coros::{Clock, Scheduler, call, sleep, yield_now};

const MS: Duration = Duration::from_millis(1);

/// The latest wake of twenty, beside a task whose turns take so long.
fn latest(turn: Duration) -> Duration {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let over = Rc::new(Cell::new(false));
    let busy = Rc::clone(&over);
    sched.spawn(move || {
        while !busy.get() {
            call(Block(turn));
        }
    });
    let sleeper = sched.spawn(move || {
        // The loop has to learn first how long turns take.
        sleep(MS).unwrap();
        let late = (0..20).map(|_| {
            let due = call(Now) + 5 * MS;
            sleep(5 * MS).unwrap();
            call(Now) - due
        });
        let latest = late.max().unwrap();
        over.set(true);
        latest
    });
    sched.run().unwrap();
    sleeper.join().unwrap()
}

#[test]
fn long_turns_make_a_wake_late_by_a_few_of_them_not_by_sixty() {
    for millis in [1, 10, 100] {
        let (turn, latest) = (millis * MS, latest(millis * MS));
        assert!(
            latest <= 5 * turn,
            "{latest:?} late, with turns of {turn:?}"
        );
    }
}

#[test]
fn short_turns_are_many_between_two_looks_and_yet_no_wake_is_late() {
    let turn = MS / 1000;
    assert!(latest(turn) <= 61 * turn);
}

#[test]
fn after_long_turns_the_loop_is_fast_again() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let turns = Rc::new(Cell::new(0));
    let counted = Rc::clone(&turns);
    let sleeper = sched.spawn(move || {
        sleep(20 * MS).unwrap();
        turns_between_looks::<11>(&turns)
    });
    sched.spawn(move || {
        for _ in 0..10 {
            call(Block(10 * MS));
        }
        for _ in 0..2000 {
            counted.set(counted.get() + 1);
            yield_now();
        }
    });
    sched.run().unwrap();
    let between = sleeper.join().unwrap()[10];
    assert!(between >= 50, "{between} turns between two looks");
}

/// How many turns another task has in each sleep of no time: each ends at the next look at the clock.
fn turns_between_looks<const N: usize>(turns: &Cell<usize>) -> [usize; N] {
    [(); N].map(|()| {
        let before = turns.get();
        sleep(Duration::ZERO).unwrap();
        turns.get() - before
    })
}

#[test]
fn a_rest_is_not_taken_for_a_long_turn() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let turns = Rc::new(Cell::new(0));
    let counted = Rc::clone(&turns);
    let sleeper = sched.spawn(move || {
        sleep(20 * MS).unwrap();
        turns_between_looks::<2>(&turns)
    });
    sched.spawn(move || {
        sleep(20 * MS).unwrap();
        for _ in 0..200 {
            counted.set(counted.get() + 1);
            yield_now();
        }
    });
    sched.run().unwrap();
    let [_, between] = sleeper.join().unwrap();
    assert!(between >= 50, "{between} turns between two looks");
}

#[test]
fn long_turns_are_forgotten_while_nobody_waits() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let turns = Rc::new(Cell::new(0));
    let counted = Rc::clone(&turns);
    sched.spawn(|| sleep(20 * MS).unwrap());
    let sleeper = sched.spawn(move || {
        // It is ready all the time, so nobody waits.
        for _ in 0..3000 {
            yield_now();
        }
        turns_between_looks::<2>(&turns)
    });
    sched.spawn(move || {
        for _ in 0..10 {
            call(Block(10 * MS));
        }
        for _ in 0..4000 {
            counted.set(counted.get() + 1);
            yield_now();
        }
    });
    sched.run().unwrap();
    let [_, between] = sleeper.join().unwrap();
    assert!(between >= 25, "{between} turns between two looks");
}
