//! How a task ends.

use std::any::Any;

use crate::machine::Payload;
use crate::shown::shown;

/// How a task ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
pub enum Exit {
    /// Its function returned.
    Returned,
    /// It panicked, with this message.
    Panicked(String),
    /// It was killed; also if it went on for a while, and returned.
    Killed,
}

impl Exit {
    /// An exit, without its message.
    pub(in crate::kernel) fn word(&self) -> &'static str {
        match self {
            Exit::Returned => "returned",
            Exit::Panicked(_) => "panicked",
            Exit::Killed => "was killed",
        }
    }
}

shown!(impl Display for Exit {
    Exit::Panicked(message) => format_args!("panicked: {message}"),
    other => other.word(),
});

/// How a task ended by itself: it unwound with `payload`, or returned.
pub(in crate::kernel) fn exit_of(payload: Option<&Payload>) -> Exit {
    match payload {
        None => Exit::Returned,
        Some(payload) => Exit::Panicked(message_of(payload.as_ref())),
    }
}

/// The words of a panic.
pub(in crate::kernel) fn message_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a payload that is no text".to_owned()
    }
}
