//! A policy that errs is thrown out, and the run goes on first in, first out.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{OffCpu, Pick, Policy, Runnable, Running, SchedParams};
use coros::syscall::{Compute, GetTid, SetPolicy};
use coros::{Clock, Scheduler, Tid, call, yield_now};

use crate::common::seconds;

/// First in, first out, with one fault.
struct Faulty {
    ready: VecDeque<Tid>,
    fault: Fault,
    picks: u64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Fault {
    PicksNobody,
    PicksTwice,
    GivesNoTime,
    PreemptsNobody,
    PreemptsForNothing,
    Starves,
    PanicsIn(&'static str),
}

impl Faulty {
    fn panic_in(&self, place: &str) {
        assert!(
            self.fault
                != Fault::PanicsIn(match place {
                    "admit" => "admit",
                    "enqueue" => "enqueue",
                    "pick" => "pick",
                    "stopped" => "stopped",
                    "tick" => "tick",
                    "preempt" => "preempt",
                    "retire" => "retire",
                    "lend" => "lend",
                    _ => "name",
                }),
            "ouch in {place}"
        );
    }
}

impl Policy for Faulty {
    fn name(&self) -> Cow<'static, str> {
        self.panic_in("name");
        "faulty".into()
    }

    fn admit(&mut self, _: Tid, _: &SchedParams, _: Duration) {
        self.panic_in("admit");
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        self.panic_in("enqueue");
        self.ready.push_back(task);
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.retain(|ready| *ready != task);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        self.panic_in("pick");
        self.picks += 1;
        let late = self.picks > 5;
        let task = match self.fault {
            Fault::PicksNobody if late => None,
            Fault::Starves => self.ready.pop_back(),
            _ => self.ready.pop_front(),
        }?;
        if self.fault == Fault::PicksTwice && late {
            self.ready.push_front(task);
        }
        let slice = match self.fault {
            Fault::GivesNoTime if late => Some(Duration::ZERO),
            _ => None,
        };
        Some(Pick { task, slice })
    }

    fn stopped(&mut self, _: Tid, _: OffCpu, _: Duration, _: Duration) {
        self.panic_in("stopped");
    }

    fn preempt(&mut self, running: &[Running], _: Duration) -> Option<Tid> {
        self.panic_in("preempt");
        match self.fault {
            Fault::PreemptsNobody => self.ready.front().copied(),
            Fault::PreemptsForNothing => running.first().map(|running| running.task),
            _ => None,
        }
    }

    fn tick(&mut self, _: &[Running], _: Duration) -> Option<Duration> {
        self.panic_in("tick");
        None
    }

    fn retire(&mut self, _: Tid) {
        self.panic_in("retire");
    }

    fn patience(&self) -> Option<u64> {
        Some(10)
    }
}

/// Runs three tasks under the policy; says how many policies were dropped.
fn dropped(fault: Fault) -> u64 {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .policy(Faulty {
            ready: VecDeque::new(),
            fault,
            picks: 0,
        })
        .build();
    let done = Rc::new(Cell::new(0));
    for _ in 0..3 {
        let done = Rc::clone(&done);
        sched.spawn(move || {
            for _ in 0..20 {
                call(Compute(seconds(1))).unwrap();
                yield_now();
            }
            done.set(done.get() + 1);
        });
    }
    let start = sched.now();
    let report = sched.run().unwrap();
    assert_eq!(done.get(), 3, "{fault:?}: all tasks end");
    assert_eq!(
        sched.now() - start,
        seconds(60),
        "{fault:?}: all work is done once"
    );
    report.policies_dropped
}

#[test]
fn a_policy_that_errs_is_thrown_out_and_nobody_is_lost() {
    let faults = [
        Fault::PicksNobody,
        Fault::PicksTwice,
        Fault::GivesNoTime,
        Fault::PreemptsNobody,
        Fault::PreemptsForNothing,
        Fault::Starves,
    ];
    for fault in faults {
        assert_eq!(dropped(fault), 1, "{fault:?}");
    }
}

#[test]
fn a_policy_that_panics_is_thrown_out_wherever_it_does() {
    for place in [
        "admit", "enqueue", "pick", "stopped", "tick", "preempt", "retire",
    ] {
        assert_eq!(dropped(Fault::PanicsIn(place)), 1, "in {place}");
    }
    // Its name is asked for only when it is thrown out, or observed.
    assert_eq!(dropped(Fault::PanicsIn("name")), 0);
}

#[test]
fn a_policy_can_be_changed_in_the_middle_of_a_run() {
    let faulty = |fault| Faulty {
        ready: VecDeque::new(),
        fault,
        picks: 0,
    };
    let mut sched = Scheduler::builder().clock(Clock::Virtual).cpus(2).build();
    for _ in 0..4 {
        sched.spawn(move || {
            for _ in 0..3 {
                call(Compute(seconds(1))).unwrap();
                call(SetPolicy::to(faulty(Fault::PanicsIn("nowhere"))));
                call(GetTid);
            }
        });
    }
    let start = sched.now();
    let report = sched.run().unwrap();
    assert_eq!(report.policies_dropped, 0);
    assert_eq!(sched.now() - start, seconds(6));
}

/// Panics with a payload that panics when it is dropped, wherever it is asked.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("and again");
    }
}

impl Policy for Bomb {
    fn name(&self) -> Cow<'static, str> {
        std::panic::panic_any(Bomb)
    }

    fn enqueue(&mut self, _: Tid, _: Runnable, _: Duration) {
        std::panic::panic_any(Bomb)
    }

    fn dequeue(&mut self, _: Tid) {}

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        None
    }
}

#[test]
fn a_policy_that_throws_what_panics_when_it_is_dropped_harms_nobody() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let done = sched.spawn(|| {
        call(Compute(seconds(1))).unwrap();
        call(SetPolicy::to(Bomb));
        yield_now();
    });
    let report = sched.run().unwrap();
    done.join().unwrap();
    assert_eq!(report.policies_dropped, 1);
}

/// Last in, first out, and panics when it is asked how long that may go on.
#[derive(Default)]
struct Impatient(Vec<Tid>);

impl Policy for Impatient {
    fn name(&self) -> Cow<'static, str> {
        "impatient".into()
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        self.0.push(task);
    }

    fn dequeue(&mut self, task: Tid) {
        self.0.retain(|ready| *ready != task);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        self.0.pop().map(|task| Pick { task, slice: None })
    }

    fn patience(&self) -> Option<u64> {
        panic!("no patience at all")
    }
}

#[test]
fn a_policy_that_panics_when_it_is_asked_for_its_patience_is_thrown_out() {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .policy(Impatient::default())
        .build();
    for _ in 0..3 {
        sched.spawn(|| (0..5).for_each(|_| yield_now()));
    }
    let report = sched.run().unwrap();
    assert_eq!((report.returned, report.policies_dropped), (3, 1));
}
