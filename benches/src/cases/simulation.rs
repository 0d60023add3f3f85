//! `recorder`, `virtual_sleeps`, `sched`: what seeing everything costs, and simulated machines. No peer
//! does these; the goals are absolute.

use super::contest::{Contest, Work};
use crate::measure::Subject;
use crate::report::{COROS, Goal};
use crate::subjects::coros::Coros;
use crate::subjects::{SMALL_STACK, USUAL_STACK};

pub const RECORDER: Contest = Contest {
    case: "recorder",
    tasks: &[100],
    tiny: &[100],
    work: Work::Laps,
    goals: |_| vec![Goal::AtMost(150.0)],
    subjects: |tasks| {
        let mut coros = Coros::recorded();
        vec![Subject::new(COROS, move |laps| coros.get_tid(tasks, laps))]
    },
};

pub const RECORDER_VIRTUAL: Contest = Contest {
    case: "recorder_virtual",
    tasks: &[100],
    tiny: &[100],
    work: Work::Laps,
    goals: |_| vec![Goal::AtMost(150.0)],
    subjects: |tasks| {
        let mut coros = Coros::recorded_in_virtual_time();
        vec![Subject::new(COROS, move |laps| coros.get_tid(tasks, laps))]
    },
};

pub const VIRTUAL_SLEEPS: Contest = Contest {
    case: "virtual_sleeps",
    tasks: &[1, 1_000, 10_000],
    tiny: &[10],
    work: Work::Laps,
    goals: |_| vec![Goal::AtMost(200.0)],
    subjects: |tasks| {
        // Who runs that many chooses small stacks.
        let stack = match tasks {
            ..10_000 => USUAL_STACK,
            _ => SMALL_STACK,
        };
        let mut coros = Coros::in_virtual_time(stack);
        let sleeps = move |laps| coros.virtual_sleeps(tasks, laps);
        vec![Subject::new(COROS, sleeps)]
    },
};

pub const SCHED: Contest = Contest {
    case: "sched",
    tasks: &[10_000],
    tiny: &[100],
    work: Work::Tasks,
    // A second for all of ten thousand.
    goals: |_| vec![Goal::AtMost(100_000.0)],
    subjects: |jobs| vec![Subject::new(COROS, move |_| Coros::sched(jobs))],
};
