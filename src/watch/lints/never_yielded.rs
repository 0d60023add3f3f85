//! Tasks that never let others on.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::scene::Scene;
use super::{Lint, Rule};
use crate::kernel::{Did, Event, Step, Tid};
use crate::watch::ledger::Ran;

/// How many long stays are remembered until those who waited meanwhile tell.
const STAYS: usize = 16;

/// Looks for tasks that never made a call that would have let others on, and took long.
#[derive(Default)]
pub(super) struct NeverYielded {
    /// Those who have had a turn and live; and whether any call of theirs was another than `Compute`.
    has_called: BTreeMap<Tid, bool>,
    /// Long stays on a CPU, of tasks that have never called.
    stays: VecDeque<LongStay>,
}

struct LongStay {
    tid: Tid,
    from: Duration,
    until: Duration,
}

impl NeverYielded {
    fn turn(&mut self, step: &Step, scene: &mut Scene) {
        let is_first = !self.has_called.contains_key(&step.tid);
        match &step.did {
            Did::Ended(_) => {
                self.has_called.remove(&step.tid);
                if is_first && step.took > scene.limits.step {
                    let took = step.took;
                    scene.tell(Lint::NeverYielded, step.tid, |who| {
                        format!(
                            "{who} ran to its end in one turn of {took:?}, without a single call: let it \
                             call yield_now now and then"
                        )
                    });
                }
            }
            Did::Computes(_) => _ = self.has_called.entry(step.tid).or_insert(false),
            Did::Asked(call, _) | Did::Waits(call) => {
                let called = !call.starts_with("Compute(");
                *self.has_called.entry(step.tid).or_insert(false) |= called;
                if called {
                    self.stays.retain(|stay| stay.tid != step.tid);
                }
            }
        }
    }

    fn ran(&mut self, ran: &Ran, scene: &mut Scene) {
        self.look_back(ran, scene);
        let length = ran.until.saturating_sub(ran.from);
        let has_called = self.has_called.get(&ran.tid) != Some(&false);
        if has_called || length <= scene.limits.stay {
            return;
        }
        if self.stays.len() >= STAYS {
            self.stays.pop_front();
        }
        self.stays.push_back(LongStay {
            tid: ran.tid,
            from: ran.from,
            until: ran.until,
        });
    }

    /// A task runs that has been ready for some time: who kept it from running?
    fn look_back(&self, ran: &Ran, scene: &mut Scene) {
        let Some(ready) = ran.ready_since else { return };
        let limit = scene.limits.stay;
        for stay in self.stays.iter().filter(|stay| stay.tid != ran.tid) {
            let together = stay.until.min(ran.from);
            let together = together.saturating_sub(stay.from.max(ready));
            if together <= limit {
                continue;
            }
            let waiter = scene.title(ran.tid);
            scene.tell(Lint::NeverYielded, stay.tid, |who| {
                format!(
                    "{who} computed, and never made another call, while {waiter} was ready for \
                     {together:?}: let it call yield_now now and then, or choose a policy that preempts"
                )
            });
        }
    }
}

impl Rule for NeverYielded {
    fn see(&mut self, event: &Event, ran: Option<&Ran>, scene: &mut Scene) {
        if let Some(ran) = ran {
            self.ran(ran, scene);
        }
        match event {
            Event::Turn(step) => self.turn(step, scene),
            Event::Death(death) => {
                // A task that ends in its own turn is struck off after that.
                let is_killed = matches!(death.exit, crate::kernel::Exit::Killed);
                if is_killed {
                    self.has_called.remove(&death.tid);
                }
            }
            _ => {}
        }
    }
}
