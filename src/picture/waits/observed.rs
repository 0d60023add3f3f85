//! What is told of waits and of what is held, up to a moment.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::kernel::{Did, Event, Exit, Hold, Step};
use crate::picture::words::clipped;

/// Who waits now, and who holds what.
#[derive(Clone, Default)]
pub(super) struct Observed<'e> {
    names: BTreeMap<u64, &'e str>,
    waits: BTreeMap<u64, &'e Step>,
    dead: BTreeSet<u64>,
    /// Who was woken while it did not wait: a wait that its turn begins is over at once.
    woken: BTreeSet<u64>,
    /// Who is stopped by a signal: a wake lets it look at its wait again.
    stopped: BTreeSet<u64>,
    held: BTreeMap<u64, (&'e str, BTreeSet<u64>)>,
    /// The numbers of all things that go by these words.
    called: BTreeMap<&'e str, BTreeSet<u64>>,
}

/// A task's wait.
pub(super) struct TaskWait<'t> {
    pub(super) waiter: u64,
    pub(super) on: Option<&'t str>,
    pub(super) holders: Vec<u64>,
}

impl<'e> Observed<'e> {
    /// All that is told; but if all that waited were killed in one go at the end, it is as before that.
    pub(super) fn at_end(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let events: Vec<_> = events.into_iter().collect();
        let is_of_the_end = |event: &&&Event| match event {
            Event::Death(death) => death.exit == Exit::Killed,
            Event::Turn(_) | Event::Birth(_) | Event::Slice(_) | Event::Start(_) => false,
            _ => true,
        };
        let tail = events.iter().rev().take_while(is_of_the_end).count();
        let (before, after) = events.split_at(events.len() - tail);
        let (mut observed, mut whole) = (Self::default(), Self::default());
        before.iter().for_each(|event| observed.take(event));
        whole.clone_from(&observed);
        after.iter().for_each(|event| whole.take(event));
        match whole.waits.is_empty() {
            true => observed,
            false => whole,
        }
    }

    /// What is told up to this time.
    pub(super) fn at(events: impl IntoIterator<Item = &'e Event>, time: Duration) -> Self {
        let mut observed = Self::default();
        let by_then = |event: &&Event| event.told_at().is_none_or(|at| at <= time);
        for event in events.into_iter().take_while(by_then) {
            observed.take(event);
        }
        observed
    }

    fn take(&mut self, event: &'e Event) {
        match event {
            Event::Birth(birth) => self.name(birth.tid.number(), &birth.name),
            Event::Turn(step) => self.turn(step),
            Event::Wake(wake) => self.wakes(wake.tid.number()),
            Event::JobControl(control) => match control.stopped {
                true => _ = self.stopped.insert(control.tid.number()),
                false => _ = self.stopped.remove(&control.tid.number()),
            },
            Event::Death(death) => self.dies(death.tid.number()),
            Event::Hold(hold) => self.hold(hold),
            _ => {}
        }
    }

    fn name(&mut self, number: u64, name: &'e str) {
        let known = self.names.entry(number).or_default();
        if known.is_empty() {
            *known = name;
        }
    }

    fn wakes(&mut self, number: u64) {
        if self.waits.remove(&number).is_none() && !self.stopped.contains(&number) {
            self.woken.insert(number);
        }
    }

    fn turn(&mut self, step: &'e Step) {
        let number = step.tid.number();
        self.name(number, &step.name);
        let over = self.woken.remove(&number) && step.woke.contains(&step.tid);
        let waits = matches!(step.did, Did::Waits(_)) && !over;
        match waits && !self.dead.contains(&number) {
            true => _ = self.waits.insert(number, step),
            false => _ = self.waits.remove(&number),
        }
        for ended in &step.ended {
            self.dies(ended.tid.number());
        }
        if matches!(step.did, Did::Ended(_)) {
            self.dies(number);
        }
    }

    fn dies(&mut self, number: u64) {
        self.waits.remove(&number);
        self.dead.insert(number);
    }

    fn hold(&mut self, hold: &'e Hold) {
        self.called.entry(&hold.what).or_default().insert(hold.id);
        let (_, holders) = self.held.entry(hold.id).or_default();
        match hold.taken {
            true => _ = holders.insert(hold.tid.number()),
            false => _ = holders.remove(&hold.tid.number()),
        }
    }

    /// All waits, by the numbers of the waiters.
    pub(super) fn waits(&self) -> impl Iterator<Item = TaskWait<'e>> + '_ {
        self.waits.iter().map(|(waiter, step)| {
            let on = match (&step.on, &step.did) {
                (Some(on), _) => Some(&**on),
                (None, Did::Waits(call)) => Some(&**call),
                (None, _) => None,
            };
            TaskWait {
                waiter: *waiter,
                on: on.filter(|on| !on.is_empty()),
                holders: self.holders(step),
            }
        })
    }

    /// Who holds now what a task began to wait for: by name, if only one thing goes by that; else it is
    /// the task that held it when the wait began.
    fn holders(&self, step: &Step) -> Vec<u64> {
        let things = step.on.as_deref().and_then(|on| self.called.get(on));
        let one = things
            .filter(|ids| ids.len() == 1)
            .and_then(BTreeSet::first);
        if let Some((_, holders)) = one.and_then(|id| self.held.get(id)) {
            return holders.iter().copied().collect();
        }
        let then: BTreeSet<u64> = step.holders.iter().map(|tid| tid.number()).collect();
        then.difference(&self.dead).copied().collect()
    }

    /// What a task is called.
    pub(super) fn title(&self, number: u64) -> String {
        match self.names.get(&number).copied().unwrap_or_default() {
            "" => format!("task {number}"),
            name => format!("{number} {}", clipped(name, 100)),
        }
    }
}
