//! Floor 1, the kernel: tasks, the loop, waiting, and the gate that calls pass through.
//!
//! Read `turn` first: it is the loop, and fits on a page. Then `syscall` (what a call is), `wait` (how a
//! task waits and is woken), `ending` (how it ends).

mod core;
mod ending;
mod events;
mod face;
mod interrupt;
mod list;
mod mail;
mod ready;
mod report;
mod scheduler;
mod stranger;
mod stuck;
mod syscall;
mod table;
pub(crate) mod task;
mod tid;
mod timers;
mod turn;
mod wait;

pub use events::{Did, Ended, Step};
pub use face::Kernel;
pub use interrupt::{Interrupted, Why};
pub use list::WaitList;
pub use report::{Report, RunError};
pub use scheduler::{Scheduler, SchedulerBuilder};
pub use stuck::{Stuck, TaskInfo, TaskState};
pub use syscall::{Answer, SystemCall, call};
pub use task::{Exit, Ran, SpawnError, Task};
pub use tid::{NoSuchTask, Tid};

pub(crate) use mail::Poster;
pub(crate) use task::{Keeper, Traits};
