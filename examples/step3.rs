//! Step 3, the exit: a task that returns leaves the queue.
//!
//! `task.run()` says which of the two happened: the task trapped and wants to go on, or it is over. A
//! scheduler that does not look (`cargo run --example step3 -- broken`) never comes to an end by itself.

use std::collections::VecDeque;

use coros::task::Ran;
use coros::{Task, yield_now};

fn count(name: &str, end: u32) {
    for number in 1..=end {
        println!("{name}: {number}");
        yield_now();
    }
}

/// Runs the tasks in turns, until none is left; says in how many turns.
fn run(mut ready: VecDeque<Task>) -> u32 {
    let mut turns = 0;
    while let Some(mut task) = ready.pop_front() {
        turns += 1;
        match task.run() {
            Ran::Ended(exit) => println!("main: one has {exit}"),
            _ => ready.push_back(task),
        }
    }
    turns
}

/// Runs the tasks as in step 2, blind to their ends.
fn run_blindly(mut ready: VecDeque<Task>) -> u32 {
    const ENOUGH: u32 = 1_000;
    for turn in 0..ENOUGH {
        let Some(mut task) = ready.pop_front() else {
            return turn;
        };
        task.run();
        ready.push_back(task);
    }
    ENOUGH
}

fn main() {
    let broken = std::env::args().any(|argument| argument == "broken");
    let run = if broken { run_blindly } else { run };
    let tasks = [
        Task::new(|| count("short", 1)),
        Task::new(|| count("long", 3)),
    ];
    let turns = run(VecDeque::from(tasks));
    println!("main: {turns} turns");
}
