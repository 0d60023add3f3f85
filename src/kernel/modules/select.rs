//! A choice: which branch of a waiting select is to be answered.
//!
//! A sender in a rendezvous hands its item over before the receiving select is served again. It chooses
//! the branch, and the select is then answered with that branch and no other.
//!
//! ```text
//!   served ──▶ open: it waits ──▶ served …
//!                 └──▶ chosen: another has chosen a branch ──▶ served: that branch alone
//! ```

use std::cell::Cell;
use std::rc::Rc;

use crate::kernel::abi::tid::Tid;
use crate::kernel::core::face::Kernel;

/// How far the choice of a call is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::kernel) enum Stage {
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

impl Kernel<'_> {
    /// The caller's choice, as the branch sees it that is being served; `None` if its call has no branches.
    pub(crate) fn choice(&mut self, caller: Tid) -> Option<Choice> {
        if !self.branched {
            return None;
        }
        let mut stage = self.served(caller).facts().extra().choice.borrow_mut();
        Some(Choice {
            stage: Rc::clone(stage.get_or_insert_default()),
            branch: self.branch,
        })
    }

    /// Which branch of the caller's call was chosen, if one was. Until [`offer_choice`](Self::offer_choice)
    /// none can be.
    pub(crate) fn take_choice(&mut self, caller: Tid) -> Option<u32> {
        match self.stage_of(caller)?.replace(Stage::Served) {
            Stage::Chosen(branch) => Some(branch),
            Stage::Served | Stage::Open => None,
        }
    }

    /// Lets one branch of the caller's call be chosen, since the call waits now.
    pub(crate) fn offer_choice(&mut self, caller: Tid) {
        if let Some(stage) = self.stage_of(caller) {
            stage.set(Stage::Open);
        }
    }

    fn stage_of(&self, caller: Tid) -> Option<Rc<Cell<Stage>>> {
        let extra = self.served(caller).facts().extra_if_any()?;
        extra.choice.borrow().clone()
    }
}
