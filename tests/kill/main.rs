//! What ends a task before its time: kills, panics, and the destructors that run then.

mod at_once;
#[path = "../common/mod.rs"]
mod common;
mod destructors;
mod outcomes;
mod panics;
mod states;
mod unwinding;
