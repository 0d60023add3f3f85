//! What all rules look at, and where they say what they have found.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Finding, Lint};
use crate::kernel::{Did, Event, Place, Tid, target};
use crate::watch::ledger::{Ledger, Ran};
use crate::watch::words::title;

/// How many findings are kept.
const FINDINGS: usize = 1000;

/// How many tasks that have ended are still known.
const KEPT: usize = 1000;

/// Where what is allowed ends.
pub(super) struct Limits {
    pub(super) step: Duration,
    pub(super) stay: Duration,
    pub(super) yields: u64,
    pub(super) inversion: Duration,
    pub(super) growth: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            step: Duration::from_millis(50),
            stay: Duration::from_secs(1),
            yields: 100,
            inversion: Duration::from_millis(1),
            growth: 1000,
        }
    }
}

/// What all rules look at, and where they say what they have found.
#[derive(Default)]
pub(super) struct Scene {
    pub(super) limits: Limits,
    pub(super) ledger: Ledger,
    pub(super) findings: Vec<Finding>,
    /// Where each task made its last call.
    places: BTreeMap<Tid, Place>,
}

impl Scene {
    /// Enters an event.
    pub(super) fn enter(&mut self, event: &Event) -> Option<Ran> {
        let ran = self.ledger.observe(event);
        match event {
            Event::Turn(step) if !matches!(step.did, Did::Ended(_)) => {
                if let Some(place) = &step.place {
                    self.places.insert(step.tid, place.clone());
                }
            }
            Event::Birth(_) => {
                while let Some((tid, _)) = self.ledger.forget(KEPT) {
                    self.places.remove(&tid);
                }
            }
            _ => {}
        }
        ran
    }

    /// How messages call a task.
    pub(super) fn title(&self, tid: Tid) -> String {
        let account = self.ledger.account(tid);
        title(tid, account.map_or("", |account| &account.name))
    }

    /// How urgent a task claims to be.
    pub(super) fn priority(&self, tid: Tid) -> i32 {
        let account = self.ledger.account(tid);
        account.map_or(0, |account| account.claim.priority)
    }

    /// Tells of what a task did; the text begins with its name.
    pub(super) fn tell(&mut self, lint: Lint, tid: Tid, text: impl FnOnce(&str) -> String) {
        let is_same = |found: &&mut Finding| found.lint == lint && found.tid == Some(tid);
        let is_full = self.findings.len() >= FINDINGS;
        match self.findings.iter_mut().find(is_same) {
            Some(found) => found.count += 1,
            // A finding that is not kept cannot be told apart from one that comes again.
            None if is_full => {}
            None => {
                let text = text(&self.title(tid));
                self.add(lint, Some(tid), text);
            }
        }
    }

    /// Tells of what is done, by a task or among several.
    pub(super) fn add(&mut self, lint: Lint, tid: Option<Tid>, text: String) {
        let finding = self.finding(lint, tid, text);
        log::warn!(target: target::LINT, "{finding}");
        self.keep(finding);
    }

    /// Says what may be meant as it is: the log has it at `info`.
    pub(super) fn remark(&mut self, lint: Lint, text: String) {
        let finding = self.finding(lint, None, text);
        log::info!(target: target::LINT, "{finding}");
        self.keep(finding);
    }

    fn keep(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.findings.truncate(FINDINGS);
    }

    fn finding(&self, lint: Lint, tid: Option<Tid>, text: String) -> Finding {
        let account = tid.and_then(|tid| self.ledger.account(tid));
        Finding {
            lint,
            tid,
            name: account.map_or_else(|| "".into(), |account| account.name.clone()),
            time: self.ledger.now,
            text,
            place: tid.and_then(|tid| self.places.get(&tid).cloned()),
            count: 1,
        }
    }
}
