//! What can be seen of a suspended context: its pending call, in words.

use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use super::line::Context;

impl Context {
    /// The source line of the pending call.
    pub(crate) fn place(&self) -> Option<&'static Location<'static>> {
        self.header().map(|header| header.place)
    }

    /// The pending call, in words.
    pub(crate) fn call_text(&self) -> Option<String> {
        let (frame, header) = (self.frame()?, self.header()?);
        // SAFETY: the verbs are those of this frame's type; nobody else uses a suspended frame.
        Some(text(|out| unsafe { (header.verbs.describe)(frame, out) }))
    }

    /// The answer to the pending call, in words; empty if it has none.
    pub(crate) fn reply_text(&self) -> Option<String> {
        let (frame, header) = (self.frame()?, self.header()?);
        // SAFETY: as in `call_text`.
        Some(text(|out| unsafe {
            (header.verbs.describe_reply)(frame, out)
        }))
    }
}

/// Runs a describing function into a string. It is the user's, and may panic.
fn text(describe: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result) -> String {
    struct Describe<D>(D);
    impl<D: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Describe<D> {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            (self.0)(out)
        }
    }
    let text = catch_unwind(AssertUnwindSafe(|| Describe(describe).to_string()));
    text.unwrap_or_else(|_| "(a panic while it was described)".to_owned())
}
