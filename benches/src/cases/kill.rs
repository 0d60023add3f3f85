//! `kill`: a suspended task with three destructors is unwound; making it is not timed.

use super::contest::{Contest, Work, no_goals};
use crate::measure::Subject;
use crate::report::{COROS, LIMIT};
use crate::subjects::coros::Coros;
use crate::subjects::corosensei;

pub const KILL: Contest = Contest {
    case: "kill",
    tasks: &[1],
    tiny: &[1],
    work: Work::Laps,
    goals: no_goals,
    subjects: |_| {
        let mut coros = Coros::new();
        vec![
            Subject::new(COROS, move |laps| coros.kill(laps)),
            Subject::new(LIMIT, corosensei::kill),
        ]
    },
};
