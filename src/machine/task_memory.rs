//! A task's memory: a counted handle to what the pool keeps of one task.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::rc::Rc;

use super::contents::{Contents, Leftover};
use super::frame::Facts;
use super::header::{self, DONE, FRESH, Rest, TaskHeader, Tasks};
use super::name::TaskName;
use super::pool::Slot;
use super::stack::Promise;
use super::wait_node::{Chain, End, WaitNode};

/// A counted handle to a task's memory: header, wait nodes, and what the kernel keeps of it.
pub(crate) struct TaskMemory(NonNull<TaskHeader>);

impl TaskMemory {
    /// Memory for a new task that will run `body` on a stack that was promised.
    #[inline]
    pub(super) fn new(stack: Promise, body: impl FnOnce() + 'static, facts: Facts) -> Self {
        let slot = header::take_slot();
        let header = TaskHeader {
            trap: Cell::new(FRESH),
            coroutine: UnsafeCell::new(MaybeUninit::uninit()),
            name: Cell::new(TaskName::NONE),
            place: Cell::new(0),
            refs: Cell::new(1),
            state: Cell::new(0),
            index: slot.index,
        };
        let owner = slot.header.as_ptr().cast();
        // SAFETY: the slot was taken just now, for this task alone.
        unsafe { slot.header.write(header) };
        // SAFETY: the slot is of this pool.
        let wait = unsafe { Tasks::wait_of(slot) };
        // SAFETY: as for the header.
        unsafe { wait.write(WaitNode::of(owner)) };
        // SAFETY: the slot is of this pool.
        let rest = unsafe { Tasks::rest_of(slot) };
        let content = Rest {
            joiners: Chain::new(owner),
            branches: RefCell::default(),
            promise: Cell::new(Some(stack)),
            contents: Contents::of_body(body),
            facts,
        };
        // SAFETY: as for the header.
        unsafe { rest.write(content) };
        Self(slot.header)
    }

    /// One more handle to the memory with this header.
    ///
    /// # Safety
    ///
    /// The header is one that [`new`](Self::new) wrote on this thread and that was not given back.
    #[inline(always)]
    pub(super) unsafe fn of_header(header: NonNull<TaskHeader>) -> Self {
        // SAFETY: passed on from the caller; the uncounted one is not dropped.
        ManuallyDrop::new(unsafe { Self::uncounted(header) })
            .deref()
            .clone()
    }

    /// A handle that does not count, and must not be dropped.
    ///
    /// # Safety
    ///
    /// As [`of_header`](Self::of_header), for as long as the handle is used.
    #[inline(always)]
    pub(super) unsafe fn uncounted(header: NonNull<TaskHeader>) -> Self {
        Self(header)
    }

    #[inline(always)]
    pub(super) fn header(&self) -> *mut TaskHeader {
        self.0.as_ptr()
    }

    /// Keeps what the task leaves for its handle; hands over what it left before.
    #[inline]
    pub(crate) fn leave<T: 'static>(&self, value: T) -> Option<Leftover> {
        self.rest().contents.replace(value)
    }

    /// Hands over what the task left, if it is of this type.
    #[inline]
    pub(crate) fn take<T: 'static>(&self) -> Option<T> {
        self.rest().contents.take()
    }

    /// Hands over what the task left, of whatever type it is.
    #[inline]
    pub(crate) fn take_any(&self) -> Option<Leftover> {
        self.rest().contents.take_any()
    }

    /// Where the task's name stands.
    pub(super) fn name_at(&self) -> *const Cell<TaskName> {
        // SAFETY: the header is there while a handle counts.
        unsafe { &raw const (*self.0.as_ptr()).name }
    }

    #[inline(always)]
    fn memory(&self) -> Slot<TaskHeader> {
        Slot {
            header: self.0,
            index: self.index,
        }
    }

    /// Fetches the line ahead of its use.
    #[inline(always)]
    pub(crate) fn prefetch_line(&self) {
        prefetch(self.0.addr().get());
    }

    /// Fetches the stack around the pending call ahead of its use.
    #[inline(always)]
    pub(crate) fn prefetch_stack(&self) {
        // The registers lie just below the frame.
        let registers = self.trap.get().addr().wrapping_sub(32);
        prefetch(registers);
        prefetch(registers.wrapping_add(64));
    }

    /// Fetches what it takes to end its wait and go on ahead of its use.
    #[inline(always)]
    pub(crate) fn prefetch_wait(&self) {
        prefetch((&raw const *self.wait()).addr());
        prefetch((&raw const *self.facts()).addr());
        self.prefetch_stack();
    }

    /// What the kernel keeps of the task.
    #[inline(always)]
    pub(crate) fn facts(&self) -> &Facts {
        &self.rest().facts
    }

    #[inline(always)]
    pub(super) fn rest(&self) -> &Rest {
        // SAFETY: the slot is the one that `new` took.
        let rest = unsafe { Tasks::rest_of(self.memory()) };
        // SAFETY: the rest is there while a handle counts.
        unsafe { rest.as_ref() }
    }

    /// Where its call waits, or the first branch of it.
    #[inline(always)]
    pub(crate) fn wait(&self) -> &WaitNode {
        // SAFETY: as in `rest`.
        let wait = unsafe { Tasks::wait_of(self.memory()) };
        // SAFETY: as in `rest`.
        unsafe { wait.as_ref() }
    }

    /// Where further branches of its call wait.
    pub(crate) fn branches(&self) -> Vec<Rc<WaitNode>> {
        self.rest().branches.borrow().clone()
    }

    /// Shows each place where its call waits.
    pub(crate) fn each_wait(&self, mut look: impl FnMut(&WaitNode)) {
        look(self.wait());
        for branch in self.branches() {
            look(&branch);
        }
    }

    /// Where a further branch of its call waits, counted from 1; made, with those before it, if need be.
    pub(crate) fn branch(&self, number: u32) -> Rc<WaitNode> {
        let mut branches = self.rest().branches.borrow_mut();
        while branches.len() < number as usize {
            branches.push(Rc::new(WaitNode::of(self.0.as_ptr().cast())));
        }
        Rc::clone(&branches[number as usize - 1])
    }

    /// How many further branches there are.
    #[inline(always)]
    pub(crate) fn branch_count(&self) -> u32 {
        self.rest().branches.borrow().len() as u32
    }

    /// Takes the further branches out of all queues, and forgets them.
    pub(crate) fn clear_branches(&self) {
        let branches = self.rest().branches.take();
        branches.iter().for_each(|branch| branch.retire());
    }

    /// Lets a node wait for this task's end, and leave the queue where it is now.
    pub(crate) fn park_joiner(&self, node: &WaitNode) {
        node.enter(&self.rest().joiners, End::Tail);
    }

    /// Whether a node waits for this task's end.
    pub(crate) fn has_joiner(&self, node: &WaitNode) -> bool {
        node.is_in(&self.rest().joiners)
    }

    /// Takes its call out of all queues that it waits in.
    pub(crate) fn leave_queues(&self) {
        self.wait().leave();
        self.rest()
            .branches
            .borrow()
            .iter()
            .for_each(|branch| branch.leave());
    }

    /// Gives the memory back. A task that is not done is leaked, stack and all: others may borrow from it.
    #[inline(never)]
    fn vanish(&self) {
        if self.trap.get() != DONE {
            return;
        }
        let slot = self.memory();
        if self.branch_count() > 0 {
            self.clear_branches();
        }
        self.rest().joiners.let_go();
        self.wait().retire();
        // SAFETY: the last handle is gone, so the facts are read once. All else needs no drop: the coroutine
        // is gone, and so is the body, and what it left its handle has taken; the node, the chain and the cells
        // are empty.
        let facts = unsafe { (&raw const self.rest().facts).read() };
        // SAFETY: the slot is from this thread's pool, since tasks never leave their thread; its content
        // was dropped or moved out.
        unsafe { header::put_slot(slot) };
        // Last, since what is dropped here may make tasks.
        drop(facts);
    }
}

impl Deref for TaskMemory {
    type Target = TaskHeader;

    #[inline(always)]
    fn deref(&self) -> &TaskHeader {
        // SAFETY: the header is there as long as a handle counts in `refs`.
        unsafe { self.0.as_ref() }
    }
}

impl Clone for TaskMemory {
    fn clone(&self) -> Self {
        self.refs.set(
            self.refs
                .get()
                .checked_add(1)
                .expect("a handful of handles"),
        );
        Self(self.0)
    }
}

impl Drop for TaskMemory {
    #[inline(always)]
    fn drop(&mut self) {
        let refs = self.refs.get() - 1;
        self.refs.set(refs);
        if refs == 0 {
            self.vanish();
        }
    }
}

/// Asks for the cache line at an address; a hint that never faults.
#[inline(always)]
fn prefetch(address: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: prefetching any address whatever has no effect that a program can see.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(ptr::without_provenance(address))
    };
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
