//! What can be seen of a suspended context from outside: its pending call, in words.

use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use super::registry;
use super::task_ref::TaskRef;

/// The source line of the pending call.
pub(crate) fn place(context: &TaskRef) -> Option<&'static Location<'static>> {
    context.header().map(|header| header.place)
}

/// How much of its stack a suspended context uses, in bytes, with what lies at the top; 0 if it is
/// not suspended.
pub(crate) fn depth(context: &TaskRef) -> usize {
    let frame = context.frame().map(|frame| frame.addr().get());
    let slot = frame.and_then(registry::find);
    slot.zip(frame).map_or(0, |(slot, frame)| slot.top - frame)
}

/// The pending call, in words.
pub(crate) fn call_text(context: &TaskRef) -> Option<String> {
    let mut text = String::new();
    context.has_call().then(|| write_call(context, &mut text));
    context.has_call().then_some(text)
}

/// Writes the pending call in words.
pub(crate) fn write_call(context: &TaskRef, out: &mut String) {
    if let (Some(frame), Some(header)) = (context.frame(), context.header()) {
        // SAFETY: the table is the one of this frame's type; nothing else uses a suspended frame.
        write(out, |out| unsafe { (header.vtable.describe)(frame, out) });
    }
}

/// Writes the answer to the pending call in words; nothing if it has none.
pub(crate) fn write_reply(context: &TaskRef, out: &mut String) {
    if let (Some(frame), Some(header)) = (context.frame(), context.header()) {
        // SAFETY: as in `write_call`.
        write(out, |out| unsafe {
            (header.vtable.describe_reply)(frame, out)
        });
    }
}

/// Runs a describing function into a string. It is the user's, and may panic.
fn write(out: &mut String, describe: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result) {
    struct Describe<D>(D);
    impl<D: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Describe<D> {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            (self.0)(out)
        }
    }
    let written = catch_unwind(AssertUnwindSafe(|| write!(out, "{}", Describe(describe))));
    if !matches!(written, Ok(Ok(()))) {
        out.push_str("(a panic while it was described)");
    }
}
