//! The loop, guarded: a call that panics while it is served does so in its caller.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use super::Core;
use super::shared::{NOBODY, Shared};
use super::state::State;
use crate::kernel::abi::events::Cause;
use crate::kernel::abi::stuck::Stuck;
use crate::kernel::abi::tid::Tid;
use crate::machine::{self, Payload, TaskRef};

impl Core {
    /// As `turns`, and a call that panics while it is served does so in its caller.
    pub(in crate::kernel) fn turns_until_done(&mut self) -> Result<(), Stuck> {
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.turns())) {
                Ok(ended) => return ended,
                Err(payload) => _ = self.hand_back(payload),
            }
        }
    }

    /// As `turn_of`, and a call that panics while it is served does so in its caller.
    pub(in crate::kernel) fn guarded_turn_of(&mut self, task: TaskRef) -> Tid {
        // What the task does itself, before its call is served, is noted as done by it.
        self.serving.set(NOBODY);
        let mut tid = Tid::of(&task);
        self.turned.set(Some(tid));
        let shared = Rc::clone(&self.shared);
        let turn = AssertUnwindSafe(|| self.turn_of(&shared, task));
        if let Err(payload) = catch_unwind(turn) {
            tid = self.hand_back(payload);
        }
        self.turned.set(Some(tid));
        tid
    }

    /// Lets a panic that came of serving a call go on in the task whose call it was.
    fn hand_back(&mut self, mut payload: Payload) -> Tid {
        loop {
            let served = self.table.try_get(self.serving.get());
            let is_culprit = |task: &TaskRef| {
                State::of(task) != State::Ready && !task.is_busy() && task.has_call()
            };
            let Some(task) = served.filter(is_culprit) else {
                resume_unwind(payload); // Not a call's: a bug of ours, or of a logger.
            };
            if machine::is_kill(&payload) && machine::inside_task() {
                // The outer task in which this loop runs is killed. The call is served again, should
                // somebody run this scheduler again.
                Shared::make_ready(task, |_| Cause::Outside);
                resume_unwind(payload);
            }
            let going_on = AssertUnwindSafe(|| self.raise_in(&task, payload));
            match catch_unwind(going_on) {
                Ok(()) => return Tid::of(&task),
                Err(next) => payload = next,
            }
        }
    }

    /// Lets a task that is not ready unwind with the panic of its call.
    pub(in crate::kernel) fn raise_in(&mut self, task: &TaskRef, payload: Payload) {
        self.tidy(task);
        let resumed = task.raise(payload);
        self.follow(task.clone(), resumed);
    }
}
