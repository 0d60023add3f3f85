//! The tour's third task: kills its endless child.

use coros::syscall::{KillTask, NewTask};
use coros::{call, yield_now};

use crate::term::say;

pub fn task() {
    let child = call(NewTask::new(|| {
        loop {
            say!("I never end.");
            yield_now();
        }
    }));
    yield_now();
    call(KillTask(child)).expect("the child is alive");
    say!("Peace.");
}
