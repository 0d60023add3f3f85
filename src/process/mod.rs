//! Processes: other programs, and copies of this one, made by fork, anew, or by a server that forks; and
//! what they share. Floor 3, on Linux.
//!
//! | to | see | may a task? |
//! |---|---|---|
//! | run another program, with pipes to it | [`Command`], [`Child`] | always in one |
//! | go on in a copy of all that there is | [`fork()`] | yes, in a process of one thread |
//! | run a function in this program, begun anew | [`spawn`](mod@spawn), [`entries`] | yes |
//! | the same, in copies of a small process | [`ForkServer`], started before the first thread | yes |
//! | share memory with what is forked | [`SharedMemory`] | yes |
//! | pass messages to it | [`queue()`] | yes |
//! | keep objects for several processes | [`manager`] | yes |
//!
//! All but the first also work in a program that has no tasks: there they block the thread.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```
//! use coros::{process::Command, run};
//!
//! let output = run(|| Command::new("echo").arg("from a child").output());
//! assert_eq!(output.unwrap().unwrap().stdout, b"from a child\n");
//! ```

mod child;
mod client;
mod command;
mod exit;
mod failed;
mod limits;
mod offspring;
mod orphans;
mod output;
mod service;
mod wire;

pub mod fork;
pub mod fork_server;
pub mod manager;
pub mod queue;
pub mod shared;
pub mod spawn;

pub use child::{Child, ChildStderr, ChildStdin, ChildStdout};
pub use command::Command;
pub use failed::Failed;
pub use fork::{Forked, fork};
pub use fork_server::ForkServer;
pub use queue::queue;
pub use shared::SharedMemory;
pub use spawn::entries;
pub use std::process::{ExitStatus, Output, Stdio};
