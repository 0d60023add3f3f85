//! The task that runs on this thread: the way from inside a task back to its loop.

use std::cell::Cell;
use std::ptr::{self, NonNull};

use corosensei::Yielder;

use super::frame::FrameHeader;
use super::head;
use super::header::TaskHeader;

/// The corosensei end that a task suspends through; what it carries out is its pending call.
pub(super) type TaskYielder = Yielder<(), NonNull<FrameHeader>>;

thread_local! {
    /// The yielder of the task that runs now; null outside tasks. Each task puts its own yielder here
    /// whenever it comes to run, and what resumed it puts back the one before.
    static CURRENT: Cell<*const TaskYielder> = const { Cell::new(ptr::null()) };
}

thread_local! {
    /// The header of the task that was resumed last; it counts while `CURRENT` is not null.
    static RUNNING: Cell<*mut TaskHeader> = const { Cell::new(ptr::null_mut()) };
}

thread_local! {
    /// Whether a task ran when this process was forked.
    static LEFT: Cell<bool> = const { Cell::new(false) };
}

/// The header of the task that runs now, if one does. It stays where it is while that task runs: whatever
/// resumed it holds on to it.
#[inline(always)]
pub(super) fn running() -> Option<NonNull<TaskHeader>> {
    inside_task().then(|| NonNull::new(RUNNING.get())).flatten()
}

/// The name of the task that runs now, or as much of it as the fault reporter knows; empty if it has
/// none.
pub(crate) fn running_name() -> String {
    // SAFETY: a yielder that is not null lies on the stack that runs now, at its root; null lies on none.
    unsafe { head::name_at(get().addr()) }.unwrap_or_default()
}

#[inline(always)]
pub(super) fn running_header() -> *mut TaskHeader {
    RUNNING.get()
}

#[inline(always)]
pub(super) fn set_running_header(header: *mut TaskHeader) {
    RUNNING.set(header);
}

/// Whether the caller runs inside a task.
#[inline(always)]
pub(crate) fn inside_task() -> bool {
    !get().is_null()
}

#[inline(always)]
pub(super) fn get() -> *const TaskYielder {
    CURRENT.with(Cell::get)
}

#[inline(always)]
pub(super) fn set(yielder: *const TaskYielder) {
    CURRENT.with(|current| current.set(yielder));
}

/// Leaves the task that runs, in a process that was forked just now: its loop is the parent's.
#[cfg(target_os = "linux")]
pub(super) fn leave_for_good() {
    LEFT.set(inside_task() || LEFT.get());
    set(ptr::null());
}

/// Suspends the running task with its pending call; comes back when the task is resumed.
///
/// # Panics
///
/// Outside a task.
#[inline(always)]
#[track_caller]
pub(super) fn suspend(call: NonNull<FrameHeader>) {
    let yielder = get();
    if yielder.is_null() {
        outside();
    }
    // SAFETY: a yielder that is not null belongs to the coroutine that runs now: a coroutine sets it
    // when it comes to run, and `TaskRef::switch` takes it away when the coroutine stops. It lies at
    // the root of the running stack, so it outlives this call.
    unsafe { &*yielder }.suspend(call);
    set(yielder);
}

#[cold]
#[inline(never)]
#[track_caller]
fn outside() -> ! {
    assert!(
        !LEFT.get(),
        "system call outside a task: this process was forked inside one, and the task stayed with the \
         parent; use coros::run for tasks of its own"
    );
    panic!(
        "system call outside a task: only what a scheduler runs as a task may make one, and not \
         while it serves one; use coros::run, or Scheduler::spawn and then Scheduler::run"
    );
}
