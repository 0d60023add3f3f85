//! The policy in force: asked with care, since it may be anybody's, and thrown out if it errs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::Cpus;
use crate::kernel::abi::claim::Claim;
use crate::kernel::abi::events::{Claimed, Dropped, Event, InForce};
use crate::kernel::abi::exit::exit_of;
use crate::kernel::abi::policy::{Policy, Queued, Stop};
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::journal::Change;
use crate::kernel::core::log::{log_error, target};
use crate::kernel::core::quietly::quietly;
use crate::machine::TaskRef;

/// The policy, and how long it has passed somebody over.
pub(super) struct Governor {
    pub(super) policy: Box<dyn Policy>,
    /// Whoever has been ready longest, and how many picks passed them over.
    pub(super) oldest: Option<Tid>,
    pub(super) passed_over: u64,
}

impl Cpus {
    pub(in crate::kernel) fn policy_name(&self) -> Option<Arc<str>> {
        let governor = self.governor.as_ref()?;
        let name = quietly(|| governor.policy.name());
        Some(name.map_or_else(|| "unnamed".into(), |name| name.as_ref().into()))
    }
}

impl Core {
    /// Puts a policy in force, and hands it what there is; None is first in, first out.
    pub(in crate::kernel) fn set_policy(&mut self, policy: Option<Box<dyn Policy>>) {
        // What has happened so far is the policy's before.
        self.read_journal();
        let now = self.moment();
        let governor = policy.map(|policy| Governor {
            policy,
            oldest: None,
            passed_over: 0,
        });
        discard(std::mem::replace(&mut self.cpus_made().governor, governor));
        self.cpus().ticked = false;
        self.forget_loans();
        for tid in self.table.tids() {
            let claim = self.claim_of(tid);
            if !self.has_not_arrived(tid) {
                self.ask_policy(|policy| policy.admit(tid, &claim, now));
                // Whoever waits may wait for what another holds.
                self.note_debtor(tid);
            }
        }
        for task in self.ready.all() {
            let tid = Tid::of(&task);
            if !self.has_its_turn(tid) {
                self.ask_policy(|policy| policy.enqueue(tid, Queued::Handed, now));
            }
        }
        let name = self.cpus().policy_name();
        self.tell(|| {
            Event::InForce(InForce {
                time: now,
                policy: name.unwrap_or_else(|| "fifo".into()),
            })
        });
    }

    fn claim_of(&self, tid: Tid) -> Claim {
        let task = self.table.find(tid);
        task.and_then(|task| task.facts().claim())
            .unwrap_or_default()
    }

    /// Asks the policy, if there is one; one that panics is thrown out.
    pub(super) fn ask_policy<R>(&mut self, ask: impl FnOnce(&mut dyn Policy) -> R) -> Option<R> {
        let governor = self.cpus.as_mut()?.governor.as_mut()?;
        match catch_unwind(AssertUnwindSafe(|| ask(&mut *governor.policy))) {
            Ok(said) => Some(said),
            Err(payload) => {
                let exit = exit_of(Some(&payload));
                // Dropping it might panic again.
                std::mem::forget(payload);
                self.throw_out(&exit.to_string());
                None
            }
        }
    }

    /// From now on first in, first out.
    pub(super) fn throw_out(&mut self, reason: &str) {
        let Some(name) = self.cpus().policy_name() else {
            return;
        };
        discard(self.cpus().governor.take());
        self.forget_loans();
        self.report.policies_dropped += 1;
        log_error(
            target::POLICY,
            format_args!(
                "the policy {name} is thrown out: it {reason}; from now on first in, first out"
            ),
        );
        let time = self.moment();
        if self.is_observed() {
            self.tell_event(&Event::Dropped(Dropped {
                time,
                policy: name,
                reason: reason.into(),
            }));
        }
    }

    /// A task comes under the policy.
    pub(in crate::kernel) fn admit(&mut self, tid: Tid, now: Duration) {
        if self.has_policy() {
            let claim = self.claim_of(tid);
            self.ask_policy(|policy| policy.admit(tid, &claim, now));
            self.ask_policy(|policy| policy.enqueue(tid, Queued::New, now));
        }
    }

    /// A task has been put into the ready queue. The one whose turn it is counts when that is over.
    pub(in crate::kernel) fn enqueue(&mut self, tid: Tid, why: Queued) {
        if !self.has_its_turn(tid) {
            let now = self.moment();
            self.note_for_policy(|_| Change::Queued(tid, why, now));
        }
    }

    /// A task has been taken out of the ready queue, but not to have its turn.
    pub(in crate::kernel) fn dequeue(&mut self, tid: Tid) {
        if !self.has_its_turn(tid) {
            self.note_for_policy(|_| Change::Dequeued(tid));
        }
    }

    fn has_its_turn(&self, tid: Tid) -> bool {
        let cpus = self.cpus.as_ref();
        cpus.is_some_and(|cpus| cpus.turning == Some(tid))
    }

    /// A task is about to be forgotten.
    pub(in crate::kernel) fn retire_from_cpus(&mut self, tid: Tid, has_arrived: bool) {
        let Some(cpus) = &mut self.cpus else { return };
        cpus.asked.take_if(|asked| asked.0 == tid);
        if let Some(cpu) = cpus.cpu_of(tid) {
            self.stop(cpu, Stop::Ended);
        }
        self.cpus().credit.remove(&tid);
        self.cpus().debtors.remove(&tid);
        if has_arrived {
            self.note_for_policy(|_| Change::Retired(tid));
        }
    }

    /// Writes down what the policy is to be told of, if there is one.
    pub(super) fn note_for_policy(&self, change: impl FnOnce(&Self) -> Change) {
        if self.has_policy() {
            self.journal.note(|| change(self));
        }
    }

    /// Tells the policy of a task that waited and is ready again.
    pub(in crate::kernel) fn tell_policy_of_woken(&mut self, tid: Tid, now: Duration) {
        if !self.has_its_turn(tid) {
            self.ask_policy(|policy| policy.enqueue(tid, Queued::Woken, now));
        }
    }

    /// Tells the policy what has happened.
    pub(in crate::kernel) fn tell_policy(&mut self, change: Change) {
        self.ask_policy(|policy| match change {
            Change::Queued(tid, why, now) => policy.enqueue(tid, why, now),
            Change::Dequeued(tid) => policy.dequeue(tid),
            Change::Stopped(tid, why, used, now) => policy.stopped(tid, why, used, now),
            Change::Claimed(tid, claim, now) => policy.set_claim(tid, &claim, now),
            Change::Retired(tid) => policy.retire(tid),
            _ => {}
        });
    }

    /// Changes what a task claims.
    pub(in crate::kernel) fn set_claim(&mut self, task: &TaskRef, claim: Claim) {
        let tid = Tid::of(task);
        let now = self.moment();
        if !self.has_not_arrived(tid) {
            self.note_for_policy(|_| Change::Claimed(tid, claim.clone(), now));
        }
        task.facts().extra().claim.replace(Some(claim.clone()));
        self.tell(|| {
            Event::Claimed(Claimed {
                time: now,
                tid,
                claim,
            })
        });
    }

    pub(in crate::kernel) fn has_policy(&self) -> bool {
        let cpus = self.cpus.as_ref();
        cpus.is_some_and(|cpus| cpus.governor.is_some())
    }

    /// The keys of a task, in the policy's words.
    pub(in crate::kernel) fn explanation(&mut self, tid: Tid) -> String {
        self.ask_policy(|policy| policy.explain(tid))
            .unwrap_or_default()
    }
}

/// Drops a policy that is in force no more: it is the user's, and may panic.
fn discard(governor: Option<Governor>) {
    quietly(|| drop(governor));
}
