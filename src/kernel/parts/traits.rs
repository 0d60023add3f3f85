//! What is asked of a new task beside what it runs.

use std::rc::Rc;
use std::sync::Arc;

use super::Slots;
use crate::kernel::abi::Exit;

/// Hears how a task ended.
pub(crate) trait ExitSink {
    fn deliver(&self, exit: &Exit);
}

/// What is asked of a new task beside what it runs.
#[derive(Default)]
pub(crate) struct Traits {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) daemon: bool,
    /// The scheduler's own, if it is not said.
    pub(crate) stack_size: Option<usize>,
    /// What modules keep of it.
    pub(crate) slots: Slots,
    pub(crate) sink: Option<Rc<dyn ExitSink>>,
    /// Whether it has a handle, for which what it returns or throws is kept.
    pub(crate) has_handle: bool,
}
