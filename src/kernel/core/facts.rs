//! What the kernel keeps of a task beside its header; the loop rarely looks here.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;
use crate::kernel::abi::events::{Claimed, Event};
use crate::kernel::abi::{Claim, Exit, Tid, title};
use crate::kernel::parts::{Change, Held, Slots, TaskSlot};
use crate::machine::{Payload, TaskRef};

/// Gets what came of a task, for those who ask later.
pub(crate) trait ExitSink {
    fn deliver(&self, exit: &Exit, payload: Option<Payload>);
}

/// What is asked of a new task beside what it runs.
#[derive(Default)]
pub(crate) struct Traits {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) daemon: bool,
    /// The scheduler's own, if it is not said.
    pub(crate) stack_size: Option<usize>,
    pub(crate) terms: Option<Box<Terms>>,
    pub(crate) sink: Option<Rc<dyn ExitSink>>,
}

/// What few tasks ask for: boxed, since every birth passes it on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) claim: Option<Claim>,
    /// When it arrives, from its birth on; at once, if nothing is said.
    pub(crate) arrival: Option<Duration>,
}

/// What a task asked for at its birth that few ask for, and what it claims since.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) claim: RefCell<Option<Claim>>,
    pub(super) arrival: Option<Duration>,
}

impl TaskSlot for Asked {}

/// What the kernel keeps of a task beside its header.
pub(crate) struct Facts {
    pub(in crate::kernel) name: Option<Arc<str>>,
    /// The run ends without it.
    pub(in crate::kernel) daemon: bool,
    /// What it was before it was held, and as what it is.
    pub(super) held: Cell<Held>,
    /// The scheduler that it is a task of, set once; none while it is driven by hand.
    pub(super) home: OnceCell<Rc<Shared>>,
    /// When its last wait began, in nanoseconds of the scheduler's clock.
    pub(super) since: Cell<u64>,
    /// Gets what came of it.
    pub(super) sink: Cell<Option<Rc<dyn ExitSink>>>,
    /// What modules keep of it; most keep nothing of most tasks.
    pub(in crate::kernel) slots: Slots,
}

impl Facts {
    #[inline]
    pub(super) fn of(traits: Traits) -> Self {
        let slots = Slots::default();
        if let Some(terms) = traits.terms {
            slots.put(Asked {
                claim: RefCell::new(terms.claim),
                arrival: terms.arrival,
            });
        }
        Self {
            name: traits.name,
            daemon: traits.daemon,
            held: Cell::default(),
            home: OnceCell::new(),
            since: Cell::new(0),
            sink: Cell::new(traits.sink),
            slots,
        }
    }

    /// The scheduler that it is a task of.
    #[inline(always)]
    pub(in crate::kernel) fn home(&self) -> Option<&Rc<Shared>> {
        self.home.get()
    }

    /// What it claims from the policy, if it said.
    pub(in crate::kernel) fn claim(&self) -> Option<Claim> {
        self.slots.get::<Asked>()?.claim.borrow().clone()
    }

    /// The name, or nothing.
    pub(in crate::kernel) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("")
    }

    /// Whether its time has not come yet.
    pub(in crate::kernel) fn is_expected(&self) -> bool {
        self.held.get().is_expected
    }
}

/// Lets a task claim something else from the policy from now on.
pub(super) fn set_claim(home: &Shared, task: &TaskRef, claim: Claim) {
    let (tid, time) = (Tid::of(task), Duration::from_nanos(home.clock.seen()));
    if !task.facts().is_expected() {
        home.note(|| Change::Claimed(tid, claim.clone(), time));
    }
    let asked = task.facts().slots.get_or_default::<Asked>();
    asked.claim.replace(Some(claim.clone()));
    home.tell(|| Event::Claimed(Claimed { time, tid, claim }));
}

/// How messages call this task.
pub(in crate::kernel) fn title_of(task: &TaskRef) -> String {
    title(Tid::of(task).number(), task.facts().name())
}
