//! The table of functions of each type of call, through which the kernel handles a frame by a thin pointer.

use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use super::frame::{
    Caller, Frame, FrameHeader, KernelSide, Request, Served, Status, TheKernel, VTable, Why, World,
};
use super::payload::set_raised;

/// The table of one type of call, as constants: one for calm callers, one for those that unwind.
pub(super) struct VTableOf<C>(PhantomData<C>);

impl<C: Request> VTableOf<C> {
    pub(super) const CALM: &'static VTable = &VTable {
        serve: serve::<C>,
        abandon: abandon::<C>,
        alone: alone::<C>,
        describe: describe::<C>,
        describe_reply: describe_reply::<C>,
        urgent: false,
    };
    pub(super) const URGENT: &'static VTable = &VTable {
        serve: serve_urgently::<C>,
        urgent: true,
        ..*Self::CALM
    };
}

/// # Safety
///
/// `frame` is the header of a live `Frame<C>` whose owner is suspended, and nothing else refers to it.
#[inline(always)]
unsafe fn frame_of<'f, C: Request>(frame: NonNull<FrameHeader>) -> &'f mut Frame<C> {
    // SAFETY: passed on from the caller; the header is the first field of a `repr(C)` frame.
    unsafe { frame.cast::<Frame<C>>().as_mut() }
}

unsafe fn serve<C: Request>(
    frame: NonNull<FrameHeader>,
    world: &mut World,
    caller: Caller<'_>,
) -> Served {
    // SAFETY: passed on from the caller.
    let frame = unsafe { frame_of::<C>(frame) };
    match frame.call.serve(world, caller) {
        Some(reply) => {
            frame.reply.write(reply);
            frame.header.status = Status::Answered;
            Served::Answered
        }
        None => Served::Waits,
    }
}

unsafe fn serve_urgently<C: Request>(
    header: NonNull<FrameHeader>,
    world: &mut World,
    caller: Caller<'_>,
) -> Served {
    // A panic must not reach the caller, whose own unwinding it would turn into an abort.
    let served = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: passed on from the caller.
        unsafe { serve::<C>(header, world, caller) }
    }));
    if matches!(served, Ok(Served::Answered)) {
        return Served::Urgent;
    }
    let undone = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: passed on from the caller; `serve` has let go of the frame.
        unsafe { abandon::<C>(header, world, caller, TheKernel::unwinding()) }
    }));
    if let Err(payload) = undone {
        // No reply whatever: a bug in the call, and the second panic of its caller.
        set_raised(payload);
        // SAFETY: passed on from the caller; `abandon` has let go of the frame.
        unsafe { frame_of::<C>(header) }.header.status = Status::Raise;
    }
    Served::Urgent
}

unsafe fn abandon<C: Request>(
    header: NonNull<FrameHeader>,
    world: &mut World,
    caller: Caller<'_>,
    why: Why,
) {
    // SAFETY: passed on from the caller.
    let frame = unsafe { frame_of::<C>(header) };
    frame.reply.write(frame.call.abandon(world, caller, why));
    frame.header.status = Status::Answered;
}

unsafe fn alone<C: Request>(header: NonNull<FrameHeader>) -> bool {
    // SAFETY: passed on from the caller.
    let frame = unsafe { frame_of::<C>(header) };
    let Some(reply) = frame.call.alone() else {
        return false;
    };
    frame.reply.write(reply);
    frame.header.status = Status::Answered;
    true
}

unsafe fn describe<C: Request>(
    header: NonNull<FrameHeader>,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    // SAFETY: passed on from the caller. A shared reference only: describing is the user's code, and
    // may come to look at the same frame again.
    let frame = unsafe { header.cast::<Frame<C>>().as_ref() };
    frame.call.describe(out)
}

unsafe fn describe_reply<C: Request>(
    header: NonNull<FrameHeader>,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    // SAFETY: passed on from the caller. A shared reference only: describing is the user's code, and
    // may come to look at the same frame again.
    let frame = unsafe { header.cast::<Frame<C>>().as_ref() };
    if frame.header.status != Status::Answered {
        return Ok(());
    }
    // SAFETY: `Answered` says that the reply is written.
    C::describe_reply(unsafe { frame.reply.assume_init_ref() }, out)
}
