//! What breaks a wait off: scopes, deadlines, groups, signals between tasks.

#[path = "../common/mod.rs"]
mod common;
mod granted;
mod groups;
mod interrupts;
mod signals;
