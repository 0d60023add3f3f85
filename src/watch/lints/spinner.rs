//! Tasks that yield again and again, and do nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use super::scene::Scene;
use super::{Lint, Rule};
use crate::kernel::{Cause, Event, Step, Tid};
use crate::watch::ledger::Ran;

/// Who takes as long for a turn as this has some work to do.
const WORK: Duration = Duration::from_micros(20);

/// Counts the yields of each task since it last did anything else.
#[derive(Default)]
pub(super) struct Spinner {
    yields: BTreeMap<Tid, u64>,
    /// In the turn that goes on something was done beside its call.
    is_active: bool,
}

impl Spinner {
    fn turn(&mut self, step: &Step, scene: &mut Scene) {
        let is_active = std::mem::take(&mut self.is_active);
        if is_active || !step.did.is_yield() || step.took >= WORK {
            self.yields.remove(&step.tid);
            return;
        }
        let yields = self.yields.entry(step.tid).or_default();
        *yields += 1;
        let limit = scene.limits.yields;
        if yields.is_multiple_of(limit) {
            scene.tell(Lint::YieldSpinner, step.tid, |who| {
                format!(
                    "the last {limit} calls of {who} were all Yield, with nothing else in between: if it \
                     waits for something, let it wait on a lock, a channel or an event"
                )
            });
        }
    }
}

impl Rule for Spinner {
    fn see(&mut self, event: &Event, _: Option<&Ran>, scene: &mut Scene) {
        match event {
            Event::Turn(step) => self.turn(step, scene),
            Event::Wake(wake) => {
                self.is_active |= matches!(wake.cause, Cause::Task(_) | Cause::Interrupt);
            }
            Event::Death(death) => _ = self.yields.remove(&death.tid),
            Event::Birth(_)
            | Event::Interrupt(_)
            | Event::Hold(_)
            | Event::Length(_)
            | Event::Join(_) => self.is_active = true,
            _ => {}
        }
    }
}
