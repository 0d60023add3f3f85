//! What fits on a stack, what does not, and what is left of memory.
//!
//! Apart from the others: optimised code is tested too, and a sanitizer would change what is measured.

#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod growth;
#[cfg(unix)]
mod overflow;
mod room;
