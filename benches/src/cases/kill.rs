//! `kill`: a suspended task with three destructors is unwound; making it is not counted.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, LIMIT};
use crate::subjects::coros::Coros;
use crate::subjects::corosensei;

pub fn run(effort: &Effort) -> Vec<Entry> {
    let mut coros = Coros::new();
    let contest = Contest {
        case: "kill",
        tasks: 1,
        goals: Vec::new(),
        subjects: vec![
            Subject::new(COROS, move |laps| coros.kill(laps)),
            Subject::new(LIMIT, corosensei::kill),
        ],
    };
    contest.hold(effort)
}
