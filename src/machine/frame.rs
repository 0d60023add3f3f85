//! The frame of a pending call: the call object and room for its reply, on the caller's own stack.
//!
//! ```text
//!  the task's stack                       the loop
//!  ┌──────────────────────────┐
//!  │ vtable  ─▶ serve, abandon…│◀── one thin pointer, handed over by suspending
//!  │ place     file and line   │
//!  │ status    Pending         │    serve: vtable.serve(frame, world, caller)
//!  │ call      the user's C    │           writes reply, status = Answered
//!  │ reply     (room for it)   │    resume: the caller reads its reply and goes on
//!  └──────────────────────────┘
//! ```
//!
//! While a task is suspended the kernel alone touches its frame. Nothing is allocated or copied.

use std::fmt;
use std::mem::MaybeUninit;
use std::panic::Location;
use std::ptr::NonNull;

/// The hole in this floor that the kernel fills: what calls are served with.
pub(crate) struct TheKernel;

/// What the floor above puts into this one; implemented once, for [`TheKernel`]. Coherence allows no
/// second kernel, so a frame can never be served by a world of another type.
pub(crate) trait KernelSide {
    /// What serves calls.
    type World: 'static;
    /// The task whose call is served.
    type Caller<'t>: Copy;
    /// Why a wait is broken off.
    type Why;
    /// What the kernel keeps of a task, beside its header.
    type Facts: 'static;
    /// What it keeps of a place where a task waits.
    type WaitFacts: Default + 'static;
    /// What it keeps of a queue of waiting tasks.
    type QueueFacts: 'static;
    /// Empties what is kept of a wait, so that nothing is left to drop.
    fn clear(wait: &Self::WaitFacts);
    /// A task's name, for the fault reporter; empty if it has none.
    fn name_of(facts: &Self::Facts) -> &str;
    /// The reason told to a call that would have to wait while its caller unwinds.
    fn unwinding() -> Self::Why;
}

pub(crate) type World = <TheKernel as KernelSide>::World;
pub(crate) type Caller<'t> = <TheKernel as KernelSide>::Caller<'t>;
pub(crate) type Why = <TheKernel as KernelSide>::Why;
pub(crate) type Facts = <TheKernel as KernelSide>::Facts;
pub(crate) type WaitFacts = <TheKernel as KernelSide>::WaitFacts;
pub(crate) type QueueFacts = <TheKernel as KernelSide>::QueueFacts;

/// A call as the machine sees it.
pub(crate) trait Request {
    type Reply;
    /// Answers, or says with `None` that the caller has to wait.
    fn serve(&mut self, world: &mut World, caller: Caller<'_>) -> Option<Self::Reply>;
    /// Undoes what `serve` registered, and answers.
    fn abandon(&mut self, world: &mut World, caller: Caller<'_>, why: Why) -> Self::Reply;
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
    /// As `Raise`, with a reply in the frame that will not be read.
    RaiseAnswered,
}

/// The part of a frame that needs no knowledge of the call's type.
pub(super) struct FrameHeader {
    pub(super) vtable: &'static VTable,
    pub(super) place: &'static Location<'static>,
    pub(super) status: Status,
}

/// One pending call: the header first, so that a pointer to the frame is a pointer to its header.
#[repr(C)]
pub(super) struct Frame<C: Request> {
    pub(super) header: FrameHeader,
    pub(super) call: C,
    pub(super) reply: MaybeUninit<C::Reply>,
}

/// What can be done with a frame of one type of call. Each takes a pointer to a live frame of
/// that type whose owner is suspended.
pub(super) struct VTable {
    pub(super) serve: unsafe fn(NonNull<FrameHeader>, &mut World, Caller<'_>) -> Served,
    pub(super) abandon: unsafe fn(NonNull<FrameHeader>, &mut World, Caller<'_>, Why),
    pub(super) alone: unsafe fn(NonNull<FrameHeader>) -> bool,
    pub(super) describe: unsafe fn(NonNull<FrameHeader>, &mut fmt::Formatter<'_>) -> fmt::Result,
    pub(super) describe_reply:
        unsafe fn(NonNull<FrameHeader>, &mut fmt::Formatter<'_>) -> fmt::Result,
    /// Whether the caller is unwinding, so that it must never be left waiting.
    pub(super) urgent: bool,
}
