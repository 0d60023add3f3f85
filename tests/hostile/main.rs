//! Hostile but safe code harms nobody but itself.

mod births;
mod calls;
#[path = "../common/mod.rs"]
mod common;
mod groups;
mod logger;
mod observers;
mod outside;
mod recordings;
mod tasks;
mod waits;
