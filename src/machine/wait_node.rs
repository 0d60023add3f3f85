//! Wait nodes: the links by which a task waits in a queue, in memory that does not move.
//!
//! ```text
//!   WaitQueue ─▶ Chain: head ──▶ node ⇄ node ⇄ node ◀── tail
//!                                  │      │      │
//!                                owner  owner  owner     the tasks
//! ```
//!
//! Each task has a node of its own, and one more for each further branch of a call that waits in several
//! places. To park, to leave and to be woken takes a few links: no table, no search, no allocation.
//!
//! Two rules make the links safe. A node leaves its chain before it goes, and a chain lets its nodes go
//! before it goes itself: so neither ever points to what is gone. And both lie still: nodes in a task's
//! memory or behind an `Rc`, chains in a task's memory or in a [`Queued`], of which there is none but behind an `Rc`.

use std::cell::Cell;
use std::ops::Deref;
use std::ptr::null;
use std::rc::Rc;

use super::frame::{KernelSide, QueueFacts, TheKernel, WaitFacts};

/// A task's header, of whose type this file knows nothing: an address, to be given back.
pub(super) type Owner = *const ();

/// Which end of a queue to join it at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Head,
    Tail,
}

/// The nodes that wait for the same, in their order.
pub(super) struct Chain {
    head: Cell<*const WaitNode>,
    tail: Cell<*const WaitNode>,
    len: Cell<usize>,
    /// The task whose end they wait for; null, if they wait in a queue.
    target: Owner,
}

/// A chain that belongs to no task, with what the kernel keeps of it; never outside an `Rc`.
pub(super) struct Queued {
    pub(super) chain: Chain,
    pub(super) facts: QueueFacts,
}

/// A place where a task waits: the links, and what the kernel keeps of the wait.
#[repr(align(64))]
pub(crate) struct WaitNode {
    prev: Cell<*const WaitNode>,
    next: Cell<*const WaitNode>,
    /// Where it is linked; null if it is not.
    chain: Cell<*const Chain>,
    /// Keeps the queue alive that it is linked in, if it is one.
    queue: Cell<Option<Rc<Queued>>>,
    /// Null once the task is gone.
    owner: Cell<Owner>,
    facts: WaitFacts,
}

impl Chain {
    /// One of the tasks that wait for the end of `target`, or of a queue if that is null.
    pub(super) const fn new(target: Owner) -> Self {
        Self {
            head: Cell::new(null()),
            tail: Cell::new(null()),
            len: Cell::new(0),
            target,
        }
    }

    #[inline(always)]
    fn link(&self, node: &WaitNode, end: End) {
        let (prev, next) = match end {
            End::Tail => (self.tail.replace(node), null()),
            End::Head => (null(), self.head.replace(node)),
        };
        node.prev.set(prev);
        node.next.set(next);
        node.chain.set(self);
        // SAFETY: a linked node has not gone: it leaves its chain before it goes.
        match unsafe { prev.as_ref() } {
            Some(prev) => prev.next.set(node),
            None => self.head.set(node),
        }
        // SAFETY: as above.
        match unsafe { next.as_ref() } {
            Some(next) => next.prev.set(node),
            None => self.tail.set(node),
        }
        self.len.set(self.len.get() + 1);
    }

    #[inline(always)]
    fn unlink(&self, node: &WaitNode) {
        let (prev, next) = (node.prev.get(), node.next.get());
        // SAFETY: as in `link`.
        match unsafe { prev.as_ref() } {
            Some(prev) => prev.next.set(next),
            None => self.head.set(next),
        }
        // SAFETY: as in `link`.
        match unsafe { next.as_ref() } {
            Some(next) => next.prev.set(prev),
            None => self.tail.set(prev),
        }
        node.chain.set(null());
        self.len.set(self.len.get() - 1);
    }

    #[inline(always)]
    pub(super) fn first(&self) -> Option<&WaitNode> {
        // SAFETY: as in `link`; and while the reference lives nothing runs that could end its task.
        unsafe { self.head.get().as_ref() }
    }

    /// Takes the first node out, lets `note` write into it, and says whose it is.
    #[inline(always)]
    pub(super) fn pop(&self, note: impl FnOnce(&WaitFacts)) -> Option<Owner> {
        let node = self.first()?;
        let owner = node.owner.get();
        let queue = node.queue.take();
        self.unlink(node);
        note(&node.facts);
        // Last, since the queue may go with it, and this chain with the queue.
        drop(queue);
        Some(owner)
    }

    /// Lets all nodes go: their tasks wait on, in no chain.
    pub(super) fn let_go(&self) {
        while let Some(node) = self.first() {
            self.unlink(node);
        }
    }

    /// How many nodes wait.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.len.get()
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl WaitNode {
    /// A node of the task with this header.
    pub(super) fn of(owner: Owner) -> Self {
        Self {
            prev: Cell::new(null()),
            next: Cell::new(null()),
            chain: Cell::new(null()),
            queue: Cell::new(None),
            owner: Cell::new(owner),
            facts: WaitFacts::default(),
        }
    }

    /// The task that waits; null once it is gone.
    pub(super) fn owner(&self) -> Owner {
        self.owner.get()
    }

    /// Joins a queue, and leaves the one before.
    #[inline(always)]
    pub(super) fn park(&self, queue: &Rc<Queued>, end: End) {
        if self.enter(&queue.chain, end) {
            self.queue.set(Some(Rc::clone(queue)));
        }
    }

    /// Joins a chain that lies in a task's memory, and leaves the one before; says whether it did, which a
    /// node whose task is gone never does.
    #[inline(always)]
    pub(super) fn enter(&self, chain: &Chain, end: End) -> bool {
        self.leave();
        let has_owner = !self.owner.get().is_null();
        if has_owner {
            chain.link(self, end);
        }
        has_owner
    }

    /// Leaves the queue that it is in.
    #[inline(always)]
    pub(crate) fn leave(&self) {
        // SAFETY: a chain that a node is linked in has not gone: it lets its nodes go first.
        if let Some(chain) = unsafe { self.chain.get().as_ref() } {
            let queue = self.queue.take();
            chain.unlink(self);
            // Last, since the chain may go with it.
            drop(queue);
        }
    }

    /// Lets the task go whose node it is, for good; nothing is left to drop.
    #[inline(always)]
    pub(super) fn retire(&self) {
        self.leave();
        TheKernel::clear(&self.facts);
        self.owner.set(null());
    }

    /// Whether it is in a queue, or waits for an end.
    #[inline(always)]
    pub(crate) fn is_parked(&self) -> bool {
        !self.chain.get().is_null()
    }

    /// Whether it is in this chain.
    #[inline(always)]
    pub(super) fn is_in(&self, chain: &Chain) -> bool {
        std::ptr::eq(self.chain.get(), chain)
    }

    /// The queue that it is in.
    pub(super) fn queue(&self) -> Option<Rc<Queued>> {
        let queue = self.queue.take();
        self.queue.set(queue.clone());
        queue
    }

    /// The task whose end it waits for; null, if it waits for none.
    pub(super) fn target(&self) -> Owner {
        // SAFETY: as in `leave`.
        unsafe { self.chain.get().as_ref() }.map_or(null(), |chain| chain.target)
    }
}

impl Deref for WaitNode {
    type Target = WaitFacts;

    #[inline(always)]
    fn deref(&self) -> &WaitFacts {
        &self.facts
    }
}

impl Drop for WaitNode {
    fn drop(&mut self) {
        self.leave();
    }
}
