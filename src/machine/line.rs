//! A context's line: all that the loop touches of a task in each turn, in one cache line.

use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr::{self, NonNull};

use super::lend::Header;
use super::lines::{self, Lines};
use super::routine::{Routine, routine};
use super::stack::Stack;

/// What the trap word says where it is no frame's address; [`Context`] draws the life they are of.
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
    refs: Cell<u16>,
    pub(crate) state: Cell<u8>,
}

const _: () = assert!(cfg!(feature = "sanitizer") || lines::fits_a_line::<Line>());

thread_local! {
    static LINES: Lines<Line> = const { Lines::new() };
}

/// A counted handle to a context.
pub(crate) struct Context(NonNull<Line>);

impl Context {
    /// A context that will run `body` on `stack`; the fault reporter knows it by `name`.
    pub(crate) fn new(stack: Stack, name: &str, body: impl FnOnce() + 'static) -> Context {
        stack.set_name(name);
        let head = ptr::from_ref(stack.head());
        let line = Line {
            trap: Cell::new(FRESH),
            routine: UnsafeCell::new(MaybeUninit::new(routine(stack, body))),
            number: Cell::new(0),
            home: Cell::new(0),
            place: Cell::new(0),
            refs: Cell::new(1),
            state: Cell::new(0),
        };
        let line = settle(line);
        // SAFETY: the line was made just now and stays where it is.
        let number = unsafe { &raw const (*line.as_ptr()).number };
        // SAFETY: the stack went into the routine, but what it stands for has not moved.
        unsafe { &*head }.owner.set(number);
        Context(line)
    }

    #[inline(always)]
    pub(super) fn line(&self) -> *const Line {
        self.0.as_ptr()
    }

    /// Gives the line back. One that is not done is leaked, stack and all: somebody may borrow from it.
    #[inline(never)]
    fn vanish(&self) {
        if self.trap.get() == DONE {
            // SAFETY: the line is from this thread's pool, since contexts never leave their thread;
            // its routine is gone, its cells need no drop, and this was the last handle. If the
            // thread is ending and the pool is gone already, the pool leaked its lines.
            let _ = LINES.try_with(|lines| unsafe { lines.put(self.0) });
        }
    }

    /// Fetches the line ahead of its use.
    #[inline(always)]
    pub(crate) fn prefetch_line(&self) {
        prefetch(self.0.as_ptr().addr());
    }

    /// Fetches the stack around the pending call ahead of its use.
    #[inline(always)]
    pub(crate) fn prefetch_stack(&self) {
        // The registers lie just below the frame.
        let registers = self.trap.get().addr().wrapping_sub(32);
        prefetch(registers);
        prefetch(registers.wrapping_add(64));
    }
}

impl Deref for Context {
    type Target = Line;

    #[inline(always)]
    fn deref(&self) -> &Line {
        // SAFETY: the line is ours as long as a handle counts in `refs`.
        unsafe { self.0.as_ref() }
    }
}

impl Clone for Context {
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

impl Drop for Context {
    #[inline(always)]
    fn drop(&mut self) {
        let refs = self.refs.get() - 1;
        self.refs.set(refs);
        if refs == 0 {
            self.vanish();
        }
    }
}

/// Puts a line where it stays: into the pool, or, while the thread ends and the pool is gone, into
/// memory of its own, which nobody takes back.
#[inline(always)]
fn settle(line: Line) -> NonNull<Line> {
    let mut line = Some(line);
    let pooled = LINES.try_with(|lines| line.take().map(|line| lines.take(line)));
    match (pooled.ok().flatten(), line) {
        (Some(pooled), _) => pooled,
        (None, Some(line)) => NonNull::from(Box::leak(Box::new(line))),
        (None, None) => unreachable!("a line that was taken is in the pool"),
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
