//! A policy that comes in the middle of a run is told what there is.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use coros::kernel::{Event, Observer, Pick, Policy, Runnable};
use coros::policy::{Fifo, Priority, Random, RoundRobin};
use coros::sync::Mutex;
use coros::syscall::{GetTid, SetPolicy, Sleep};
use coros::{Clock, Scheduler, Tid, call, yield_now};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn whoever_puts_the_first_policy_in_force_comes_under_it() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| {
        call(SetPolicy::to(Fifo::new()));
        for _ in 0..3 {
            call(GetTid);
        }
    });
    sched.spawn(yield_now);
    let report = sched.run().unwrap();
    assert_eq!(report.policies_dropped, 0);
}

struct Lender {
    queue: Vec<Tid>,
    told: Rc<Cell<usize>>,
    inherits: bool,
}

impl Policy for Lender {
    fn name(&self) -> Cow<'static, str> {
        "lender".into()
    }
    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        self.queue.push(task);
    }
    fn dequeue(&mut self, task: Tid) {
        self.queue.retain(|ready| *ready != task);
    }
    fn pick(&mut self, _: Duration) -> Option<Pick> {
        (!self.queue.is_empty()).then(|| Pick {
            task: self.queue.remove(0),
            slice: None,
        })
    }
    fn inherits(&self) -> bool {
        self.inherits
    }
    fn inherit(&mut self, loans: &[(Tid, Tid)]) {
        self.told.set(self.told.get() + loans.len().max(1));
    }
}

fn hold_and_wait(sched: &mut Scheduler) {
    let lock = Mutex::new(());
    let also = lock.clone();
    sched.spawn(move || {
        let _guard = lock.lock().unwrap();
        for _ in 0..10 {
            yield_now();
        }
    });
    sched.spawn(move || drop(also.lock().unwrap()));
}

#[test]
fn a_new_policy_is_told_of_the_loans_that_there_are() {
    let told = Rc::new(Cell::new(0));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .policy(Priority::new())
        .build();
    hold_and_wait(&mut sched);
    for _ in 0..5 {
        sched.step().unwrap();
    }
    sched.set_policy(Lender {
        queue: Vec::new(),
        told: Rc::clone(&told),
        inherits: true,
    });
    sched.step().unwrap();
    sched.step().unwrap();
    assert!(told.get() > 0, "it was never told who waits for whom");
    sched.run().unwrap();
}

#[test]
fn a_policy_that_does_not_inherit_is_told_of_no_loans() {
    let told = Rc::new(Cell::new(0));
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    hold_and_wait(&mut sched);
    for _ in 0..5 {
        sched.step().unwrap();
    }
    sched.set_policy(Lender {
        queue: Vec::new(),
        told: Rc::clone(&told),
        inherits: false,
    });
    sched.run().unwrap();
    assert_eq!(told.get(), 0);
}

#[test]
fn many_sleepers_do_not_slow_down_a_policy_that_inherits() {
    let took = |sleepers: u64| {
        let mut sched = Scheduler::builder()
            .clock(Clock::Virtual)
            .policy(Priority::new())
            .build();
        for _ in 0..sleepers {
            sched.spawn(|| call(Sleep(ms(1_000_000))).unwrap());
        }
        sched.spawn(|| {
            for _ in 0..2_000 {
                yield_now();
            }
        });
        let began = Instant::now();
        sched.run().unwrap();
        began.elapsed()
    };
    let (few, many) = (took(1_000), took(10_000));
    assert!(
        many < few * 30 + ms(1000),
        "{few:?} with 1,000, {many:?} with 10,000"
    );
}

#[test]
fn an_old_policy_that_panics_when_it_is_dropped_does_no_harm_to_the_new_one() {
    struct Bomb(Fifo);
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    impl Policy for Bomb {
        fn name(&self) -> Cow<'static, str> {
            "bomb".into()
        }
        fn enqueue(&mut self, task: Tid, why: Runnable, now: Duration) {
            self.0.enqueue(task, why, now);
        }
        fn dequeue(&mut self, task: Tid) {
            self.0.dequeue(task);
        }
        fn pick(&mut self, now: Duration) -> Option<Pick> {
            self.0.pick(now)
        }
    }
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .policy(Bomb(Fifo::new()))
        .build();
    let task = sched.spawn(|| {
        call(SetPolicy::to(Fifo::new()));
        yield_now();
    });
    sched.spawn(|| {
        yield_now();
        yield_now();
    });
    let report = sched.run().unwrap();
    task.join().unwrap();
    assert_eq!(report.policies_dropped, 0);
}

/// What `observe` is told is in force, at the start of each run.
fn in_force(sched: &mut Scheduler) -> String {
    struct Asks(Rc<RefCell<String>>);
    impl Observer for Asks {
        fn observe(&mut self, event: &Event) {
            if let Event::Start(start) = event {
                *self.0.borrow_mut() = start.policy.to_string();
            }
        }
    }
    let told = Rc::new(RefCell::default());
    sched.observe(Asks(Rc::clone(&told)));
    told.take()
}

#[test]
fn a_policy_that_the_last_call_of_a_run_has_set_gives_way_to_one_that_is_set_later() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| call(SetPolicy::to(Random::new(1))));
    sched.run().unwrap();
    sched.set_policy(RoundRobin::new(ms(1)));
    sched.spawn(|| ());
    sched.run().unwrap();
    assert_eq!(in_force(&mut sched), "rr");
}
