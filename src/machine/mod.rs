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
//!                                 └─ overflow ── the fault reporter, reads the registry
//! ```
#![allow(unsafe_code)]

mod arena;
mod context;
mod current;
mod guard;
mod lend;
mod line;
mod lines;
mod look;
mod overflow;
mod registry;
mod routine;
mod stack;
mod verbs;
mod ward;

pub(crate) use context::{Advanced, Resumed};
pub(crate) use current::{inside_task, running};
pub(crate) use lend::{Plug, Request, Served, Socket, request};
pub(crate) use line::Context;
pub(crate) use routine::{Payload, is_kill};
pub(crate) use stack::{DEFAULT_STACK, StackError, Stacks};
pub use ward::Lender;
pub(crate) use ward::guard;
