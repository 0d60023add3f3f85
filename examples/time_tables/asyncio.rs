//! What Python's `asyncio` has, in tasks: two ways to sleep, `gather`, and its order.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use coros::kernel::{Pick, Policy, Runnable, SchedulerBuilder};
use coros::syscall::Block;
use coros::{Builder, Scheduler, Tid, call, sleep, wait_all};

/// `time.sleep` in the one thread that there is: all stand still.
pub fn block(seconds: u64) {
    call(Block(Duration::from_secs(seconds)));
}

/// `asyncio.sleep`: the others go on. `time.sleep` in a thread of its own is the same: it leaves the CPU,
/// and the interpreter's lock, to them.
pub fn pause(seconds: u64) {
    sleep(Duration::from_secs(seconds)).expect("nothing interrupts it");
}

/// Begins all functions, the tasks `f1`, `f2` and so on, and waits for all.
pub fn gather(functions: impl IntoIterator<Item = impl FnOnce() + 'static>) {
    let begin = |(number, function)| {
        let name = format!("f{number}");
        Builder::new().name(name).spawn(function)
    };
    let tasks: Vec<_> = (1..).zip(functions).map(begin).collect();
    wait_all(&tasks, None).expect("nothing interrupts it");
}

/// A loop as `asyncio` has it.
pub fn builder() -> SchedulerBuilder {
    Scheduler::builder().policy(UntilItWaits::default())
}

/// A task goes on until it has to wait. (The library's own rule is another: each call ends the turn.)
#[derive(Default)]
struct UntilItWaits(VecDeque<Tid>);

impl Policy for UntilItWaits {
    fn name(&self) -> Cow<'static, str> {
        "until it waits".into()
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, _now: Duration) {
        match why {
            Runnable::Answered => self.0.push_front(task),
            _ => self.0.push_back(task),
        }
    }

    fn dequeue(&mut self, task: Tid) {
        self.0.retain(|&ready| ready != task);
    }

    fn pick(&mut self, _now: Duration) -> Option<Pick> {
        let task = self.0.pop_front()?;
        Some(Pick { task, slice: None })
    }

    fn patience(&self) -> Option<u64> {
        None
    }
}
