//! How a call object, lying on its caller's stack, is lent to the kernel.
//!
//! ```text
//!  the task's stack                       the loop
//!  ┌──────────────────────────┐
//!  │ verbs   ─▶ serve, abandon…│◀── one thin pointer, handed over by suspending
//!  │ place     file and line   │
//!  │ status    Pending         │    serve: verbs.serve(frame, world, caller)
//!  │ call      the user's C    │           writes reply, status = Answered
//!  │ reply     (room for it)   │    resume: the caller reads its reply and goes on
//!  └──────────────────────────┘
//! ```
//!
//! While a task is suspended the kernel alone touches its frame. Nothing is allocated or copied.

use std::cell::Cell;
use std::fmt;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::panic::{Location, resume_unwind};
use std::ptr::NonNull;

use super::current;
use super::routine::Payload;
use super::verbs::{Types, Verbs};

/// The hole in this floor that the kernel fills: what calls are served with.
pub(crate) struct Socket;

/// Implemented once, for [`Socket`], by the floor above; coherence allows no second kernel, so a
/// frame can never be served by a world of another type.
pub(crate) trait Plug {
    /// What serves calls.
    type World: 'static;
    /// Who calls.
    type Caller: Copy;
    /// Why a wait is broken off.
    type Why;
    /// The reason told to a call that would have to wait while its caller unwinds.
    fn unwinding() -> Self::Why;
    /// Takes the caller out of whatever it waits in, before its call is broken off.
    fn leave(world: &mut Self::World, caller: Self::Caller);
}

pub(crate) type World = <Socket as Plug>::World;
pub(crate) type Caller = <Socket as Plug>::Caller;
pub(crate) type Why = <Socket as Plug>::Why;

/// A call as the machine sees it.
pub(crate) trait Request {
    type Reply;
    /// Answers, or says with `None` that the caller has to wait.
    fn serve(&mut self, world: &mut World, caller: Caller) -> Option<Self::Reply>;
    /// Undoes what `serve` registered, and answers.
    fn abandon(&mut self, world: &mut World, caller: Caller, why: Why) -> Self::Reply;
    /// The answer where there is no kernel, if there is one.
    fn alone(&mut self) -> Option<Self::Reply>;
    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result;
    fn describe_reply(reply: &Self::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// What came of serving a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Served {
    /// The reply is in the frame.
    Answered,
    /// The call waits; serve it again after a wake.
    Waits,
    /// The caller is unwinding and has its reply: resume it before anything else runs.
    Urgent,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Status {
    /// No reply yet.
    Pending,
    /// `reply` is written and not yet read.
    Answered,
    /// As `Pending`, but the caller shall unwind with the payload in `RAISED`.
    Raise,
    /// As `Raise`, with a reply in the frame that nobody will read.
    RaiseAnswered,
}

/// The part of a frame that needs no knowledge of the call's type.
pub(super) struct Header {
    pub(super) verbs: &'static Verbs,
    pub(super) place: &'static Location<'static>,
    pub(super) status: Status,
}

/// One pending call: the header first, so that a pointer to the frame is a pointer to its header.
#[repr(C)]
pub(super) struct Frame<C: Request> {
    pub(super) header: Header,
    pub(super) call: C,
    pub(super) reply: MaybeUninit<C::Reply>,
}

thread_local! {
    /// The payload with which the task resumed next shall unwind. Without a destructor of its own, so
    /// that tasks can be killed while the thread ends.
    static RAISED: Cell<Option<ManuallyDrop<Payload>>> = const { Cell::new(None) };
}

/// Leaves the payload for the task that is resumed next.
pub(super) fn set_raised(payload: Payload) {
    RAISED.set(Some(ManuallyDrop::new(payload)));
}

/// Takes the payload that the task resumed just now shall unwind with.
pub(super) fn take_raised() -> Option<Payload> {
    RAISED.take().map(ManuallyDrop::into_inner)
}

/// Yields a call to the kernel and comes back with the reply.
///
/// While the caller unwinds, the call is served in place: it never waits.
#[inline(always)]
#[track_caller]
pub(crate) fn request<C: Request>(call: C) -> C::Reply {
    if std::thread::panicking() {
        return request_urgently(call, Location::caller());
    }
    lend(call, Types::<C>::CALM, Location::caller())
}

#[cold]
#[inline(never)]
#[track_caller]
fn request_urgently<C: Request>(call: C, place: &'static Location<'static>) -> C::Reply {
    lend(call, Types::<C>::URGENT, place)
}

#[inline(always)]
#[track_caller]
fn lend<C: Request>(call: C, verbs: &'static Verbs, place: &'static Location<'static>) -> C::Reply {
    let header = Header {
        verbs,
        place,
        status: Status::Pending,
    };
    let mut frame = Frame {
        header,
        call,
        reply: MaybeUninit::uninit(),
    };
    let mut lent = NonNull::from(&mut frame);
    current::suspend(lent.cast());
    // SAFETY: the frame is alive, and the kernel let go of it before it resumed this task.
    let frame = unsafe { lent.as_mut() };
    if frame.header.status != Status::Answered {
        unwind(frame);
    }
    // SAFETY: `Answered` says that the reply is written; nobody reads it a second time.
    unsafe { frame.reply.assume_init_read() }
}

#[cold]
#[inline(never)]
fn unwind<C: Request>(frame: &mut Frame<C>) -> ! {
    let payload = take_raised().expect("a task is resumed with a reply or with a payload");
    let _unread = Unread(frame);
    resume_unwind(payload)
}

/// Drops a reply that nobody will read, while its task unwinds: so calls that it makes are urgent.
struct Unread<'f, C: Request>(&'f mut Frame<C>);

impl<C: Request> Drop for Unread<'_, C> {
    fn drop(&mut self) {
        if self.0.header.status == Status::RaiseAnswered {
            self.0.header.status = Status::Raise;
            // SAFETY: `RaiseAnswered` says that the reply is written; the status just changed, so it
            // is dropped once.
            unsafe { self.0.reply.assume_init_drop() };
        }
    }
}
