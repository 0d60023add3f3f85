//! What is due, in order: the queue of timers of an event loop.

use std::collections::BTreeSet;

use super::Step;

pub fn ends(functions: &[Vec<Step>]) -> Vec<u64> {
    let mut ends = vec![0; functions.len()];
    // When, how many had begun to await before, who, and with which step.
    let mut due: BTreeSet<_> = (0..functions.len()).map(|who| (0, who, who, 0)).collect();
    let (mut now, mut begun) = (0, functions.len());
    while let Some((time, _, who, mut next)) = due.pop_first() {
        now = now.max(time);
        while let Some(&Step::Block(seconds)) = functions[who].get(next) {
            now += seconds;
            next += 1;
        }
        match functions[who].get(next) {
            Some(&Step::Await(seconds)) => _ = due.insert((now + seconds, begun, who, next + 1)),
            _ => ends[who] = now,
        }
        begun += 1;
    }
    ends
}
