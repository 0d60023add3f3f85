//! What can be seen of a run: events, recordings, metrics, statistics, lints.

#[path = "../common/mod.rs"]
mod common;
mod deadlocks;
#[cfg(feature = "record")]
mod determinism;
mod lints;
mod metrics;
mod observers;
#[cfg(feature = "record")]
mod recording;
mod statistics;
mod unchanged;
mod without_turns;
