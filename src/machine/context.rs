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

use std::cell::Cell;
use std::ptr::NonNull;

use corosensei::CoroutineResult;

use super::current;
use super::lend::{self, Caller, Header, Served, Status, Why, World};
use super::line::{BUSY, Context, DONE};
use super::routine::{Kill, Payload};

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

impl Context {
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
                let verbs = unsafe { frame.as_ref() }.verbs;
                // SAFETY: the verbs are those of this frame's type.
                let served = unsafe { (verbs.serve)(lent.1, world, caller) };
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
        lend::set_raised(payload);
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
            // SAFETY: the verbs are those of this frame's type, and the frame is lent to us alone.
            unsafe { (header.verbs.serve)(frame, world, caller) }
        })
    }

    /// Breaks the pending call off, if it has no answer yet.
    pub(crate) fn abandon(&self, world: &mut World, caller: Caller, why: Why) {
        self.while_lent(|frame| {
            // SAFETY: as in `serve`.
            let header = unsafe { frame.as_ref() };
            if header.status == Status::Pending {
                // SAFETY: as in `serve`.
                unsafe { (header.verbs.abandon)(frame, world, caller, why) };
            }
        });
    }

    /// Answers the pending call without a kernel; false if it needs one.
    pub(crate) fn serve_alone(&self) -> bool {
        self.while_lent(|frame| {
            // SAFETY: as in `serve`.
            let header = unsafe { frame.as_ref() };
            // SAFETY: as in `serve`; a pending call has no reply that could be overwritten.
            header.status == Status::Pending && unsafe { (header.verbs.alone)(frame) }
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

    /// Whether the context runs, or its call is being served.
    pub(crate) fn is_busy(&self) -> bool {
        self.trap.get() == BUSY
    }

    /// Whether the pending call was made while unwinding, so that it must never wait.
    pub(crate) fn is_urgent(&self) -> bool {
        self.header().is_some_and(|header| header.verbs.urgent)
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

/// Makes a context Suspended again, however the work on its frame ended.
struct PutBack<'c>(&'c Cell<*mut Header>, NonNull<Header>);

impl Drop for PutBack<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.set(self.1.as_ptr());
    }
}
