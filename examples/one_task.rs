//! One task by hand: `Task::run` goes on up to the next trap.
//!
//! This is all that a coroutine is: a function that can stop in its middle, keep its place and its
//! locals on a stack of its own, and be resumed. A scheduler adds only the question who is next.

use coros::{Task, yield_now};

fn main() {
    let mut task = Task::new(|| {
        let mut sum = 0;
        for number in 1..=3 {
            sum += number;
            println!("task: the sum is {sum}");
            yield_now();
        }
    });
    for _ in 0..5 {
        let ran = task.run();
        println!("main: {ran:?}");
    }
}
