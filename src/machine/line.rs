//! A task's line: all that the loop touches of a task in each turn, in one cache line.

use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use corosensei::Coroutine;

use super::frame::Header;
use super::lines::{self, Lines};
use super::payload::Payload;
use super::stack::Stack;

/// A task's coroutine: it suspends with its pending call, and ends with what it unwound with.
pub(super) type Routine = Coroutine<(), NonNull<Header>, Option<Payload>, Stack>;

/// What the trap word says where it is no frame's address; [`Context`](super::Context) draws the life they are of.
pub(super) const FRESH: *mut Header = ptr::without_provenance_mut(1);
pub(super) const BUSY: *mut Header = ptr::without_provenance_mut(2);
pub(super) const DONE: *mut Header = ptr::without_provenance_mut(3);

/// All that the loop touches of a task at each turn. The cells are the kernel's own; the machine
/// only gives them a place in the line.
#[repr(align(64))]
pub(crate) struct Line {
    pub(super) trap: Cell<*mut Header>,
    pub(super) routine: UnsafeCell<MaybeUninit<Routine>>,
    pub(crate) number: Cell<u64>,
    pub(crate) home: Cell<u64>,
    pub(crate) place: Cell<u32>,
    pub(super) refs: Cell<u16>,
    pub(crate) state: Cell<u8>,
}

const _: () = assert!(cfg!(feature = "sanitizer") || lines::fits_a_line::<Line>());

thread_local! {
    static LINES: Lines<Line> = const { Lines::new() };
}

/// Puts a line where it stays: into the pool, or, while the thread ends and the pool is gone, into
/// memory of its own, which nobody takes back.
#[inline(always)]
pub(super) fn settle(line: Line) -> NonNull<Line> {
    let mut line = Some(line);
    let pooled = LINES.try_with(|lines| line.take().map(|line| lines.take(line)));
    match (pooled.ok().flatten(), line) {
        (Some(pooled), _) => pooled,
        (None, Some(line)) => NonNull::from(Box::leak(Box::new(line))),
        (None, None) => unreachable!("a line that was taken is in the pool"),
    }
}

/// Gives a line back to the pool it came from.
///
/// # Safety
///
/// The line came from [`settle`] on this thread, its content needs no drop, and nothing refers to it.
pub(super) unsafe fn give_back(line: NonNull<Line>) {
    // SAFETY: passed on from the caller. If the thread is ending and the pool is gone already, the pool
    // leaked its lines.
    let _ = LINES.try_with(|lines| unsafe { lines.put(line) });
}
