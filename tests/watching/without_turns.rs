//! An observer that does not look at turns is told of all else, in the same order.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer};
use coros::sync::Mutex;
use coros::{Clock, Scheduler, sleep, spawn};

/// Keeps what it is told but turns, in words.
struct Seen {
    told: Vec<String>,
    sees_turns: bool,
    turns: u64,
}

impl Observer for Seen {
    fn observe(&mut self, event: &Event) {
        match event {
            Event::Turn(_) => self.turns += 1,
            other => self.told.push(format!("{other:?}")),
        }
    }

    fn sees_turns(&self) -> bool {
        self.sees_turns
    }
}

/// What observers were told, each with its number of turns.
fn observed(cpus: u32, sees_turns: &[bool]) -> Vec<(Vec<String>, u64)> {
    let mut builder = Scheduler::builder().clock(Clock::Virtual).cpus(cpus);
    let seen = |sees_turns: &bool| {
        Rc::new(RefCell::new(Seen {
            told: Vec::new(),
            sees_turns: *sees_turns,
            turns: 0,
        }))
    };
    let observers: Vec<_> = sees_turns.iter().map(seen).collect();
    for observer in &observers {
        builder = builder.observer(Rc::clone(observer));
    }
    let mut sched = builder.build();
    sched.spawn(|| {
        let lock = Mutex::new(0).named("the lock");
        let other = lock.clone();
        let child = spawn(move || *other.lock().unwrap() += 1);
        let guard = lock.lock().unwrap();
        sleep(Duration::from_millis(1)).unwrap();
        drop(guard);
        child.join().unwrap();
    });
    sched.run().unwrap();
    drop(sched);
    let told = |seen: &Rc<RefCell<Seen>>| (seen.take_told(), seen.borrow().turns);
    observers.iter().map(told).collect()
}

trait Told {
    fn take_told(&self) -> Vec<String>;
}

impl Told for Rc<RefCell<Seen>> {
    fn take_told(&self) -> Vec<String> {
        std::mem::take(&mut self.borrow_mut().told)
    }
}

#[test]
fn whoever_sees_no_turns_sees_all_else_as_the_others_do() {
    for cpus in [1, 2] {
        let with = observed(cpus, &[true]).remove(0);
        let without = observed(cpus, &[false]).remove(0);
        assert!(with.1 > 0 && without.1 == 0);
        assert_eq!(with.0, without.0);
    }
}

#[test]
fn turns_are_told_as_long_as_one_observer_sees_them() {
    let both = observed(1, &[false, true]);
    assert!(both[1].1 > 0);
    assert_eq!(both[0].0, both[1].0);
}
