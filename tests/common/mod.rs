//! What the tests share: a log that tasks write to, and things that happen on drop.
#![allow(dead_code, unused_imports)]

mod alone;
mod dice;
pub mod example;
mod folder;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::{
    Answer, Builder, Clock, JoinHandle, Kernel, Scheduler, SystemCall, Tid, WaitList, call,
    syscall::Park,
};

pub use alone::{again, again_by, alone, is_alone};
pub use dice::Dice;
pub use folder::{Folder, text};

/// A trace; clones write to the same one.
#[derive(Clone, Default)]
pub struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn say(&self, text: impl ToString) {
        self.0.borrow_mut().push(text.to_string());
    }

    /// What was said since the last time.
    pub fn take(&self) -> Vec<String> {
        self.0.take()
    }

    /// Says `text` when it is dropped.
    pub fn on_drop(&self, text: impl ToString) -> impl Sized + 'static {
        let (log, text) = (self.clone(), text.to_string());
        OnDrop(move || log.say(&text))
    }
}

/// Does something when it is dropped.
pub struct OnDrop<F: FnMut()>(pub F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// A scheduler in virtual time.
pub fn scheduler() -> Scheduler {
    Scheduler::builder().clock(Clock::Virtual).build()
}

pub fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Waits until it is killed.
pub fn park_for_ever() {
    let _ = call(Park(&WaitList::new().named("nowhere")));
}

/// A task that waits until it is killed, and says so when it goes.
pub fn waiter(sched: &mut Scheduler, log: &Log, name: &'static str) -> JoinHandle<()> {
    let log = log.clone();
    sched.spawn(move || {
        let _bye = log.on_drop(format!("{name} gone"));
        park_for_ever();
    })
}

/// Runs `main` as the first task of a scheduler in virtual time, and hands over its value.
pub fn run<T: 'static>(main: impl FnOnce() -> T + 'static) -> T {
    let mut sched = scheduler();
    let main = sched.spawn(main);
    sched.run().expect("nobody gets stuck");
    main.join().expect("the main task returns")
}

/// A call that is answered at once, by a closure.
pub struct Serve<F>(pub F);

impl<R, F: FnMut(&mut Kernel, Tid) -> R> SystemCall for Serve<F> {
    type Reply = R;
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<R> {
        Answer::Done((self.0)(kernel, caller))
    }
}

/// Serves a call by a closure.
#[track_caller]
pub fn serve<R>(f: impl FnMut(&mut Kernel, Tid) -> R) -> R {
    call(Serve(f))
}

/// A call that gives back what it was given.
pub struct Give<T>(Option<T>);

impl<T> Give<T> {
    pub fn new(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> SystemCall for Give<T> {
    type Reply = T;
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<T> {
        Answer::Done(self.0.take().expect("a call is answered once"))
    }
}

/// Spawns a daemon that waits for ever and says when it goes.
pub fn daemon(sched: &mut Scheduler, log: &Log, name: &'static str) {
    let log = log.clone();
    let builder = Builder::new().name(name).daemon(true);
    let idle = move || {
        let _bye = log.on_drop(format!("{name} gone"));
        park_for_ever();
    };
    sched.spawn_with(builder, idle).unwrap();
}
