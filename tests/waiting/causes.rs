//! Whose doing something is, and in the middle of what a policy may change.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Cause, Event, Observer, OffCpu, Pick, Policy, Runnable};
use coros::policy::{Fifo, Priority, RoundRobin};
use coros::syscall::{Block, Compute, GetTid, KillTask, Park, SetPolicy, Sleep};
use coros::{
    Answer, Builder, Clock, Interrupted, Kernel, Scheduler, SystemCall, Tid, WaitList, call,
    timeout, yield_now,
};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[derive(Default)]
struct All(Vec<Event>);
impl Observer for All {
    fn observe(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

struct Passes(WaitList, WaitList);
impl SystemCall for Passes {
    type Reply = ();
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<()> {
        kernel.park(caller, &self.0);
        Answer::Wait
    }
    fn abandon(&mut self, _: &mut Kernel, _: Tid, _: Interrupted) {
        self.1.wake_one();
    }
}

fn cause(cpus: bool) -> (Tid, Tid, Option<Cause>) {
    let all = Rc::new(RefCell::new(All::default()));
    let builder = Scheduler::builder()
        .clock(Clock::Virtual)
        .observer(Rc::clone(&all));
    let mut sched = if cpus { builder.cpus(2) } else { builder }.build();
    let (a, b) = (WaitList::new().named("a"), WaitList::new().named("b"));
    let b2 = b.clone();
    let waits = sched.spawn(move || {
        let _ = timeout(ms(5), || call(Passes(a, b2)));
    });
    let woken = sched.spawn(move || call(Park(&b)).unwrap());
    sched.spawn(|| yield_now());
    sched.run().unwrap();
    let cause = all.borrow().0.iter().find_map(|e| match e {
        Event::Wake(w) if w.tid == woken.tid() => Some(w.cause),
        _ => None,
    });
    (waits.tid(), woken.tid(), cause)
}

#[test]
fn a_post_of_a_call_that_a_deadline_broke_off_is_not_the_last_runners() {
    let (w, _, c) = cause(false);
    assert!(
        matches!(c, Some(Cause::Task(t)) if t == w) || matches!(c, Some(Cause::Outside)),
        "{c:?} {w}"
    );
}

#[test]
fn a_post_of_a_call_that_a_deadline_broke_off_is_not_the_last_runners_with_cpus() {
    let (w, _, c) = cause(true);
    assert!(
        matches!(c, Some(Cause::Task(t)) if t == w) || matches!(c, Some(Cause::Outside)),
        "{c:?} {w}"
    );
}

#[derive(Default)]
struct Stops {
    queue: Vec<Tid>,
    stops: Rc<RefCell<Vec<(Tid, &'static str)>>>,
}
impl Policy for Stops {
    fn name(&self) -> Cow<'static, str> {
        "stops".into()
    }
    fn enqueue(&mut self, t: Tid, _: Runnable, _: Duration) {
        self.stops.borrow_mut().push((t, "enqueue"));
        self.queue.push(t);
    }
    fn dequeue(&mut self, t: Tid) {
        self.queue.retain(|r| *r != t);
    }
    fn pick(&mut self, _: Duration) -> Option<Pick> {
        (!self.queue.is_empty()).then(|| Pick {
            task: self.queue.remove(0),
            slice: None,
        })
    }
    fn stopped(&mut self, t: Tid, why: OffCpu, _: Duration, _: Duration) {
        self.stops.borrow_mut().push((
            t,
            match why {
                OffCpu::Preempted => "preempted",
                OffCpu::Ended => "ended",
                OffCpu::Blocked => "blocked",
                _ => "other",
            },
        ));
    }
    fn retire(&mut self, t: Tid) {
        self.stops.borrow_mut().push((t, "retire"));
    }
}

#[test]
fn a_killed_computation_has_ended_and_was_not_preempted() {
    let stops = Rc::new(RefCell::new(Vec::new()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(2)
        .policy(Stops {
            stops: Rc::clone(&stops),
            ..Stops::default()
        })
        .build();
    let victim = sched.spawn(|| call(Compute(ms(10)))).tid();
    sched.spawn(move || {
        call(Sleep(ms(1))).unwrap();
        call(KillTask(victim)).unwrap();
    });
    sched.run().unwrap();
    let of: Vec<_> = stops
        .borrow()
        .iter()
        .filter(|s| s.0 == victim)
        .map(|s| s.1)
        .collect();
    assert_eq!(of, ["enqueue", "ended", "retire"]);
}

#[test]
fn policies_may_change_while_a_cpu_switches_and_others_arrive() {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(2)
        .switch_cost(ms(1))
        .policy(Fifo::new())
        .build();
    for i in 0..6 {
        sched.create_task(
            Builder::new()
                .arrival(ms(i))
                .task(move || {
                    for _ in 0..4 {
                        call(Compute(ms(1))).unwrap();
                        yield_now();
                    }
                })
                .unwrap(),
        );
    }
    sched.spawn(|| {
        for i in 0..20u64 {
            if i % 2 == 0 {
                call(SetPolicy::to(RoundRobin::new(ms(1))))
            } else {
                call(SetPolicy::to(Priority::new()))
            }
            if i % 3 == 0 {
                call(Block(ms(1)));
            } else {
                call(Sleep(ms(1))).unwrap();
            }
            call(GetTid);
        }
    });
    let mut n = 0;
    while sched.step().unwrap().is_some() {
        n += 1;
        if n % 7 == 0 {
            sched.set_policy(RoundRobin::new(ms(2)));
        }
    }
    assert_eq!(sched.report().policies_dropped, 0);
}

#[test]
fn a_wake_in_the_turn_of_the_first_policy() {
    struct WakesItself(bool);
    impl SystemCall for WakesItself {
        type Reply = ();
        fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<()> {
            if std::mem::replace(&mut self.0, true) {
                return Answer::Done(());
            }
            kernel.set_policy(Box::new(Fifo::new()));
            kernel.wake(caller);
            Answer::Wait
        }
    }
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| {
        call(WakesItself(false));
        yield_now();
    });
    sched.spawn(|| yield_now());
    assert_eq!(sched.run().unwrap().policies_dropped, 0);
}

#[test]
fn a_block_past_the_slice_counts_and_nobody_runs_away() {
    let cell = Rc::new(Cell::new(0));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(2)
        .policy(RoundRobin::new(ms(1)))
        .build();
    for _ in 0..3 {
        let c = Rc::clone(&cell);
        sched.spawn(move || {
            call(Compute(ms(3))).unwrap();
            c.set(c.get() + 1);
        });
    }
    sched.spawn(|| call(Block(ms(100))));
    sched.run().unwrap();
    assert_eq!(cell.get(), 3);
}

/// What each turn tells of wakes.
fn told(sched: &mut Scheduler) -> Vec<String> {
    let steps = std::iter::from_fn(|| sched.step().unwrap());
    steps.map(|step| step.wakes().join("; ")).collect()
}

#[test]
fn a_timers_wake_is_not_the_deed_of_whose_turn_it_is() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let bell = WaitList::new();
    let rope = bell.clone();
    sched.spawn(move || call(Park(&bell)).unwrap());
    sched.spawn(|| call(Sleep(ms(3))).unwrap());
    sched.spawn(move || {
        call(Sleep(ms(3))).unwrap();
        rope.wake_one();
    });
    let expected = ["", "", "", "woken by timer: 2, 3", "woke 1", ""];
    assert_eq!(told(&mut sched), expected);
}

#[test]
fn ends_interruptions_and_wakes_from_outside_are_told_as_such() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let bell = WaitList::new();
    let rope = bell.clone();
    let parked = sched.spawn(move || call(Park(&bell)));
    let late = sched.spawn(|| timeout(ms(1), || call(Sleep(ms(9)))).is_err());
    let killed = sched.spawn(|| call(Sleep(ms(9))).unwrap());
    let joiner = sched.spawn(move || killed.join().is_err());
    for _ in 0..4 {
        sched.step().unwrap();
    }
    rope.wake_one();
    let told = told(&mut sched);
    let wakes = told.iter().filter(|wakes| !wakes.is_empty());
    let expected = [
        "woken from outside: 1",
        "interrupted 2",
        "woke 4; woken by timer: 3",
    ];
    assert_eq!(wakes.collect::<Vec<_>>(), expected);
    assert!(parked.join().unwrap().is_ok());
    assert!(late.join().unwrap());
    assert!(!joiner.join().unwrap());
}

#[cfg(feature = "record")]
#[test]
fn a_recorded_turn_tells_the_same_causes() {
    let step = serde_json::json!({
        "turn": 3, "time": 0, "tid": 1, "did": {"asked": ["GetTid", "1"]}, "ready": 0,
        "woke": [2, 3, 4, 5], "causes": ["timer", {"task": 1}, "device", {"task": 9}],
    });
    let step: coros::Step = serde_json::from_value(step).unwrap();
    let told = [
        "woke 3",
        "woken by timer: 2",
        "woken by a device: 4",
        "woken by task 9: 5",
    ];
    assert_eq!(step.wakes(), told);
}
