//! Locks that are held where they should not be.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::scene::Scene;
use super::{Lint, Rule};
use crate::kernel::{Did, Event, Hold, Step, Tid};
use crate::watch::ledger::Ran;
use crate::watch::words::name_a_lock;

/// The locks that a task holds, by their numbers: words, and how often.
type Held = BTreeMap<u64, (Arc<str>, u64)>;

/// Looks for tasks that sleep or end with a lock in their hands.
#[derive(Default)]
pub(super) struct Locks {
    held: BTreeMap<Tid, Held>,
    /// Those who ended with a lock: what is dropped with them may still let go of it in this turn.
    ended: Vec<Tid>,
}

impl Locks {
    fn hold(&mut self, hold: &Hold) {
        if !name_a_lock(&hold.what) {
            return;
        }
        let held = self.held.entry(hold.tid).or_default();
        let times = &mut held
            .entry(hold.id)
            .or_insert_with(|| (Arc::clone(&hold.what), 0))
            .1;
        *times = match hold.taken {
            true => *times + 1,
            false => times.saturating_sub(1),
        };
        if *times == 0 {
            held.remove(&hold.id);
        }
        if held.is_empty() {
            self.held.remove(&hold.tid);
        }
    }

    fn turn(&mut self, step: &Step, scene: &mut Scene) {
        self.settle(scene);
        let Did::Waits(call) = &step.did else { return };
        let Some(what) = self.first_of(step.tid) else {
            return;
        };
        if call.starts_with("Sleep") && call != "Sleep(0ns)" {
            scene.tell(Lint::SleptHoldingLock, step.tid, |who| {
                format!(
                    "{who} waits in {call}, and holds {what} meanwhile: let go of it before, or wait \
                     on a condition variable"
                )
            });
        }
    }

    fn first_of(&self, tid: Tid) -> Option<Arc<str>> {
        let (what, _) = self.held.get(&tid)?.values().next()?;
        Some(Arc::clone(what))
    }

    /// The turn is over: whatever the dead hold now they hold for good.
    fn settle(&mut self, scene: &mut Scene) {
        for tid in std::mem::take(&mut self.ended) {
            if let Some(what) = self.first_of(tid) {
                scene.tell(Lint::ExitedHoldingLock, tid, |who| {
                    format!(
                        "{who} has ended, and still holds {what}: no task can have that any more; do \
                         not forget its guard, nor keep it where it outlives the task"
                    )
                });
            }
            self.held.remove(&tid);
        }
    }
}

impl Rule for Locks {
    fn see(&mut self, event: &Event, _: Option<&Ran>, scene: &mut Scene) {
        match event {
            Event::Hold(hold) => self.hold(hold),
            Event::Death(death) if self.held.contains_key(&death.tid) => self.ended.push(death.tid),
            Event::Turn(step) => self.turn(step, scene),
            _ => {}
        }
    }

    fn pause(&mut self, scene: &mut Scene) {
        self.settle(scene);
    }
}
