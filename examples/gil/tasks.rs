//! The simulated world: threads are tasks on two CPUs, time is virtual, and each bytecode takes 10 µs.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use coros::sync::Event;
use coros::syscall::{GetTid, Now};
use coros::{Clock, Scheduler, Tid, call, compute, sleep, timeout};

use crate::interpreter::{self, Rule, World};
use crate::program::{Program, squares_below};
use crate::run::{Passing, Run};

/// How long a bytecode takes.
pub const BYTECODE: Duration = Duration::from_micros(10);
/// How long it takes to wake a thread that waited for the lock, and to bring it back on a CPU.
const HAND_OVER: Duration = Duration::from_micros(50);
/// How many numbers an extension squares in the time of a bytecode.
pub const SQUARES: i64 = 1000;

/// Runs the programs, a thread each.
pub fn run(rule: Rule, passing: Passing, programs: &[Program]) -> Run {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).cpus(2).build();
    let world = Rc::new(Simulated {
        rule,
        passing,
        start: sched.now(),
        is_held: Cell::new(false),
        is_asked: Cell::new(false),
        last: Cell::new(None),
        takes: Cell::new(0),
        hand_overs: Cell::new(0),
        free: Event::new().named("the lock is free"),
        taken: Event::new().named("another has the lock"),
    });
    let threads: Vec<_> = programs
        .iter()
        .map(|program| {
            let (program, world) = (program.clone(), Rc::clone(&world));
            sched.spawn(move || interpreter::run(&program, rule, &*world))
        })
        .collect();
    sched.run().expect("everybody lets go of the lock");
    let told = threads.iter().map(|thread| thread.join());
    Run {
        threads: told.map(|told| told.expect("it ends well")).collect(),
        hand_overs: world.hand_overs.get(),
    }
}

/// The lock needs no lock of its own: tasks switch at calls alone.
struct Simulated {
    rule: Rule,
    passing: Passing,
    start: Instant,
    is_held: Cell<bool>,
    is_asked: Cell<bool>,
    last: Cell<Option<Tid>>,
    /// A task that waits asks only if no other has taken the lock meanwhile.
    takes: Cell<u64>,
    hand_overs: Cell<u64>,
    free: Event,
    taken: Event,
}

impl Simulated {
    /// Waits until the lock is let go, or for the interval, and then asks for it.
    fn wait(&self, takes: u64) {
        match self.rule {
            Rule::Asked(interval) => {
                let was_free = timeout(interval, || self.free.wait()).is_ok();
                let is_asked = !was_free && self.takes.get() == takes;
                self.is_asked.set(self.is_asked.get() || is_asked);
            }
            _ => self.free.wait().expect("nothing interrupts it"),
        }
    }
}

impl World for Simulated {
    fn take(&self) {
        if self.rule == Rule::NoLock {
            return;
        }
        while self.is_held.get() {
            self.wait(self.takes.get());
        }
        self.is_held.set(true);
        self.is_asked.set(false);
        self.free.clear();
        self.takes.set(self.takes.get() + 1);
        let me = Some(call(GetTid));
        if self.last.replace(me).is_some_and(|last| Some(last) != me) {
            self.hand_overs.set(self.hand_overs.get() + 1);
            self.taken.set();
            self.taken.clear();
            compute(HAND_OVER).expect("nothing interrupts it");
        }
    }

    fn let_go(&self) {
        self.is_held.set(false);
        self.free.set();
    }

    fn give_way(&self) {
        if self.free.waiters() == 0 {
            return;
        }
        let me = Some(call(GetTid));
        self.let_go();
        while self.passing == Passing::On && self.last.get() == me {
            self.taken.wait().expect("nothing interrupts it");
        }
        self.take();
    }

    fn is_asked(&self) -> bool {
        self.is_asked.get()
    }

    fn tick(&self) {
        compute(BYTECODE).expect("nothing interrupts it");
    }

    fn read(&self, ms: u64) -> i64 {
        sleep(Duration::from_millis(ms)).expect("nothing interrupts it");
        1
    }

    fn crunch(&self, n: i64) -> i64 {
        let bytecodes = u32::try_from(n / SQUARES).expect("it is small");
        compute(BYTECODE * bytecodes).expect("nothing interrupts it");
        squares_below(n)
    }

    fn now(&self) -> Duration {
        call(Now) - self.start
    }
}
