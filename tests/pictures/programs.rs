//! Small programs, and all that is told of them.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer, SchedulerBuilder};
use coros::policy::RoundRobin;
use coros::sync::{Event as Bell, Mutex, Semaphore};
use coros::syscall::{Compute, Sleep};
use coros::{Builder, Clock, JoinHandle, Scheduler, call, spawn, yield_now};

#[derive(Default)]
struct All(Vec<Event>);

impl Observer for All {
    fn observe(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

pub fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

pub fn events_of(builder: SchedulerBuilder, main: impl FnOnce() + 'static) -> Vec<Event> {
    let all = Rc::new(RefCell::new(All::default()));
    let mut sched = builder
        .clock(Clock::Virtual)
        .seed(7)
        .observer(Rc::clone(&all))
        .build();
    sched.spawn_with(Builder::new().name("main"), main).unwrap();
    // A program that is stuck is told of like any other.
    let _ = sched.run();
    let all = all.borrow();
    all.0.clone()
}

fn task(name: &str, body: impl FnOnce() + 'static) -> JoinHandle<()> {
    Builder::new().name(name).spawn(body)
}

/// Three jobs share a CPU.
pub fn three_jobs() -> Vec<Event> {
    let builder = Scheduler::builder().policy(RoundRobin::new(ms(10))).cpus(1);
    events_of(builder, || {
        for (name, work) in [("long", 50), ("short", 15), ("medium", 30)] {
            task(name, move || call(Compute(ms(work))).unwrap());
        }
    })
}

/// Readers that wait for a disk, and a hog, on two CPUs; switching costs something.
pub fn readers() -> Vec<Event> {
    let builder = Scheduler::builder()
        .policy(RoundRobin::new(ms(10)))
        .cpus(2)
        .switch_cost(ms(1));
    events_of(builder, || {
        let disk = Semaphore::new(1).named("disk");
        for name in ["reader <1>", "reader & \"2\""] {
            let disk = disk.clone();
            task(name, move || {
                for _ in 0..3 {
                    call(Compute(ms(4))).unwrap();
                    let _permit = disk.acquire().unwrap();
                    call(Sleep(ms(9))).unwrap();
                }
            });
        }
        let hog = task("hog", || {
            loop {
                call(Compute(ms(7))).unwrap();
            }
        });
        call(Sleep(ms(45))).unwrap();
        hog.kill().unwrap();
    })
}

/// Three philosophers, each with the fork on the left; one who watches.
pub fn philosophers() -> Vec<Event> {
    events_of(Scheduler::builder(), || {
        let forks =
            ["red", "green", "blue"].map(|colour| Mutex::new(()).named(format!("{colour} fork")));
        let table = Bell::new().named("dinner is served");
        let mut last = None;
        for (seat, name) in ["Plato", "Kant", "Hume"].into_iter().enumerate() {
            let (left, right) = (forks[seat].clone(), forks[(seat + 1) % 3].clone());
            let table = table.clone();
            last = Some(task(name, move || {
                table.wait().unwrap();
                let _left = left.lock().unwrap();
                yield_now();
                let _right = right.lock().unwrap();
            }));
        }
        spawn(move || last.unwrap().join());
        task("cook", move || table.set());
    })
}
