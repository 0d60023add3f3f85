//! Writing the record of one turn into the memory of the one before.

use std::sync::Arc;

use super::step::{Did, Ended, Step};
use crate::kernel::abi::tid::Tid;

impl Step {
    /// Forgets the turn before, and keeps its memory.
    pub(in crate::kernel) fn clear(&mut self) {
        self.candidates.clear();
        self.why.clear();
        self.with.clear();
        self.place = None;
        self.on = None;
        self.until = None;
        self.holders.clear();
        self.depth = 0;
        self.woke.clear();
        self.causes.clear();
        self.ended.clear();
    }

    /// The strings of what was done in the turn before, empty, to be written again.
    pub(in crate::kernel) fn take_texts(&mut self) -> (String, String) {
        let before = std::mem::replace(&mut self.did, Did::Waits(String::new()));
        let (mut call, mut reply) = match before {
            Did::Asked(call, reply) => (call, reply),
            Did::Waits(call) | Did::Computes(call) => (call, String::new()),
            Did::Ended(_) => Default::default(),
        };
        call.clear();
        reply.clear();
        (call, reply)
    }

    /// Counting references up and down takes its time, too.
    pub(in crate::kernel) fn set_name(&mut self, name: Option<&Arc<str>>) {
        match name {
            Some(name) if !Arc::ptr_eq(name, &self.name) => self.name = Arc::clone(name),
            None if !self.name.is_empty() => self.name = Arc::default(),
            _ => {}
        }
    }

    /// If the task ended whose turn it was, that is what it did.
    pub(in crate::kernel) fn tell_own_end(&mut self, tid: Tid) {
        if let Some(own) = self.ended.iter().position(|ended| ended.tid == tid) {
            let Ended { name, exit, .. } = self.ended.remove(own);
            (self.name, self.did) = (name, Did::Ended(exit));
        }
    }
}
