//! Step 1, the task: a function can be stopped and resumed.
//!
//! `task.run()` goes on up to the next trap, here `yield_now`, and hands back. What the function had in
//! its locals lies on the task's stack, and is there when it is resumed.
//!
//! `cargo run --example step1 -- broken` leaves out the trap.

use coros::{Task, yield_now};

fn count(name: &str) {
    for number in 1..=2 {
        println!("{name}: {number}");
        yield_now();
    }
}

fn count_without_a_trap(name: &str) {
    for number in 1..=2 {
        println!("{name}: {number}");
    }
}

fn main() {
    let broken = std::env::args().any(|argument| argument == "broken");
    let count = if broken { count_without_a_trap } else { count };
    let mut first = Task::new(move || count("first"));
    let mut second = Task::new(move || count("second"));
    println!("main: nothing has run yet");
    first.run();
    second.run();
    println!("main: each has had one turn");
    first.run();
    second.run();
}
