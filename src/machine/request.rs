//! The way of a call to the kernel and back: its caller lends it out, suspends, and reads the reply.

use std::mem::MaybeUninit;
use std::panic::{Location, resume_unwind};
use std::ptr::NonNull;

use super::current;
use super::frame::{Frame, FrameHeader, Request, Status, VTable};
use super::payload::take_raised;
use super::vtable::VTableOf;

/// Yields a call to the kernel and comes back with the reply.
///
/// While the caller unwinds, the call is served in place: it never waits.
#[inline(always)]
#[track_caller]
pub(crate) fn request<C: Request>(call: C) -> C::Reply {
    if std::thread::panicking() {
        return request_urgently(call, Location::caller());
    }
    lend(call, VTableOf::<C>::CALM, Location::caller())
}

#[cold]
#[inline(never)]
#[track_caller]
fn request_urgently<C: Request>(call: C, place: &'static Location<'static>) -> C::Reply {
    lend(call, VTableOf::<C>::URGENT, place)
}

#[inline(always)]
#[track_caller]
fn lend<C: Request>(
    call: C,
    vtable: &'static VTable,
    place: &'static Location<'static>,
) -> C::Reply {
    let header = FrameHeader {
        vtable,
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
    // SAFETY: `Answered` says that the reply is written; it is not read a second time.
    unsafe { frame.reply.assume_init_read() }
}

#[cold]
#[inline(never)]
fn unwind<C: Request>(frame: &mut Frame<C>) -> ! {
    let payload = take_raised().expect("a task is resumed with a reply or with a payload");
    let _unread = Unread(frame);
    resume_unwind(payload)
}

/// Drops a reply that will not be read, while its task unwinds: so calls that it makes are urgent.
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
