//! Observers see all that happens, in its order.

use std::cell::RefCell;
use std::rc::Rc;

use coros::channel::unbounded;
use coros::kernel::{Cause, Did, Event, Observer, TimerDid};
use coros::policy::RoundRobin;
use coros::sync::Mutex;
use coros::syscall::{Compute, SetPolicy, Sleep};
use coros::{Builder, Clock, Scheduler, call, spawn, timeout, yield_now};

use crate::common::seconds;

/// Writes each event down in a few words.
#[derive(Default)]
struct Notebook(Vec<String>);

impl Observer for Notebook {
    fn observe(&mut self, event: &Event) {
        self.0.push(words(event));
    }

    fn pause(&mut self) {
        self.0.push("pause".into());
    }
}

fn words(event: &Event) -> String {
    match event {
        Event::Start(start) => format!("{} {} {}", start.clock, start.cpus, start.policy),
        Event::Turn(step) => {
            let did = match &step.did {
                Did::Asked(call, reply) => format!("{call}={reply}"),
                Did::Waits(call) => format!("waits {call}"),
                Did::Computes(call) => format!("computes {call}"),
                Did::Ended(exit) => exit.to_string(),
                other => format!("{other:?}"),
            };
            let with = match &*step.with {
                "" => String::new(),
                with => format!(" with {with}"),
            };
            format!("{}: {}{with} {did}", step.turn, step.tid)
        }
        Event::Birth(birth) => match birth.parent {
            Some(parent) => format!("{} born of {parent}", birth.tid),
            None => format!("{} born", birth.tid),
        },
        Event::Death(death) => format!("{} {}", death.tid, death.exit),
        Event::Wake(wake) => match wake.cause {
            Cause::Task(by) => format!("{} woken by {by}", wake.tid),
            cause => format!("{} woken: {cause:?}", wake.tid),
        },
        Event::Timer(timer) => match timer.did {
            TimerDid::Set(at) => format!("{} timer at {at:?}", timer.tid),
            did => format!("{} timer {did:?}", timer.tid),
        },
        Event::Interrupt(interrupt) => format!(
            "{} {:?} by {:?}",
            interrupt.tid, interrupt.why, interrupt.by
        ),
        Event::Slice(slice) => format!(
            "{} on {} from {:?} to {:?}: {:?}",
            slice.tid, slice.cpu, slice.from, slice.time, slice.why
        ),
        Event::Hold(hold) => format!(
            "{} {} {}",
            hold.tid,
            if hold.taken { "has" } else { "had" },
            hold.what
        ),
        Event::Length(length) => format!("{} {}", length.what, length.len),
        Event::Join(join) => format!("{} joined", join.tid),
        Event::InForce(in_force) => format!("in force: {}", in_force.policy),
        other => format!("{other:?}"),
    }
}

/// Runs a program, and tells what was seen.
fn seen(builder: coros::kernel::SchedulerBuilder, main: impl FnOnce() + 'static) -> Vec<String> {
    let notebook = Rc::new(RefCell::new(Notebook::default()));
    let mut sched = builder
        .clock(Clock::Virtual)
        .observer(Rc::clone(&notebook))
        .build();
    sched.spawn(main);
    sched.run().unwrap();
    drop(sched);
    notebook.take().0
}

#[test]
fn births_deaths_waits_and_wakes_are_told_in_their_order() {
    let seen = seen(Scheduler::builder(), || {
        let child = spawn(|| call(Sleep(seconds(1))).unwrap());
        child.join().unwrap();
    });
    let expected = [
        "virtual 1 fifo",
        "1 born",
        "2 born of 1",
        "1: 1 waits WaitTask(2)",
        "2 timer at 1s",
        "2: 2 waits Sleep(1s)",
        "2 timer Fired",
        "2 woken: Timer",
        "2 returned",
        "1 woken: Exit(Tid(2))",
        "3: 2 with slept returned",
        "2 joined",
        "1 returned",
        "4: 1 returned",
        "pause",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn what_needs_no_call_is_seen_too() {
    let seen = seen(Scheduler::builder(), || {
        let pen = Mutex::new(()).named("pen");
        drop(pen.lock().unwrap());
        let (tx, rx) = unbounded();
        tx.try_send(1).unwrap();
        rx.try_recv().unwrap();
    });
    let without_call = seen
        .iter()
        .filter(|line| line.contains("pen") || line.contains("channel"));
    let without_call: Vec<_> = without_call.cloned().collect();
    assert_eq!(
        without_call,
        [
            "1 has mutex 'pen'",
            "1 had mutex 'pen'",
            "a channel 1",
            "a channel 0"
        ]
    );
}

#[test]
fn whose_unlock_wakes_whom_is_seen() {
    let seen = seen(Scheduler::builder(), || {
        let pen = Mutex::new(());
        let other = pen.clone();
        let guard = pen.lock().unwrap();
        let waiter = spawn(move || drop(other.lock().unwrap()));
        yield_now();
        drop(guard);
        waiter.join().unwrap();
    });
    assert!(seen.contains(&"2 woken by 1".to_owned()), "{seen:#?}");
}

#[test]
fn interruptions_are_seen() {
    let seen = seen(Scheduler::builder(), || {
        assert!(timeout(seconds(1), || call(Sleep(seconds(2)))).is_err());
    });
    assert!(seen.contains(&"1 TimedOut by None".to_owned()), "{seen:#?}");
    assert!(seen.contains(&"1 woken: Interrupt".to_owned()));
}

#[test]
fn stays_on_cpus_are_told_when_they_are_over() {
    let builder = Scheduler::builder().policy(RoundRobin::new(seconds(2)));
    let notebook = Rc::new(RefCell::new(Notebook::default()));
    let mut sched = builder
        .clock(Clock::Virtual)
        .observer(Rc::clone(&notebook))
        .build();
    for _ in 0..2 {
        sched.spawn(|| call(Compute(seconds(3))).unwrap());
    }
    sched.run().unwrap();
    let seen = &notebook.borrow().0;
    let stays = seen.iter().filter(|line| line.contains(" on 0 from "));
    let stays: Vec<_> = stays.cloned().collect();
    assert_eq!(
        stays,
        [
            "1 on 0 from 0ns to 2s: SliceOver",
            "2 on 0 from 2s to 4s: SliceOver",
            "1 on 0 from 4s to 5s: Ended",
            "2 on 0 from 5s to 6s: Ended",
        ]
    );
}

/// Panics at the third event.
struct Squeamish(u32);

impl Observer for Squeamish {
    fn observe(&mut self, _: &Event) {
        self.0 += 1;
        assert!(self.0 < 3, "enough");
    }
}

#[test]
fn an_observer_that_panics_sees_no_more_and_the_others_do() {
    let notebook = Rc::new(RefCell::new(Notebook::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .observer(Squeamish(0))
        .observer(Rc::clone(&notebook))
        .build();
    sched.spawn(yield_now);
    let report = sched.run().unwrap();
    assert_eq!((report.returned, report.turns), (1, 2));
    let turns = notebook
        .borrow()
        .0
        .iter()
        .filter(|line| line.contains(": 1"))
        .count();
    assert_eq!(turns, 2);
}

#[test]
fn whoever_comes_late_is_told_who_is_there() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let named = Builder::new().name("early").daemon(true);
    sched.spawn_with(named, || call(Sleep(seconds(9)))).unwrap();
    sched.spawn(yield_now);
    sched.step().unwrap();
    let notebook = Rc::new(RefCell::new(Notebook::default()));
    sched.observe(Rc::clone(&notebook));
    let found = notebook.borrow().0.clone();
    assert_eq!(found, ["virtual 1 fifo", "1 born", "2 born"]);
}

/// Notes for each turn whose it was, and who could have run.
#[derive(Default)]
struct Candidates(Vec<(u64, Vec<u64>)>);

impl Observer for Candidates {
    fn observe(&mut self, event: &Event) {
        if let Event::Turn(step) = event {
            let numbers = step
                .candidates
                .iter()
                .map(|candidate| candidate.tid.number());
            self.0.push((step.tid.number(), numbers.collect()));
        }
    }
}

#[test]
fn who_could_run_is_told_of_the_moment_of_the_pick() {
    let seen = Rc::new(RefCell::new(Candidates::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(2)
        .switch_cost(seconds(1))
        .observer(Rc::clone(&seen))
        .build();
    for _ in 0..4 {
        sched.spawn(|| call(Compute(seconds(3))).unwrap());
    }
    sched.run().unwrap();
    let first = seen
        .borrow()
        .0
        .iter()
        .filter(|turn| !turn.1.is_empty())
        .cloned()
        .collect::<Vec<_>>();
    let expected = [
        (1, vec![1, 2, 3]),
        (2, vec![2, 3, 4]),
        (3, vec![3, 4]),
        (4, vec![4]),
    ];
    assert_eq!(first, expected);
}

#[test]
fn a_policy_that_is_put_in_force_is_told_of() {
    let seen = seen(Scheduler::builder(), || {
        call(SetPolicy::to(RoundRobin::new(seconds(1))));
    });
    let told = seen.iter().filter(|line| line.starts_with("in force"));
    assert_eq!(told.collect::<Vec<_>>(), ["in force: rr"]);
}
