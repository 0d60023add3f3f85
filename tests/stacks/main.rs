//! What fits on a stack, what does not, and what is left of memory.

#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod growth;
#[cfg(unix)]
mod overflow;
mod room;
