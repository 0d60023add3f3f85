//! `recorder`, `virtual_sleeps`, `sched`: what seeing everything costs, and simulated machines. No peer
//! does these; the goals are absolute.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, Goal};
use crate::subjects::coros::Coros;

/// Tasks in turn while all is recorded.
const RECORDED: usize = 100;

pub fn run_recorder(effort: &Effort) -> Vec<Entry> {
    let mut real = Coros::recorded();
    let mut simulated = Coros::recorded_in_virtual_time();
    let mut bare = Coros::new();
    let contest = Contest {
        case: "recorder",
        tasks: RECORDED,
        goals: vec![Goal::AtMost(150.0)],
        subjects: vec![
            Subject::new(COROS, move |laps| real.get_tid(RECORDED, laps)),
            Subject::new("in virtual time", move |laps| {
                simulated.get_tid(RECORDED, laps)
            }),
            Subject::new("not recorded", move |laps| bare.get_tid(RECORDED, laps)),
        ],
    };
    contest.hold(effort)
}

pub fn run_virtual_sleeps(effort: &Effort) -> Vec<Entry> {
    let counts: &[usize] = match effort.is_smoke() {
        true => &[10],
        false => &[1, 1_000, 10_000],
    };
    let contest = |&tasks: &usize| Contest {
        case: "virtual_sleeps",
        tasks,
        goals: vec![Goal::AtMost(200.0)],
        subjects: vec![Subject::new(COROS, move |laps| {
            // Who runs that many chooses small stacks.
            let stack = if tasks < 10_000 { 256 << 10 } else { 16 << 10 };
            Coros::in_virtual_time(stack).virtual_sleeps(tasks, laps)
        })],
    };
    counts
        .iter()
        .flat_map(|tasks| contest(tasks).hold(effort))
        .collect()
}

pub fn run_sched(effort: &Effort) -> Vec<Entry> {
    let jobs = effort.scale(10_000, 100);
    let contest = Contest {
        case: "sched",
        tasks: jobs,
        // A second for all of ten thousand.
        goals: vec![Goal::AtMost(100_000.0)],
        subjects: vec![Subject::new(COROS, move |_| Coros::sched(jobs))],
    };
    contest.hold(&effort.brief())
}
