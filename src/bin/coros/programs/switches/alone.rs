//! What this thread does alone, without help of the system or without a switch.

use std::hint::black_box;
use std::io::{self, pipe};

use coros::{Scheduler, Task, yield_now};

use super::measure::{Figures, measure};

/// How many switches, or calls, there are in a batch.
const MANY: u32 = 2_000;
const FEW: u32 = 100;

/// Two coroutines, resumed in turn: out of one, and into the other.
pub fn by_hand() -> Figures {
    let endless = || {
        Task::new(|| {
            loop {
                yield_now();
            }
        })
    };
    let mut pair = [endless(), endless()];
    always(move || {
        for _ in 0..MANY / 2 {
            for task in &mut pair {
                task.run();
            }
        }
    })
}

/// Two tasks that have nothing to do but to let each other run.
pub fn by_the_loop() -> Figures {
    always(|| {
        let mut sched = Scheduler::new();
        for _ in 0..2 {
            sched.spawn(|| (0..MANY / 2).for_each(|_| yield_now()));
        }
        sched.run().expect("a task that yields is not stuck");
    })
}

/// The least that a computer can do to come somewhere else and back.
pub fn of_a_function() -> Figures {
    always(|| (0..MANY).for_each(nothing))
}

#[inline(never)]
fn nothing(number: u32) {
    black_box(number);
}

fn always(mut batch: impl FnMut()) -> Figures {
    let figures = measure(|| {
        batch();
        Ok(MANY)
    });
    figures.expect("nothing in it fails")
}

/// The two system calls of a turn, by one thread that never has to wait.
pub fn of_a_pipe() -> io::Result<Figures> {
    let (from, to) = pipe()?;
    measure(|| {
        for _ in 0..FEW {
            rustix::io::write(&to, b"o")?;
            rustix::io::read(&from, &mut [0])?;
        }
        Ok(FEW)
    })
}
