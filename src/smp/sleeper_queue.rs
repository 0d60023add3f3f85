//! The queue of the calls that wait for the same, in several threads.

use std::collections::VecDeque;

use super::sleeper::Sleeper;

/// The sleepers, in the order in which they came.
///
/// Only the first may go on, and only the first is called: when it has taken its turn, the next. So
/// none overtakes, however late another wakes up.
#[derive(Default)]
pub(in crate::smp) struct SleeperQueue {
    waiting: VecDeque<Waiting>,
    last: u64,
}

struct Waiting {
    number: u64,
    /// None when it was called and has not come yet.
    sleeper: Option<Sleeper>,
}

impl SleeperQueue {
    pub(in crate::smp) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether it is the turn of the one with this number.
    pub(in crate::smp) fn is_turn_of(&self, number: Option<u64>) -> bool {
        self.waiting.front().map(|first| first.number) == number
    }

    /// Waits on, or from now on at the end; says under which number.
    pub(in crate::smp) fn wait(
        &mut self,
        number: Option<u64>,
        sleeper: impl FnOnce() -> Sleeper,
    ) -> u64 {
        let sought = number.unwrap_or(u64::MAX);
        let at = self
            .waiting
            .binary_search_by_key(&sought, |waiting| waiting.number);
        if let Ok(at) = at {
            self.waiting[at].sleeper.get_or_insert_with(sleeper);
            return sought;
        }
        let sleeper = Some(sleeper());
        self.last += 1;
        let number = self.last;
        self.waiting.push_back(Waiting { number, sleeper });
        number
    }

    /// Leaves, if it was there; its sleeper, if it was not called, is best dropped outside the lock.
    pub(in crate::smp) fn leave_as(&mut self, number: Option<u64>) -> Option<Sleeper> {
        let number = number?;
        let at = self
            .waiting
            .binary_search_by_key(&number, |waiting| waiting.number);
        self.waiting.remove(at.ok()?)?.sleeper
    }

    /// The first, to be woken outside the lock, unless it was called already.
    pub(in crate::smp) fn call(&mut self) -> Option<Sleeper> {
        self.waiting.front_mut()?.sleeper.take()
    }

    /// All who were not called, to be woken outside the lock.
    pub(in crate::smp) fn call_all(&mut self) -> Vec<Sleeper> {
        let sleepers = self.waiting.iter_mut();
        sleepers
            .filter_map(|waiting| waiting.sleeper.take())
            .collect()
    }
}
