//! Floor 1, the kernel: tasks, the loop, waiting, and the gate that calls pass through.
//!
//! Read `turn` first: it is the loop, and fits on a page. Then `syscall` (what a call is), `wait` (how a
//! task waits and is woken), `ending` (how it ends).

mod circle;
mod core;
mod ending;
mod events;
mod face;
mod family;
pub(crate) mod fuel;
mod info;
mod inner;
mod interrupt;
mod leak;
mod list;
pub(crate) mod locals;
mod mail;
mod place;
mod ready;
mod report;
mod scheduler;
mod scope;
mod state;
mod stranger;
mod stuck;
mod syscall;
mod table;
pub(crate) mod task;
mod tid;
mod timers;
mod turn;
mod wait;
mod watchdog;

pub use events::{Did, Ended, Step};
pub use face::Kernel;
pub use info::{TaskInfo, TaskState};
pub use interrupt::{Interrupted, Why};
pub use list::{Holding, WaitList};
pub use report::{Report, RunError};
pub use scheduler::{Scheduler, SchedulerBuilder};
pub use stuck::Stuck;
pub use syscall::{Answer, SystemCall, call};
pub use task::{Exit, Ran, SpawnError, Task};
pub use tid::{NoSuchTask, Tid};

pub(crate) use mail::Poster;
pub(crate) use scope::{Expiry, ScopeId, Shield};
pub(crate) use task::{Keeper, Traits};
