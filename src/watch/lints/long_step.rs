//! Turns that took too long.

use super::scene::Scene;
use super::{Lint, Rule};
use crate::kernel::Event;
use crate::watch::ledger::Ran;

/// Looks for turns that took longer than their limit.
pub(super) struct LongStep;

impl Rule for LongStep {
    fn see(&mut self, event: &Event, _: Option<&Ran>, scene: &mut Scene) {
        let limit = scene.limits.step;
        if let Event::Turn(step) = event
            && step.took > limit
        {
            let took = step.took;
            scene.tell(Lint::LongStep, step.tid, |who| {
                format!(
                    "{who} held everybody up for {took:?} in one turn; the limit is {limit:?}: let it \
                     call yield_now now and then, and let nothing in it block the thread"
                )
            });
        }
    }
}
