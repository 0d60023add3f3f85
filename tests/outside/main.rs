//! The world outside: files, pipes, programs, threads, signals of the system.

mod commands;
#[path = "../common/mod.rs"]
mod common;
mod descriptors;
mod fs;
mod offload;
mod ordered;
mod pipes;
mod stdio;
mod system_signals;
