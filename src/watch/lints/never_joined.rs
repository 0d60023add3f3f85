//! Tasks that ended, and were never joined.

use std::collections::{BTreeMap, BTreeSet};

use super::scene::Scene;
use super::{Lint, Rule};
use crate::kernel::{Death, Event, Exit, Tid};
use crate::watch::ledger::Ran;

/// How many tasks that were not joined are remembered.
const REMEMBERED: usize = 10_000;

/// What a program may do that wants to know.
const REMEDY: &str = ": join their handles, or make them in a group, so that a failure is seen";

/// Looks for tasks that panicked, or returned though another task had made them, and that were not joined
/// by the end of the run. Daemons and killed tasks need not be.
#[derive(Default)]
pub(super) struct NeverJoined {
    /// Those that have ended and were not joined; with the message if they panicked.
    ended: BTreeMap<Tid, Option<String>>,
    /// Those that were joined before they ended.
    asked: BTreeSet<Tid>,
}

impl NeverJoined {
    fn death(&mut self, death: &Death, scene: &Scene) {
        if self.asked.remove(&death.tid) || self.ended.len() >= REMEMBERED {
            return;
        }
        let account = scene.ledger.account(death.tid);
        let is_daemon = account.is_some_and(|account| account.daemon);
        let is_child = account.is_some_and(|account| account.parent.is_some());
        match &death.exit {
            Exit::Panicked(message) => {
                self.ended.insert(death.tid, Some(message.clone()));
            }
            // What the code outside all tasks made, `run` waits for.
            Exit::Returned if is_child && !is_daemon => _ = self.ended.insert(death.tid, None),
            _ => {}
        }
    }
}

impl Rule for NeverJoined {
    fn see(&mut self, event: &Event, _: Option<&Ran>, scene: &mut Scene) {
        match event {
            Event::Death(death) => self.death(death, scene),
            Event::Join(join) if self.ended.remove(&join.tid).is_some() => {}
            Event::Join(join) => {
                let account = scene.ledger.account(join.tid);
                if account.is_some_and(|account| account.end.is_none()) {
                    self.asked.insert(join.tid);
                }
            }
            _ => {}
        }
    }

    fn pause(&mut self, scene: &mut Scene) {
        // A task may have been joined since the run before; and the sum is another one now.
        let is_so = |tid: Option<Tid>| tid.is_some_and(|tid| self.ended.contains_key(&tid));
        let is_stale = |lint, tid| lint == Lint::NeverJoined && !is_so(tid);
        scene
            .findings
            .retain(|found| !is_stale(found.lint, found.tid));
        let mut returned = Vec::new();
        for (tid, message) in &self.ended {
            let Some(message) = message else {
                returned.push(*tid);
                continue;
            };
            let is_told = |lint, of| lint == Lint::NeverJoined && of == Some(*tid);
            if !scene
                .findings
                .iter()
                .any(|found| is_told(found.lint, found.tid))
            {
                let who = scene.title(*tid);
                let text = format!("{who} panicked, and was never joined: {message}");
                scene.add(Lint::NeverJoined, Some(*tid), text);
            }
        }
        if let Some(first) = returned.first() {
            let text = match (returned.len(), scene.title(*first)) {
                (1, who) => format!("{who} has returned, and was never joined"),
                (count, first) => format!(
                    "{count} tasks have returned, and were never joined; the first was {first}"
                ),
            };
            scene.remark(Lint::NeverJoined, text + REMEDY);
        }
    }
}
