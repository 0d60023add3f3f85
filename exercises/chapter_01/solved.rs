//! A queue: a task that has had a turn, and goes on, stands at its end.

use std::collections::VecDeque;

use coros::Exit;
use coros::task::{Ran, Task};

pub fn run_in_turns(tasks: Vec<Task>) -> Vec<Exit> {
    let mut ready = VecDeque::from(tasks);
    let mut exits = Vec::new();
    while let Some(mut task) = ready.pop_front() {
        match task.run() {
            Ran::Ended(exit) => exits.push(exit),
            _ => ready.push_back(task),
        }
    }
    exits
}
