//! A queue of waiting tasks: what wait nodes are linked in, and woken from.

use std::ops::Deref;
use std::ptr::null;
use std::rc::Rc;

use super::frame::{QueueFacts, WaitFacts};
use super::task_ref::TaskRef;
use super::wait_node::{Chain, End, Queued, WaitNode};

/// A queue of waiting tasks, with what the kernel keeps of it; a clone is another handle to it.
#[derive(Clone)]
pub(crate) struct WaitQueue(Rc<Queued>);

impl WaitQueue {
    pub(crate) fn new(facts: QueueFacts) -> Self {
        Self(Rc::new(Queued {
            chain: Chain::new(null()),
            facts,
        }))
    }

    /// The queue that a node is in.
    pub(crate) fn of(node: &WaitNode) -> Option<Self> {
        node.queue().map(Self)
    }

    /// How many nodes wait here.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.0.chain.len()
    }

    /// Lets a node in, which leaves the queue where it is now.
    #[inline(always)]
    pub(crate) fn park(&self, node: &WaitNode, end: End) {
        node.park(&self.0, end);
    }

    /// Whether a node waits here.
    #[inline(always)]
    pub(crate) fn has(&self, node: &WaitNode) -> bool {
        node.is_in(&self.0.chain)
    }

    /// Takes the first node out, lets `note` write into it, and says whose it is.
    #[inline(always)]
    pub(crate) fn pop(&self, note: impl FnOnce(&WaitFacts)) -> Option<TaskRef> {
        let owner = self.0.chain.pop(note)?;
        // SAFETY: it was in the chain until now, so its task is not gone.
        unsafe { TaskRef::of_owner(owner) }
    }

    /// The task that has waited longest.
    pub(crate) fn first(&self) -> Option<TaskRef> {
        let owner = self.0.chain.first()?.owner();
        // SAFETY: as in `pop`.
        unsafe { TaskRef::of_owner(owner) }
    }

    /// Whether the node is the first here.
    pub(crate) fn begins_with(&self, node: &WaitNode) -> bool {
        let first = self.0.chain.first();
        first.is_some_and(|first| std::ptr::eq(first, node))
    }
}

impl Deref for WaitQueue {
    type Target = QueueFacts;

    #[inline(always)]
    fn deref(&self) -> &QueueFacts {
        &self.0.facts
    }
}
