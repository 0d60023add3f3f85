//! Pictures of runs.
#![cfg(feature = "picture")]

mod dot;
mod kept;
mod odd;
mod programs;
mod timelines;
mod trace;
mod waits;
mod xml;
