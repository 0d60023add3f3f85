//! Priority inheritance: who holds what an urgent task waits for is as urgent.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::kernel::Tid;

/// Who inherits which urgency, given who waits for whom and how urgent each is by itself. (Sha, Rajkumar
/// and Lehoczky, 1990.) It reaches through chains: a holder that waits for another one passes it on.
pub(super) fn inherited(loans: &[(Tid, Tid)], own: impl Fn(Tid) -> i64) -> BTreeMap<Tid, i64> {
    let mut holders: BTreeMap<Tid, Vec<Tid>> = BTreeMap::new();
    for &(waiter, holder) in loans {
        holders.entry(waiter).or_default().push(holder);
    }
    let mut waiters: Vec<_> = holders
        .keys()
        .map(|task| (Reverse(own(*task)), *task))
        .collect();
    waiters.sort_unstable();
    let mut inherited = BTreeMap::new();
    // The most urgent first: a task that was reached already has inherited as much or more.
    for (Reverse(urgency), waiter) in waiters {
        let mut reached = vec![waiter];
        while let Some(task) = reached.pop() {
            for holder in holders.get(&task).into_iter().flatten() {
                if !inherited.contains_key(holder) {
                    inherited.insert(*holder, urgency);
                    reached.push(*holder);
                }
            }
        }
    }
    inherited
}
