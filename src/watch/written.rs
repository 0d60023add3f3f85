//! How figures are written down: durations as whole nanoseconds.
#![cfg(feature = "record")]

use std::time::Duration;

use serde::Serializer;

use crate::devices::nanoseconds;

/// A duration.
pub(super) fn nanos<S: Serializer>(time: &Duration, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_u64(nanoseconds(*time))
}

/// A duration, if there is one.
pub(super) fn some_nanos<S: Serializer>(
    time: &Option<Duration>,
    out: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => out.serialize_some(&nanoseconds(*time)),
        None => out.serialize_none(),
    }
}
