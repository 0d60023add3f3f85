//! Tasks driven by hand: a kernel that stands in for the one they lack, while they unwind.

use super::core::Core;
use super::state::State;
use super::table::Record;
use super::task::Parts;
use crate::machine::Context;

impl Core {
    /// Makes a task known that no scheduler has, for the time of one urgent call.
    pub(super) fn serve_stranger(&mut self, context: &Context) {
        let slot = self.enter_stranger(Parts::of(context.clone()));
        self.serve_urgent(context);
        self.table.remove(slot);
    }

    /// Kills a task that no scheduler has.
    pub(super) fn adopt_and_kill(&mut self, parts: Parts) {
        let context = parts.context.clone();
        self.ordinary += usize::from(!parts.daemon);
        self.enter_stranger(parts);
        self.unwind(&context);
        self.kill_all(|_| true);
    }

    fn enter_stranger(&mut self, parts: Parts) -> u32 {
        State::Waiting.put(&parts.context);
        let number = parts.context.number.get();
        self.table.insert(number, Record::of(parts)).slot()
    }
}
