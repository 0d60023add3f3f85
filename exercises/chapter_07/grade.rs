//! Signals between the jobs, in them, several, and none; each job takes as many seconds as its number says.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use coros::signal::{Signal, kill};
use coros::syscall::Now;
use coros::{Clock, Scheduler, call, sleep, sleep_until, spawn};

use super::Work;

type Answer = fn(VecDeque<u64>, Work) -> VecDeque<u64>;

const SECOND: Duration = Duration::from_secs(1);

/// What came of it.
#[derive(PartialEq, Debug)]
struct Seen {
    begun: Vec<u64>,
    left: Vec<u64>,
    /// When it returned, in tenths of a second.
    tenths: u128,
}

/// Lets jobs be done, and sends signals at these tenths of a second.
fn see(work_off: Answer, jobs: &[u64], signals: &[(u32, Signal)]) -> Seen {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let (jobs, signals) = (jobs.to_vec(), signals.to_vec());
    let seen = sched.spawn(move || {
        let start = call(Now);
        let worker = spawn(move || {
            let begun = RefCell::new(Vec::new());
            let work = |job| {
                begun.borrow_mut().push(job);
                sleep(job as u32 * SECOND)
            };
            let left = work_off(jobs.into(), &work).into();
            Seen {
                begun: begun.take(),
                left,
                tenths: (call(Now) - start).as_millis() / 100,
            }
        });
        for (tenths, signal) in signals {
            sleep_until(start + tenths * SECOND / 10).expect("nothing interrupts it");
            _ = kill(worker.tid(), signal);
        }
        worker.join().expect("it returns")
    });
    sched.run().expect("it has an end");
    seen.join().expect("it has ended")
}

pub fn grade(work_off: Answer) {
    let nothing = see(work_off, &[], &[]);
    assert_eq!(nothing.left, [0; 0], "no jobs, none left");
    told_to_end(work_off);
    two_at_a_time(work_off);
    as_it_was(work_off);
}

/// A row: signals at tenths of a second, the jobs begun, those left, when it returned, and why so.
type Row = (
    &'static [(u32, Signal)],
    &'static [u64],
    &'static [u64],
    u128,
    &'static str,
);

const ROWS: [Row; 6] = [
    (&[], &[1, 3, 2], &[], 60, "all are done"),
    (
        &[(25, Signal::Term)],
        &[1, 3],
        &[2],
        40,
        "the job at hand is finished",
    ),
    (
        &[(5, Signal::Term), (6, Signal::Term)],
        &[1],
        &[3, 2],
        10,
        "twice is as good as once",
    ),
    (
        &[(45, Signal::Term)],
        &[1, 3, 2],
        &[],
        60,
        "none is left to be refused",
    ),
    (
        &[(25, Signal::Int)],
        &[1, 3],
        &[3, 2],
        25,
        "the job at hand is broken off",
    ),
    (
        &[(15, Signal::Term), (30, Signal::Int)],
        &[1, 3],
        &[3, 2],
        30,
        "no patience any more",
    ),
];

fn told_to_end(work_off: Answer) {
    for (signals, begun, left, tenths, why) in ROWS {
        let expected = Seen {
            begun: begun.to_vec(),
            left: left.to_vec(),
            tenths,
        };
        let seen = see(work_off, &[1, 3, 2], signals);
        assert_eq!(
            seen, expected,
            "{why};\n  jobs of 1, 3 and 2 s; signals, at tenths of a second: {signals:?}"
        );
    }
}

/// Each hears what is meant for it.
fn two_at_a_time(work_off: Answer) {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let [told, other] = [1, 2].map(|_| {
        let work = |_| sleep(SECOND);
        sched.spawn(move || work_off(VecDeque::from([1, 1, 1]), &work).len())
    });
    let tid = told.tid();
    sched.spawn(move || {
        sleep(SECOND / 2).expect("nothing interrupts it");
        kill(tid, Signal::Term).expect("it is there");
    });
    sched.run().expect("it has an end");
    let left = [told, other].map(|handle| handle.join().expect("it returns"));
    assert_eq!(left, [2, 0], "only one was told");
}

/// A signal does afterwards what it did before.
fn as_it_was(work_off: Answer) {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let told = Rc::new(RefCell::new(None));
    let tell = Rc::clone(&told);
    let worker = sched.spawn(move || {
        work_off(VecDeque::from([1]), &|_| sleep(SECOND));
        *tell.borrow_mut() = sleep(5 * SECOND).err();
    });
    sched.spawn(move || {
        sleep(2 * SECOND).expect("nothing interrupts it");
        kill(worker.tid(), Signal::Term).expect("it is there");
    });
    sched.run().expect("it has an end");
    let why = told.take().and_then(|interrupted| interrupted.signal());
    assert_eq!(
        why,
        Some(Signal::Term),
        "SIGTERM interrupts again afterwards"
    );
}
