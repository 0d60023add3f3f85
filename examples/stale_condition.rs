//! Condition: a task that is woken must look again.
//!
//! A notification is a hint that something has changed, not a promise that it is still so. A guest who
//! is woken for a loaf is merely ready; one who comes just then may take it first. So the guest looks
//! again, in a loop. And between looking and beginning to wait no task may notify: the guest would not hear it.

use std::collections::VecDeque;
use std::time::Duration;

use coros::sync::{Condvar, LockError, Mutex};
use coros::{Clock, Scheduler, sleep, yield_now};

/// Where loaves lie, and what is rung when there is one more.
#[derive(Clone)]
struct Shelf {
    loaves: Mutex<VecDeque<usize>>,
    bell: Condvar,
}

type Take = fn(&Shelf) -> Result<Option<usize>, LockError>;

impl Shelf {
    fn new() -> Self {
        Self {
            loaves: Mutex::new(VecDeque::new()),
            bell: Condvar::new().named("bell"),
        }
    }

    fn put(&self, loaf: usize) -> Result<(), LockError> {
        self.loaves.lock()?.push_back(loaf);
        self.bell.notify_one();
        Ok(())
    }

    /// Wrong: what was rung for may be gone again.
    fn take_if(&self) -> Result<Option<usize>, LockError> {
        let mut loaves = self.loaves.lock()?;
        if loaves.is_empty() {
            loaves = self.bell.wait(loaves)?;
        }
        Ok(loaves.pop_front())
    }

    /// Wrong: the bell may ring between the look and the wait.
    fn take_late(&self) -> Result<Option<usize>, LockError> {
        while self.loaves.lock()?.is_empty() {
            yield_now();
            drop(self.bell.wait(self.loaves.lock()?)?);
        }
        Ok(self.loaves.lock()?.pop_front())
    }

    /// Right: looks under the lock that it waits under, and again when it is woken.
    fn take(&self) -> Result<Option<usize>, LockError> {
        let loaves = self.loaves.lock()?;
        let mut loaves = self.bell.wait_while(loaves, |loaves| loaves.is_empty())?;
        Ok(loaves.pop_front())
    }
}

fn guest(sched: &mut Scheduler, name: &'static str, shelf: &Shelf, take: Take) {
    let shelf = shelf.clone();
    sched.spawn(move || {
        match take(&shelf)? {
            Some(loaf) => println!("  {name}: takes loaf {loaf}"),
            None => println!("  {name}: is woken, and finds nothing"),
        }
        Ok::<_, LockError>(())
    });
}

/// A baker puts a loaf for each guest, one a minute. The second guest comes just after the first loaf.
fn run(title: &str, take: Take, guests: &[&'static str]) {
    println!("{title}:");
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let (shelf, count) = (Shelf::new(), guests.len());
    guest(&mut sched, guests[0], &shelf, take);
    let bakery = shelf.clone();
    sched.spawn(move || {
        for loaf in 1..=count {
            bakery.put(loaf)?;
            sleep(Duration::from_secs(60))?;
        }
        Ok::<_, LockError>(())
    });
    for name in &guests[1..] {
        guest(&mut sched, name, &shelf, take);
    }
    if let Err(stuck) = sched.run() {
        for task in stuck.tasks() {
            let call = task.waits_in.as_deref().unwrap_or("no call");
            println!("  stuck: task {} in {call}", task.tid);
        }
    }
}

fn main() {
    run("if", Shelf::take_if, &["early", "late"]);
    run("look, let go, wait", Shelf::take_late, &["early"]);
    run("wait_while", Shelf::take, &["early", "late"]);
}
