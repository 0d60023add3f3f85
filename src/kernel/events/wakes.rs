//! Who was woken in a turn, and by what, in words.

use super::happened::Cause;
use super::step::Step;
use crate::kernel::tid::Tid;

impl Step {
    /// Who was woken, and by what, in words: first whom the task woke, as `woke 3, 4`, then whom something
    /// else woke, as `woken by timer: 2`.
    ///
    /// A task's own end, and the ends of those that it killed, are its doing. To have a scope interrupted,
    /// by a cancel, a signal or a deadline, is told as `interrupted 5`, whoever did it.
    ///
    /// ```
    /// use coros::{Clock, Scheduler, sleep, spawn};
    /// use std::time::Duration;
    ///
    /// let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    /// sched.spawn(|| {
    ///     let sleeper = spawn(|| sleep(Duration::from_secs(1)).unwrap());
    ///     sleeper.join().unwrap();
    /// });
    /// let last = std::iter::from_fn(|| sched.step().unwrap()).nth(3).unwrap();
    /// assert_eq!(last.wakes(), ["woke 1", "woken by timer: 2"]);
    /// ```
    #[must_use]
    pub fn wakes(&self) -> Vec<String> {
        self.wakes_of(|_| true)
    }

    /// As [`wakes`](Self::wakes), of some tasks alone.
    pub(super) fn wakes_of(&self, is_told: impl Fn(Tid) -> bool) -> Vec<String> {
        let mut kinds: Vec<(String, Vec<Tid>)> = Vec::new();
        let told = |(_, tid): &(usize, &Tid)| is_told(**tid);
        for (at, tid) in self.woke.iter().enumerate().filter(told) {
            let kind = self.kind_of_wake(self.causes.get(at));
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, tids)) => tids.push(*tid),
                None => kinds.push((kind, vec![*tid])),
            }
        }
        kinds.sort_by_key(|(kind, _)| kind.ends_with(':'));
        let told = kinds.into_iter().map(|(kind, tids)| {
            let tids: Vec<_> = tids.iter().map(Tid::to_string).collect();
            format!("{kind} {}", tids.join(", "))
        });
        told.collect()
    }

    /// What stands before the numbers of those who were woken for this cause.
    fn kind_of_wake(&self, cause: Option<&Cause>) -> String {
        let kind = match cause {
            Some(Cause::Task(by)) if *by != self.tid => return format!("woken by task {by}:"),
            Some(Cause::Task(_) | Cause::Exit(_)) | None => "woke",
            Some(Cause::Signal) => "interrupted",
            Some(Cause::Timer) => "woken by timer:",
            Some(Cause::Device) => "woken by a device:",
            Some(Cause::Outside) => "woken from outside:",
        };
        kind.to_owned()
    }
}
