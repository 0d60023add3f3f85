//! Floor 2, the system calls: what a task may ask of the kernel, one family a file.
//!
//! | call | reply |
//! |---|---|
//! | [`Yield`] | nothing; the others have their turn |
//! | [`GetTid`] | the caller's [`Tid`](crate::Tid) |
//! | [`NewTask`] | the child's `Tid` |
//! | [`KillTask`] | whether there was such a task |
//! | [`WaitTask`] | how it ended |
//! | [`Now`], [`Sleep`], [`SleepUntil`] | the time; whether the sleep was whole |
//! | [`Compute`] | whether the CPU was had for so long |
//! | [`Block`] | nothing; all tasks were held up |
//! | [`SetPolicy`], [`SetParams`] | who is next, and what a task claims |
//! | [`Random`], [`Fault`] | a number; whether a fault happens |
//! | [`ReadWait`], [`WriteWait`] | whether a file descriptor is ready |
//! | [`WhenReady`] | what came of an operation on a descriptor that is ready |
//! | [`Io`] | what came of an operation on a [`Source`](crate::kernel::Source) |
//! | [`GetRemote`] | a handle to the scheduler for other threads |
//! | [`SendSignal`] | whether there was such a task |
//! | [`Stop`] | nothing; the run comes to its end |
//! | [`Park`], [`WakeOne`], [`WakeAll`] | waiting on a [`WaitList`](crate::WaitList), and waking |
//!
//! The classic four are those of David Beazley's course on coroutines, where the idea of an operating
//! system whose tasks yield their system calls comes from.
//!
//! A wait that is broken off replies with [`Interrupted`](crate::Interrupted), or with an error that has it
//! inside. When it is an `io::Error`, that says why: see
//! [`Interrupted::of`](crate::Interrupted::of).

mod chance;
mod compute;
mod io;
mod ready;
mod signal;
mod task;
mod time;
mod together;
mod wait;

pub use chance::{Fault, Random};
pub use compute::{Block, Compute, SetParams, SetPolicy};
pub use io::{GetRemote, Io, ReadWait, WriteWait};
pub(crate) use ready::DescriptorWait;
pub use ready::WhenReady;
pub(crate) use signal::{Dispose, WaitSignal};
pub use signal::{SendSignal, Stop};
pub use task::{GetTid, KillTask, NewTask, WaitError, WaitTask, Yield};
pub use time::{Now, Sleep, SleepUntil};
pub(crate) use together::Together;
pub use wait::{Park, WakeAll, WakeOne};
