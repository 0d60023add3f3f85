//! The real world: threads of the operating system, and its clock.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crate::interpreter::{self, Rule, World};
use crate::program::{Program, squares_below};
use crate::run::{Passing, Run};

/// Runs the programs, a thread each.
pub fn run(rule: Rule, passing: Passing, programs: &[Program]) -> Run {
    let world = Real {
        rule,
        passing,
        start: Instant::now(),
        is_asked: AtomicBool::new(false),
        lock: Mutex::default(),
        free: Condvar::new(),
        taken: Condvar::new(),
    };
    let threads = thread::scope(|scope| {
        let run = |program| interpreter::run(program, rule, &world);
        let threads: Vec<_> = programs
            .iter()
            .map(|program| scope.spawn(move || run(program)))
            .collect();
        let told = threads.into_iter().map(|thread| thread.join());
        told.map(|told| told.expect("it ends well")).collect()
    });
    Run {
        threads,
        hand_overs: world.locked().hand_overs,
    }
}

struct Real {
    rule: Rule,
    passing: Passing,
    start: Instant,
    /// Apart from the rest: it is looked at before each bytecode.
    is_asked: AtomicBool,
    lock: Mutex<Lock>,
    free: Condvar,
    taken: Condvar,
}

/// The interpreter's lock; a mutex guards what is known of it.
#[derive(Default)]
struct Lock {
    is_held: bool,
    waiters: u32,
    last: Option<ThreadId>,
    /// A thread that waits asks only if no other has taken the lock meanwhile.
    takes: u64,
    hand_overs: u64,
}

impl Real {
    fn locked(&self) -> MutexGuard<'_, Lock> {
        self.lock.lock().expect("no thread panics with it")
    }

    /// Waits until the lock is let go, or for the interval, and then asks for it.
    fn wait<'l>(&self, lock: MutexGuard<'l, Lock>) -> MutexGuard<'l, Lock> {
        let Rule::Asked(interval) = self.rule else {
            return self.free.wait(lock).expect("no thread panics with it");
        };
        let takes = lock.takes;
        let waited = self.free.wait_timeout(lock, interval);
        let (lock, waited) = waited.expect("no thread panics with it");
        if waited.timed_out() && lock.is_held && lock.takes == takes {
            self.is_asked.store(true, Relaxed);
        }
        lock
    }
}

impl World for Real {
    fn take(&self) {
        if self.rule == Rule::NoLock {
            return;
        }
        let mut lock = self.locked();
        lock.waiters += 1;
        while lock.is_held {
            lock = self.wait(lock);
        }
        lock.waiters -= 1;
        lock.is_held = true;
        lock.takes += 1;
        self.is_asked.store(false, Relaxed);
        let me = thread::current().id();
        if lock.last.replace(me).is_some_and(|last| last != me) {
            lock.hand_overs += 1;
            self.taken.notify_all();
        }
    }

    fn let_go(&self) {
        self.locked().is_held = false;
        self.free.notify_one();
    }

    fn give_way(&self) {
        let mut lock = self.locked();
        if lock.waiters == 0 {
            return;
        }
        lock.is_held = false;
        self.free.notify_one();
        let me = Some(thread::current().id());
        while self.passing == Passing::On && lock.last == me {
            lock = self.taken.wait(lock).expect("no thread panics with it");
        }
        drop(lock);
        self.take();
    }

    fn is_asked(&self) -> bool {
        self.is_asked.load(Relaxed)
    }

    fn tick(&self) {}

    fn read(&self, ms: u64) -> i64 {
        thread::sleep(Duration::from_millis(ms));
        1
    }

    fn crunch(&self, n: i64) -> i64 {
        squares_below(n)
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}
