//! A task's header: all that the loop touches of a task in each turn, in one cache line.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr;
use std::rc::Rc;

use corosensei::Coroutine;

use super::contents::Contents;
use super::frame::{Facts, FrameHeader};
use super::name::TaskName;
use super::payload::Payload;
use super::pool::{Pool, Slot};
use super::stack::{Promise, Stack};
use super::wait_node::{Chain, WaitNode};

/// A task's coroutine: it suspends with its pending call, and ends with what it unwound with.
pub(super) type TaskCoroutine = Coroutine<(), NonNullFrame, Option<Payload>, Stack>;
type NonNullFrame = ptr::NonNull<FrameHeader>;

/// What the trap word says where it is no frame's address; [`TaskRef`](super::TaskRef) draws the life they
/// are of.
pub(super) const FRESH: *mut FrameHeader = ptr::without_provenance_mut(1);
pub(super) const BUSY: *mut FrameHeader = ptr::without_provenance_mut(2);
pub(super) const DONE: *mut FrameHeader = ptr::without_provenance_mut(3);

/// All that the loop touches of a task at each turn. The public cells are the kernel's own; the machine
/// only gives them a place in the line.
#[repr(align(64))]
pub(crate) struct TaskHeader {
    pub(super) trap: Cell<*mut FrameHeader>,
    pub(super) coroutine: UnsafeCell<MaybeUninit<TaskCoroutine>>,
    pub(crate) name: Cell<TaskName>,
    pub(crate) place: Cell<u32>,
    pub(super) refs: Cell<u16>,
    pub(crate) state: Cell<u8>,
    /// Which one of its chunk it is.
    pub(super) index: u8,
}

/// What the loop does not touch in a turn.
#[repr(align(64))]
pub(super) struct Rest {
    /// The waits for this task's end.
    pub(super) joiners: Chain,
    /// The waits of this task's call beyond the first, if it waits in several places.
    pub(super) branches: RefCell<Vec<Rc<WaitNode>>>,
    /// The promise of a stack, until the task runs for the first time.
    pub(super) promise: Cell<Option<Promise>>,
    /// What the task will run, taken out on the task's own stack; then what it leaves for its handle.
    pub(super) contents: Contents,
    /// What the kernel keeps of the task.
    pub(super) facts: Facts,
}

/// The memory of this thread's tasks.
pub(super) type Tasks = Pool<TaskHeader, WaitNode, Rest>;

const _: () = assert!(cfg!(feature = "sanitizer") || size_of::<TaskHeader>() == 64);
const _: () = assert!(size_of::<WaitNode>() == 64);

thread_local! {
    static TASKS: Tasks = const { Tasks::new() };
}

/// Memory for a task: of the pool, or, while the thread ends and the pool is gone, memory of its own, which
/// is never taken back.
#[inline(always)]
pub(super) fn take_slot() -> Slot<TaskHeader> {
    TASKS
        .try_with(Tasks::take)
        .unwrap_or_else(|_| Tasks::leaked())
}

/// Gives a task's memory back to the pool it came from.
///
/// # Safety
///
/// The slot came from [`take_slot`] on this thread, its content was dropped, and nothing refers to it.
pub(super) unsafe fn put_slot(slot: Slot<TaskHeader>) {
    // SAFETY: passed on from the caller. If the thread is ending and the pool is gone already, the pool
    // leaked its chunks.
    let _ = TASKS.try_with(|tasks| unsafe { tasks.put(slot) });
}
