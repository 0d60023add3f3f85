//! A context: a coroutine on an arena stack, and the one cache line through which it is driven.
//!
//! ```text
//!            resume                    resume, raise
//!  ┌───────┐        ┌─────────┐ suspends ┌───────────┐
//!  │ Fresh │───────▶│  Busy   │─────────▶│ Suspended │──┐ serve, abandon: Busy meanwhile
//!  └───────┘ raise  └─────────┘◀─────────└───────────┘◀─┘
//!                        │ returns or unwinds to its root
//!                        ▼
//!                   ┌─────────┐
//!                   │  Done   │  the stack is back in its arena
//!                   └─────────┘
//! ```
//!
//! The trap word says which: a frame's address is Suspended, the others are small numbers. Every
//! operation checks it first, so no order of safe calls can run one stack twice or touch a frame
//! that its owner is using. A context dropped before it is done leaks its stack and all it holds.

use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr::{self, NonNull};

use corosensei::CoroutineResult;

use super::coroutine::routine;
use super::current;
use super::frame::{Caller, Header, Served, Status, Why, World};
use super::line::{self, BUSY, DONE, FRESH, Line};
use super::payload::{Kill, Payload, set_raised};
use super::stack::Stack;

/// How a context came back from being resumed.
pub(crate) enum Resumed {
    /// It made a call, which waits to be served.
    Trapped,
    /// It ended: with `None` by returning, else by unwinding with the payload.
    Ended(Option<Payload>),
}

/// What came of letting a context go on.
pub(crate) enum Advanced {
    /// It made a call, of which serving came to this.
    Served(Served),
    /// It ended, as in [`Resumed::Ended`].
    Ended(Option<Payload>),
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
        let line = line::settle(line);
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
            // its routine is gone, its cells need no drop, and this was the last handle.
            unsafe { line::give_back(self.0) };
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

    /// Runs the context up to its next call, and serves that call.
    ///
    /// As `resume` and `serve` in one, for the loop: the context stays Busy in between.
    ///
    /// `caller` is asked only after the switch, since the switch preserves no register.
    #[inline(always)]
    pub(crate) fn advance(
        &self,
        world: &mut World,
        caller: impl FnOnce(&mut World) -> Caller,
    ) -> Advanced {
        match self.switch() {
            CoroutineResult::Yield(frame) => {
                let lent = PutBack(&self.trap, frame);
                let caller = caller(world);
                // SAFETY: the frame of a suspended context is alive; Busy keeps it ours alone.
                let vtable = unsafe { frame.as_ref() }.vtable;
                // SAFETY: the table is the one of this frame's type.
                let served = unsafe { (vtable.serve)(lent.1, world, caller) };
                Advanced::Served(served)
            }
            CoroutineResult::Return(payload) => {
                self.finish();
                Advanced::Ended(payload)
            }
        }
    }

    /// Runs the context up to its next call or its end.
    #[inline(never)]
    pub(crate) fn resume(&self) -> Resumed {
        match self.switch() {
            CoroutineResult::Yield(frame) => {
                self.trap.set(frame.as_ptr());
                Resumed::Trapped
            }
            CoroutineResult::Return(payload) => {
                self.finish();
                Resumed::Ended(payload)
            }
        }
    }

    /// Switches to the context; it is Busy when it comes back.
    #[inline(always)]
    fn switch(&self) -> CoroutineResult<NonNull<Header>, Option<Payload>> {
        let trap = self.trap.get();
        assert!(
            trap != BUSY && trap != DONE,
            "resumed a context that runs or is done"
        );
        self.trap.set(BUSY);
        let (outer, outer_line) = (current::get(), current::running_line());
        current::set_running_line(self.line());
        // SAFETY: the BUSY just set keeps everybody else from the routine until it comes back.
        let routine = unsafe { &mut *self.routine.get() };
        // SAFETY: neither busy nor done, so the routine is there.
        let routine = unsafe { routine.assume_init_mut() };
        let result = routine.resume(());
        current::set_running_line(outer_line);
        current::set(outer);
        result
    }

    /// Resumes the context only to unwind it with `payload`.
    #[cold]
    pub(crate) fn raise(&self, payload: Payload) -> Resumed {
        assert!(
            !self.is_busy() && self.trap.get() != DONE,
            "unwound a context that runs or is done"
        );
        if let Some(mut frame) = self.frame() {
            // SAFETY: a suspended context's frame is alive and ours alone.
            let header = unsafe { frame.as_mut() };
            header.status = match header.status {
                Status::Pending | Status::Raise => Status::Raise,
                Status::Answered | Status::RaiseAnswered => Status::RaiseAnswered,
            };
        }
        set_raised(payload);
        self.resume()
    }

    /// Resumes the context only to unwind it because it is killed.
    pub(crate) fn raise_kill(&self) -> Resumed {
        self.raise(Box::new(Kill))
    }

    fn finish(&self) {
        self.trap.set(DONE);
        // SAFETY: DONE keeps everybody from the routine from here on.
        let routine = unsafe { &mut *self.routine.get() };
        // SAFETY: the routine was there until now, and is never looked at again. It is done, so all
        // that is dropped is its stack, which goes back to its arena.
        unsafe { routine.assume_init_drop() };
    }

    /// Serves the pending call. Does nothing if it has its answer already.
    #[inline(always)]
    pub(crate) fn serve(&self, world: &mut World, caller: Caller) -> Served {
        self.while_lent(|frame| {
            // SAFETY: the frame of a suspended context is alive; lent to us alone.
            let header = unsafe { frame.as_ref() };
            if header.status != Status::Pending {
                return Served::Answered;
            }
            // SAFETY: the table is the one of this frame's type, and the frame is lent to us alone.
            unsafe { (header.vtable.serve)(frame, world, caller) }
        })
    }

    /// Breaks the pending call off, if it has no answer yet.
    pub(crate) fn abandon(&self, world: &mut World, caller: Caller, why: Why) {
        self.while_lent(|frame| {
            // SAFETY: as in `serve`.
            let header = unsafe { frame.as_ref() };
            if header.status == Status::Pending {
                // SAFETY: as in `serve`.
                unsafe { (header.vtable.abandon)(frame, world, caller, why) };
            }
        });
    }

    /// Answers the pending call without a kernel; false if it needs one.
    pub(crate) fn serve_alone(&self) -> bool {
        self.while_lent(|frame| {
            // SAFETY: as in `serve`.
            let header = unsafe { frame.as_ref() };
            // SAFETY: as in `serve`; a pending call has no reply that could be overwritten.
            header.status == Status::Pending && unsafe { (header.vtable.alone)(frame) }
        })
    }

    /// Runs `work` on the frame of a suspended context, which is Busy meanwhile, even if it panics.
    #[inline(always)]
    fn while_lent<T>(&self, work: impl FnOnce(NonNull<Header>) -> T) -> T {
        let frame = self
            .frame()
            .expect("a suspended context has a pending call");
        self.trap.set(BUSY);
        let lent = PutBack(&self.trap, frame);
        work(lent.1)
    }

    #[inline(always)]
    pub(super) fn frame(&self) -> Option<NonNull<Header>> {
        let trap = self.trap.get();
        if trap.addr() <= DONE.addr() {
            return None;
        }
        NonNull::new(trap)
    }

    /// Whether it is suspended, with a pending call.
    pub(crate) fn has_call(&self) -> bool {
        self.frame().is_some()
    }

    /// Whether it never ran.
    pub(crate) fn is_fresh(&self) -> bool {
        self.trap.get() == super::line::FRESH
    }

    /// Whether the context runs, or its call is being served.
    pub(crate) fn is_busy(&self) -> bool {
        self.trap.get() == BUSY
    }

    /// Whether the pending call was made while unwinding, so that it must never wait.
    pub(crate) fn is_urgent(&self) -> bool {
        self.header().is_some_and(|header| header.vtable.urgent)
    }

    /// Whether the pending call has its answer.
    pub(crate) fn is_answered(&self) -> bool {
        self.header()
            .is_some_and(|header| header.status == Status::Answered)
    }

    pub(super) fn header(&self) -> Option<&Header> {
        // SAFETY: a suspended context's frame is alive, and nobody changes it while `self` is
        // borrowed only to look at it.
        self.frame().map(|frame| unsafe { frame.as_ref() })
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

/// Makes a context Suspended again, however the work on its frame ended.
struct PutBack<'c>(&'c Cell<*mut Header>, NonNull<Header>);

impl Drop for PutBack<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.set(self.1.as_ptr());
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
