//! What the kernel keeps of a task beside its header; the loop rarely looks here.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;
use crate::kernel::abi::events::{Claimed, Event};
use crate::kernel::abi::{SchedParams, Tid};
use crate::kernel::parts::{Change, ExitSink, Held, Slots, TaskOutcome, TaskSlot, Traits};
use crate::machine::TaskRef;

/// What a task claims from the policy.
#[derive(Default)]
pub(crate) struct Claims(pub(crate) RefCell<Option<SchedParams>>);

impl TaskSlot for Claims {}

/// What the kernel keeps of a task beside its header.
pub(crate) struct Facts {
    pub(crate) name: Option<Arc<str>>,
    /// The run ends without it.
    pub(crate) daemon: bool,
    /// What it was before it was held, and as what it is.
    pub(super) held: Cell<Held>,
    /// The scheduler that it is a task of, set once; none while it is driven by hand.
    pub(super) home: OnceCell<Rc<Shared>>,
    /// When its last wait began, in nanoseconds of the scheduler's clock.
    pub(super) since: Cell<u64>,
    /// How it ended, for its handle.
    pub(crate) outcome: TaskOutcome,
    /// Hears how it ended.
    pub(super) sink: Cell<Option<Rc<dyn ExitSink>>>,
    /// What modules keep of it; most keep nothing of most tasks.
    pub(crate) slots: Slots,
}

impl Facts {
    #[inline]
    pub(super) fn of(traits: Traits) -> Self {
        Self {
            name: traits.name,
            daemon: traits.daemon,
            held: Cell::default(),
            home: OnceCell::new(),
            since: Cell::new(0),
            outcome: TaskOutcome::of(traits.has_handle),
            sink: Cell::new(traits.sink),
            slots: traits.slots,
        }
    }

    /// The scheduler that it is a task of.
    #[inline(always)]
    pub(crate) fn home(&self) -> Option<&Rc<Shared>> {
        self.home.get()
    }

    /// What it claims from the policy, if it said.
    pub(crate) fn claim(&self) -> Option<SchedParams> {
        self.slots.get::<Claims>()?.0.borrow().clone()
    }

    /// The name, or nothing.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("")
    }

    /// Whether its time has not come yet.
    pub(crate) fn is_expected(&self) -> bool {
        self.held.get().is_expected
    }
}

/// Lets a task claim something else from the policy from now on.
pub(super) fn set_params(home: &Shared, task: &TaskRef, claim: SchedParams) {
    let (tid, time) = (Tid::of(task), Duration::from_nanos(home.clock.seen()));
    if !task.facts().is_expected() {
        home.note(|| Change::Claimed(tid, claim.clone(), time));
    }
    let claims = task.facts().slots.get_or_default::<Claims>();
    claims.0.replace(Some(claim.clone()));
    home.tell(|| Event::Claimed(Claimed { time, tid, claim }));
}
