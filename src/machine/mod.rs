//! Floor 0, the machine: stacks, contexts and the fault reporter.
//!
//! The only unsafe code of the crate lives here, and nothing here imports from the floors above.
//!
//! ```text
//!   kernel ──── plugs its World into the socket ────┐
//!      │                                            ▼
//!      │ resume / serve / raise   ┌─ context ─┬─ lend ── the call object, lying on the task's stack
//!      └────────────────────────▶ │           └─ current ── which task runs on this thread
//!                                 ├─ line ── its one cache line, of a pool (lines)
//!                                 ├─ routine ── a coroutine, and its lowest frame
//!                                 ├─ stack ── arena ── guard, registry
//!                                 ├─ overflow ── the fault reporter, reads the registry
//!                                 └─ fork, shared ── a second process, memory in common with it
//! ```
#![allow(unsafe_code)]

mod arena;
mod context;
mod current;
#[cfg(target_os = "linux")]
mod fork;
mod guard;
mod lend;
mod line;
mod lines;
mod listening;
mod look;
mod overflow;
mod registry;
mod routine;
#[cfg(target_os = "linux")]
mod shared;
mod stack;
mod verbs;
mod ward;

pub(crate) use context::{Advanced, Resumed};
pub(crate) use current::{inside_task, running};
#[cfg(target_os = "linux")]
pub(crate) use fork::{Fork, exit_at_once, fork};
pub(crate) use lend::{Plug, Request, Served, Socket, request};
pub(crate) use line::Context;
pub(crate) use listening::Listening;
pub(crate) use routine::{Payload, is_kill};
#[cfg(target_os = "linux")]
pub(crate) use shared::SharedWords;
pub(crate) use stack::{DEFAULT_STACK, StackError, Stacks};
pub use ward::Lender;
pub(crate) use ward::guard;
