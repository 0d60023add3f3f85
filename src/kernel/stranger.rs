//! Tasks driven by hand: a kernel that stands in for the one they lack, while they unwind.

use super::core::Core;
use super::state::State;
use super::tid::Tid;
use crate::machine::TaskRef;

impl Core {
    /// Makes a task known that no scheduler has, for the time of one urgent call.
    pub(super) fn serve_stranger(&mut self, context: &TaskRef) {
        let slot = self.enter_stranger(context.clone());
        self.serve_urgent(context);
        self.table.remove(slot);
    }

    /// Kills a task that no scheduler has.
    pub(super) fn adopt_and_kill(&mut self, task: TaskRef) {
        self.ordinary.set(usize::from(!task.facts().daemon));
        self.enter_stranger(task.clone());
        self.unwind(&task);
        self.kill_all(|_| true);
    }

    fn enter_stranger(&mut self, task: TaskRef) -> u32 {
        State::Waiting.put(&task);
        let number = Tid::of(&task).number();
        self.table.insert(number, task).slot()
    }
}
