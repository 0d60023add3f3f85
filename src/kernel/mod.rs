//! Floor 1, the kernel: tasks, the loop, waiting, and the gate that calls pass through.
//!
//! Read `turn` first: it is the loop, and fits on a page. Then `syscall` (what a call is), `wait` (how a
//! task waits and is woken), `ending` (how it ends). Simulated CPUs and policies are a house of their own,
//! `cpus`, which the plain loop never enters; `watch` and `events` are what observers see.

mod abi;
mod core;
mod modules;
mod scheduler;

pub use self::abi::claim::Claim;
pub use self::abi::events::{
    Birth, Candidate, Cause, Claimed, Death, Did, Dropped, Ended, Event, Hold, InForce, JobControl,
    Join, Length, Observer, Place, Signal, Slice, Start, Step, Timer, TimerDid, Wake,
};
pub use self::abi::exit::Exit;
pub use self::abi::holding::Holding;
pub use self::abi::info::{TaskInfo, TaskState};
pub use self::abi::interrupted::{Interrupted, Why};
pub use self::abi::policy::{Pick, Policy, Queued, Running, Stop};
pub use self::abi::report::{Report, RunError};
pub use self::abi::stuck::Stuck;
pub use self::abi::tid::{NoSuchTask, Tid};
pub use self::core::face::Kernel;
pub use self::core::list::WaitList;
pub use self::core::panics::install_panic_hook;
pub use self::core::syscall::{Answer, SystemCall, call};
pub use self::core::task::{Ran, SpawnError, Task};
pub use self::modules::io::{Remote, Source, Stopped, Way};
pub use self::scheduler::Scheduler;
pub use self::scheduler::builder::SchedulerBuilder;

pub(crate) use self::core::fuel::{spend, spend_on_birth, spend_on_reading};
pub(crate) use self::core::log::target;
pub(crate) use self::core::mail::Poster;
pub(crate) use self::core::state::is_dying;
pub(crate) use self::core::task::{Keeper, Terms, Traits};
pub(crate) use self::core::{ledger, log, shortcut};
pub(crate) use self::modules::cancel::{Expiry, ScopeId, Shield};
pub(crate) use self::modules::guests::{Guests, Ticket, shelved};
pub(crate) use self::modules::io::Line;
pub(crate) use self::modules::select::Choice;
pub(crate) use modules::{locals, signals};
