//! The names of tasks that lines of births have told; the writer and the reader keep the same ones.

use std::sync::Arc;

use super::places::Quick;
use crate::kernel::{Event, Tid};

/// The names that need not be told again, by the numbers of the tasks; those that are empty are not kept.
#[derive(Default)]
pub(super) struct Names(std::collections::HashMap<u64, Arc<str>, Quick>);

impl Names {
    /// Learns from an event that is not a turn.
    pub(super) fn learn(&mut self, event: &Event) {
        match event {
            Event::Start(_) => self.0.clear(),
            Event::Birth(birth) if !birth.name.is_empty() => {
                self.0.insert(birth.tid.number(), Arc::clone(&birth.name));
            }
            Event::Birth(birth) => _ = self.0.remove(&birth.tid.number()),
            Event::Death(death) => _ = self.0.remove(&death.tid.number()),
            _ => {}
        }
    }

    /// The name by which a task is known; none if it has none, or is not known.
    pub(super) fn name(&self, tid: Tid) -> Option<&Arc<str>> {
        self.0.get(&tid.number())
    }

    /// Whether readers know this name without being told.
    #[inline]
    pub(super) fn knows(&self, tid: Tid, name: &Arc<str>) -> bool {
        match self.name(tid) {
            Some(told) => Arc::ptr_eq(told, name) || told == name,
            None => name.is_empty(),
        }
    }
}
