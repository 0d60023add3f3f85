//! Step 2, the scheduler: a queue, and a loop over it.
//!
//! These lines are the heart of an operating system: take the first, let it run up to its next trap,
//! put it at the end. Without a clock to interrupt them, tasks take turns because each gives way.
//!
//! `cargo run --example step2 -- broken` shows a task that does not.

use std::collections::VecDeque;

use coros::{Task, yield_now};

/// The tasks that could run, the next one first.
struct Scheduler {
    ready: VecDeque<Task>,
}

impl Scheduler {
    /// Gives out so many turns.
    fn run(&mut self, turns: u32) {
        for _ in 0..turns {
            let Some(mut task) = self.ready.pop_front() else {
                return;
            };
            task.run();
            self.ready.push_back(task);
        }
    }
}

fn polite(name: &str) {
    loop {
        println!("{name}");
        yield_now();
    }
}

/// Keeps the CPU for long before it gives way.
fn rude(name: &str) {
    loop {
        for _ in 0..3 {
            println!("{name}");
        }
        yield_now();
    }
}

fn main() {
    let broken = std::env::args().any(|argument| argument == "broken");
    let other = if broken { rude } else { polite };
    let tasks = [
        Task::new(|| polite("ping")),
        Task::new(move || other("pong")),
    ];
    let ready = VecDeque::from(tasks);
    Scheduler { ready }.run(4);
}
