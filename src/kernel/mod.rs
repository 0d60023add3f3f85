//! Floor 1, the kernel: tasks, the loop, waiting, and the gate that calls pass through.
//!
//! Read `turn` first: it is the loop, and fits on a page. Then `syscall` (what a call is), `wait` (how a
//! task waits and is woken), `ending` (how it ends). Simulated CPUs and policies are a house of their own,
//! `cpus`, which the plain loop never enters; `watch` and `events` are what observers see.

mod attention;
mod birth;
mod builder;
mod choice;
mod claim;
mod core;
mod cpus;
mod cycle;
mod ending;
mod events;
mod exit;
mod face;
mod family;
mod fuel;
mod guarded;
mod guests;
mod holding;
mod info;
mod inner;
mod interrupt;
mod journal;
pub(crate) mod ledger;
mod list;
pub(crate) mod locals;
pub(crate) mod log;
mod mail;
mod observers;
mod outside;
mod panics;
mod place;
mod policy;
mod quietly;
mod report;
mod scheduler;
mod scope;
mod shared;
pub(crate) mod shortcut;
pub(crate) mod signals;
mod state;
mod stopping;
mod stuck;
mod syscall;
mod table;
pub(crate) mod task;
mod tid;
mod timers;
mod turn;
mod wait;
mod watch;
mod watchdog;

pub use builder::SchedulerBuilder;
pub use claim::Claim;
pub use events::{
    Birth, Candidate, Cause, Claimed, Death, Did, Dropped, Ended, Event, Hold, InForce, JobControl,
    Join, Length, Observer, Place, Signal, Slice, Start, Step, Timer, TimerDid, Wake,
};
pub use exit::Exit;
pub use face::Kernel;
pub use holding::Holding;
pub use info::{TaskInfo, TaskState};
pub use interrupt::{Interrupted, Why};
pub use list::WaitList;
pub use outside::{Remote, Source, Stopped, Way};
pub use panics::install_panic_hook;
pub use policy::{Pick, Policy, Queued, Running, Stop};
pub use report::{Report, RunError};
pub use scheduler::Scheduler;
pub use stuck::Stuck;
pub use syscall::{Answer, SystemCall, call};
pub use task::{Ran, SpawnError, Task};
pub use tid::{NoSuchTask, Tid};

pub(crate) use choice::Choice;
pub(crate) use fuel::{spend, spend_on_birth, spend_on_reading};
pub(crate) use guests::{Guests, Ticket, shelved};
pub(crate) use log::target;
pub(crate) use mail::Poster;
pub(crate) use outside::Line;
pub(crate) use scope::{Expiry, ScopeId, Shield};
pub(crate) use state::is_dying;
pub(crate) use task::{Keeper, Terms, Traits};
