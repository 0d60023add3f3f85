//! How figures are written down: durations as whole nanoseconds.
#![cfg(feature = "record")]

use std::time::Duration;

use serde::Serializer;

/// A duration.
pub(super) fn nanos<S: Serializer>(time: &Duration, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_u64(whole(*time))
}

/// A duration, if there is one.
pub(super) fn some_nanos<S: Serializer>(
    time: &Option<Duration>,
    out: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => out.serialize_some(&whole(*time)),
        None => out.serialize_none(),
    }
}

fn whole(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
