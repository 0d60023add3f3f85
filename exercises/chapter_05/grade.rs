//! Known answers, a task that claims nothing, one that waits in between, and one that is killed while it
//! is ready.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer, Policy, SchedParams};
use coros::syscall::{KillTask, Now};
use coros::{Builder, Clock, Scheduler, call, compute, sleep, spawn};

/// Why the policy was thrown out, if it was.
#[derive(Default)]
struct Judge(Option<String>);

impl Observer for Judge {
    fn observe(&mut self, event: &Event) {
        if let Event::Dropped(dropped) = event {
            self.0 = Some(dropped.reason.to_string());
        }
    }
}

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn burst(count: u64) {
    compute(ms(count)).expect("nothing interrupts it");
}

struct Job {
    arrival: u64,
    claim: SchedParams,
    work: Box<dyn FnOnce()>,
}

/// A job that does what it claims.
fn job(arrival: u64, length: u64) -> Job {
    Job {
        arrival,
        claim: SchedParams::new().burst(ms(length)),
        work: Box::new(move || burst(length)),
    }
}

/// When each job is done, in milliseconds.
fn ends<const N: usize>(policy: fn() -> Box<dyn Policy>, jobs: [Job; N]) -> [u128; N] {
    let judge = Rc::new(RefCell::new(Judge::default()));
    let builder = Scheduler::builder().clock(Clock::Virtual).policy(policy());
    let mut sched = builder.observer(Rc::clone(&judge)).build();
    let start = sched.now();
    let jobs = jobs.map(|job| {
        let builder = Builder::new().arrival(ms(job.arrival)).claim(job.claim);
        let work = move || {
            (job.work)();
            (call(Now) - start).as_millis()
        };
        sched.spawn_with(builder, work).expect("there is room")
    });
    sched.run().expect("no task is stuck");
    assert_eq!(judge.take().0, None, "the policy was thrown out");
    jobs.map(|job| job.join().expect("it returns"))
}

pub fn grade(policy: fn() -> Box<dyn Policy>) {
    let alike = [job(0, 2), job(0, 2), job(0, 2)];
    assert_eq!(ends(policy, alike), [2, 4, 6], "equal ones by number");

    // W. Stallings' five processes; first in, first out, they end at 3, 9, 13, 18, 20.
    let what = "they come at 0, 2, 4, 6, 8, for 3, 6, 4, 5, 2";
    let known = [job(0, 3), job(2, 6), job(4, 4), job(6, 5), job(8, 2)];
    assert_eq!(ends(policy, known), [3, 9, 13, 20, 15], "{what}");

    // At 3 the long one has waited, and the short one that has just come has not. SJF ends it at 16.
    let stream = [job(0, 3), job(0, 10), job(3, 3), job(6, 3)];
    let what = "who has waited goes before who is short";
    assert_eq!(ends(policy, stream), [3, 13, 16, 19], "{what}");

    let mut modest = job(1, 2);
    modest.claim = SchedParams::new();
    let what = "a task that claims nothing counts as 1 ms long";
    assert_eq!(
        ends(policy, [job(0, 4), job(1, 2), modest]),
        [4, 8, 6],
        "{what}"
    );

    what_happens_meanwhile(policy);
}

/// One waits in between, and one is killed while it is ready.
fn what_happens_meanwhile(policy: fn() -> Box<dyn Policy>) {
    let mut sleeper = job(0, 2);
    sleeper.work = Box::new(|| {
        burst(1);
        sleep(ms(10)).expect("nothing interrupts it");
        burst(1);
    });
    let what = "only the time since it was enqueued last counts as waited";
    assert_eq!(
        ends(policy, [sleeper, job(1, 11), job(9, 4)]),
        [17, 12, 16],
        "{what}"
    );

    let mut killer = job(0, 1);
    killer.work = Box::new(|| {
        let victim = spawn(|| burst(50));
        call(KillTask(victim.tid())).expect("it is ready, and has not run");
        burst(1);
    });
    let what = "a task that is killed while it is ready is picked no more";
    assert_eq!(ends(policy, [killer, job(0, 3)]), [1, 4], "{what}");
}
