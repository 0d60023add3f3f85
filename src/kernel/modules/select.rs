//! A choice: which branch of a waiting select is to be answered.
//!
//! A sender in a rendezvous hands its item over before the receiving select is served again. It chooses
//! the branch, and the select is then answered with that branch and no other.
//!
//! ```text
//!   served ──▶ open: it waits ──▶ served …
//!                 └──▶ chosen: another has chosen a branch ──▶ served: that branch alone
//! ```

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::kernel::abi::Tid;
use crate::kernel::core::Kernel;
use crate::kernel::parts::{State, TaskSlot};

/// How far the choice of a call is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    /// The call is being served, or answered: nothing can be chosen.
    #[default]
    Served,
    Open,
    /// The branch of this number was chosen.
    Chosen(u32),
}

/// The choice of a call among its branches, as one of them sees it.
pub(crate) struct Choice {
    stage: Rc<Cell<Stage>>,
    branch: u32,
}

impl Choice {
    /// Whether the branch may be chosen.
    pub(crate) fn is_open(&self) -> bool {
        self.stage.get() == Stage::Open
    }

    /// Whether a branch was chosen, be it this or another.
    pub(crate) fn is_chosen(&self) -> bool {
        matches!(self.stage.get(), Stage::Chosen(_))
    }

    /// Chooses the branch: the call is answered with it when it is served next.
    pub(crate) fn choose(&self) {
        self.stage.set(Stage::Chosen(self.branch));
    }
}

/// The choice of the call that a task is in, if one of its branches can be chosen by another task.
#[derive(Default)]
struct Open(RefCell<Option<Rc<Cell<Stage>>>>);

impl TaskSlot for Open {}

/// The caller's choice, as the branch sees it that is being served; `None` if its call has no branches.
pub(crate) fn choice(kernel: &mut Kernel<'_>, caller: Tid) -> Option<Choice> {
    let branch = kernel.served_branch()?;
    let slots = &kernel.served(caller).facts().slots;
    let mut stage = slots.get_or_default::<Open>().0.borrow_mut();
    Some(Choice {
        stage: Rc::clone(stage.get_or_insert_default()),
        branch,
    })
}

/// Which branch of the caller's call was chosen, if one was. Until [`offer_choice`] none can be.
pub(crate) fn take_choice(kernel: &Kernel<'_>, caller: Tid) -> Option<u32> {
    match stage_of(kernel, caller)?.replace(Stage::Served) {
        Stage::Chosen(branch) => Some(branch),
        Stage::Served | Stage::Open => None,
    }
}

/// Lets one branch of the caller's call be chosen, since the call waits now.
pub(crate) fn offer_choice(kernel: &Kernel<'_>, caller: Tid) {
    if let Some(stage) = stage_of(kernel, caller) {
        stage.set(Stage::Open);
    }
}

/// Notes whether the caller's call waits in more branches than have a node: one that waits for a device or
/// another thread would count as none, and another task may close a cycle later.
pub(crate) fn note_branches(kernel: &Kernel<'_>, caller: Tid, count: usize) {
    let task = kernel.served(caller);
    // Only an enrolled task's node is emptied; one that is in no list is in no cycle.
    if State::is_enrolled(task) {
        let has_more = 1 + (task.branch_count() as usize) < count;
        task.wait().not_alone.set(has_more);
    }
}

/// The caller's call is over, and with it its choice.
pub(crate) fn forget_choice(kernel: &Kernel<'_>, caller: Tid) {
    if let Some(open) = kernel.served(caller).facts().slots.get::<Open>() {
        open.0.take();
    }
}

fn stage_of(kernel: &Kernel<'_>, caller: Tid) -> Option<Rc<Cell<Stage>>> {
    let open = kernel.served(caller).facts().slots.get::<Open>()?;
    open.0.borrow().clone()
}
