//! Step 6, waiting: `WaitTask` gives turns to others.
//!
//! Until now a task that stopped was ready at once. A task that waits is in no queue: it takes no turns, and
//! the end of the other puts it back. So a scheduler can know that no task will ever be ready again:
//! `cargo run --example step6 -- broken` lets two tasks wait for each other.

use std::cell::Cell;
use std::rc::Rc;

use coros::syscall::{NewTask, WaitTask};
use coros::{Builder, Clock, Scheduler, call, yield_now};

fn child() {
    for step in 1..=3 {
        println!("child: step {step}");
        yield_now();
    }
}

fn parent() {
    let child = call(NewTask::new(child));
    println!("parent: I wait for task {child}");
    let exit = call(WaitTask(child)).expect("it is alive");
    println!("parent: task {child} has {exit}");
}

/// Adds two tasks of which each waits until the other has ended.
fn add_a_cycle(sched: &mut Scheduler) {
    let romeo = Rc::new(Cell::new(None));
    let known = Rc::clone(&romeo);
    let juliet = Builder::new().name("juliet");
    let juliet = sched.spawn_with(juliet, move || {
        let romeo = known.get().expect("main has put it there");
        _ = call(WaitTask(romeo));
    });
    let juliet = juliet.expect("a stack is to be had").tid();
    let body = move || _ = call(WaitTask(juliet));
    let handle = sched.spawn_with(Builder::new().name("romeo"), body);
    romeo.set(Some(handle.expect("a stack is to be had").tid()));
}

fn main() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    match std::env::args().any(|argument| argument == "broken") {
        true => add_a_cycle(&mut sched),
        false => _ = sched.spawn(parent),
    }
    match sched.run() {
        Ok(_) => println!("main: all have ended"),
        Err(stuck) => println!("main: {stuck}"),
    }
}
