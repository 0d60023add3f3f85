//! Floor 1, the kernel: tasks, the loop, waiting, and the gate that calls pass through.
//!
//! ```text
//!   scheduler/   makes a scheduler, and runs it: the one place that names all modules
//!   modules/     cancel, stop, signals, outside, cpus, trace, deadlock, watchdog, select: each on the core
//!   core/        tasks, the loop, calls, waiting, exit: it names no module
//!   parts/       its data structures, each with one invariant
//!   abi/         plain data that crosses the borders: names, ends, reasons, events
//! ```
//!
//! Read `core/run.rs` first: it is the loop, and fits on a page.

mod abi;
mod core;
mod modules;
mod parts;
mod scheduler;

pub use self::abi::events::{
    Birth, Candidate, Cause, Claimed, Deadlock, Death, Did, Dropped, Ended, Event, Hold, InForce,
    Interrupt, JobControl, Join, Length, Observer, Place, Slice, Start, Step, Timer, TimerDid,
    Wake,
};
pub use self::abi::exit::Exit;
pub use self::abi::holding::Holding;
pub use self::abi::info::{TaskInfo, TaskState};
pub use self::abi::interrupted::{Interrupted, Why};
pub use self::abi::policy::{OffCpu, Pick, Policy, Runnable, Running};
pub use self::abi::ran::{Ran, SpawnError};
pub use self::abi::report::{Report, RunError};
pub use self::abi::sched_params::SchedParams;
pub use self::abi::stuck::Stuck;
pub use self::abi::tid::{NoSuchTask, Tid};
pub use self::core::call::{Answer, SystemCall, call};
pub use self::core::kernel::Kernel;
pub use self::core::list::WaitList;
pub use self::core::task::Task;
pub use self::modules::outside::{Interest, Remote, Source, Stopped};
pub use self::parts::panics::install_panic_hook;
pub use self::scheduler::Scheduler;
pub use self::scheduler::builder::SchedulerBuilder;

pub(crate) use self::abi::signal;
pub(crate) use self::core::facts::Claims;
pub(crate) use self::core::handle::PostHandle;
pub(crate) use self::core::notes;
pub(crate) use self::modules::arrival::Arrival;
pub(crate) use self::modules::cancel::{Expiry, ScopeId, Shield};
pub(crate) use self::modules::outside::ScheduledIo;
pub(crate) use self::modules::select::Choice;
pub(crate) use self::modules::{cancel, cpus, outside, select, signals, stop};
pub(crate) use self::parts::catch_user_panic::catch_user_panic;
pub(crate) use self::parts::leaving::on_leave;
pub(crate) use self::parts::log::target;
pub(crate) use self::parts::outcome::{TaskHandle, keep_value};
pub(crate) use self::parts::posts::Posted;
pub(crate) use self::parts::shortcut::{spend, spend_on_birth, spend_on_reading};
pub(crate) use self::parts::slots::{Slots, TaskSlot};
pub(crate) use self::parts::state::is_dying;
pub(crate) use self::parts::traits::{ExitSink, Traits};
pub(crate) use self::parts::{log, shortcut};
pub(crate) use crate::machine::World;
