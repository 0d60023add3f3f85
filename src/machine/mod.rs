//! Floor 0, the machine: stacks, contexts and the fault reporter.
//!
//! The only unsafe code of the crate lives here, and nothing here imports from the floors above.
//!
//! ```text
//!   request    a call's way to the kernel and back      context    a task's stack, driven by the kernel
//!      │                                                   │          (inspect: seen from outside)
//!      ├──▶ vtable   how a frame is served, by type        ├──▶ coroutine   its lowest frame
//!      ▼                                                   ▼
//!   current    which task runs on this thread ───────▶ line    its one cache line, of a pool (lines)
//!      │                                                   │
//!      ▼                                                   ▼
//!   frame      the call object on its caller's stack    stack ─▶ arena ─▶ reservation ─▶ guard, registry
//!   payload    what a task unwinds with                            └────▶ overflow, abort: the reporters
//! ```
//!
//! `signal_action` hears signals, and its `alarm` ends the process where no loop reads them. `unwritten`
//! buffers bytes for a file; `write_out` writes them when the process ends. `abort` and `overflow` say
//! which task ends the process, in a `report_line`; a `handler` knows the one that was there before.
//! `fork`, `shared`, `scoped` and `coarse_clock` stand alone. The kernel plugs its `World` into `frame::TheKernel`.
#![allow(unsafe_code)]

mod abort;
mod advice;
#[cfg(target_os = "linux")]
mod alarm;
#[cfg(not(target_os = "linux"))]
#[path = "no_alarm.rs"]
mod alarm;
mod arena;
#[cfg(feature = "record")]
mod coarse_clock;
mod contents;
mod coroutine;
mod current;
#[cfg(target_os = "linux")]
mod fork;
mod frame;
mod guard;
mod handler;
mod head;
mod header;
pub(crate) mod inspect;
mod name;
mod overflow;
mod payload;
mod pool;
mod registry;
mod report_line;
mod request;
mod reservation;
mod run_queue;
#[cfg(target_os = "linux")]
mod scoped;
mod shared;
mod signal_action;
mod stack;
mod stack_error;
mod task_memory;
mod task_ref;
#[cfg(feature = "record")]
mod unwritten;
mod vtable;
mod wait_node;
mod wait_queue;

#[cfg(feature = "record")]
mod write_out;
#[cfg(not(feature = "record"))]
#[path = "no_write_out.rs"]
mod write_out;

#[cfg(feature = "record")]
pub(crate) use coarse_clock::coarse_now;
pub(crate) use contents::Leftover;
pub(crate) use current::{inside_task, running_name};
#[cfg(target_os = "linux")]
pub(crate) use fork::{Fork, exit_at_once, fork};
pub(crate) use frame::{KernelSide, Request, Served, TheKernel, World};
pub(crate) use name::TaskName;
pub(crate) use payload::{Payload, is_kill};
pub(crate) use request::request;
pub(crate) use run_queue::RunQueue;
pub use scoped::Lender;
pub(crate) use scoped::guard;
#[cfg(target_os = "linux")]
pub(crate) use shared::SharedWords;
pub(crate) use signal_action::SignalAction;
pub(crate) use stack::{DEFAULT_STACK, Promise, Stacks};
pub(crate) use stack_error::StackError;
pub(crate) use task_ref::{Advanced, Resumed, TaskRef};
#[cfg(feature = "record")]
pub(crate) use unwritten::Unwritten;
pub(crate) use wait_node::{End, WaitNode};
pub(crate) use wait_queue::WaitQueue;
