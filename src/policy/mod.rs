//! Scheduling policies: which ready task is next, and for how long.
//!
//! Each is a [`Policy`](crate::kernel::Policy) that a scheduler can be built with, or be handed while it
//! runs; [`by_name`] makes one from its name and some settings.
//!
//! | name | policy | next is | takes a CPU away | may starve |
//! |---|---|---|---|---|
//! | `fifo` | [`Fifo`] | who is ready for the longest time | never | no |
//! | `rr` | [`RoundRobin`] | the same, for a quantum | never | no |
//! | `sjf` | [`Sjf`] | who has the shortest burst | never | yes |
//! | `stcf` | [`Stcf`] | who has least left of its burst | for less left | yes |
//! | `priority` | [`Priority`] | who has the highest priority | for a higher one | yes |
//! | `rm` | [`Priority::rate_monotonic`] | who has the shortest period | for a shorter one | yes |
//! | `mlfq` | [`Mlfq`] | who has used least of late | for a higher queue | without boost |
//! | `lottery` | [`Lottery`] | who draws the winning ticket | never | no |
//! | `stride` | [`Stride`] | who has the lowest pass | never | no |
//! | `fair` | [`Fair`] | who had least for its weight | for a wake | no |
//! | `eevdf` | [`Eevdf`] | the earliest virtual deadline of who is not ahead | never | no |
//! | `edf` | [`Edf`] | who has the earliest deadline | for an earlier one | yes |
//! | `random` | [`Random`] | any task | never | perhaps |
//! | – | [`Scripted`] | whom the script names | never | perhaps |
//!
//! A quantum or slice counts CPU time. All decide by what they are told alone, so a run is repeated with
//! the same seed. Each operation takes time logarithmic in the number of tasks.
//!
//! ```
//! use std::time::Duration;
//! use coros::policy::{Settings, by_name};
//! use coros::syscall::{Compute, Now};
//! use coros::{Builder, Clock, Scheduler, call, kernel::SchedParams};
//!
//! // When each of three jobs is done.
//! let ends = |policy: &str| {
//!     let policy = by_name(policy, &Settings::default()).unwrap();
//!     let mut sched = Scheduler::builder().clock(Clock::Virtual).policy(policy).build();
//!     let start = sched.now();
//!     let jobs = [100, 10, 10].map(|length| {
//!         let length = Duration::from_millis(length);
//!         let work = move || {
//!             call(Compute(length)).unwrap();
//!             (call(Now) - start).as_millis()
//!         };
//!         let claim = SchedParams::new().burst(length);
//!         sched.spawn_with(Builder::new().claim(claim), work).unwrap()
//!     });
//!     sched.run().unwrap();
//!     jobs.map(|job| job.join().unwrap())
//! };
//! assert_eq!(ends("fifo"), [100, 110, 120]);
//! assert_eq!(ends("sjf"), [120, 10, 20]);
//! assert_eq!(ends("rr"), [120, 20, 30]);
//! ```

use std::time::Duration;

use crate::devices::Entropy;

mod bursts;
mod edf;
mod eevdf;
mod fair;
mod fifo;
mod lend;
mod lottery;
mod meter;
mod mlfq;
mod named;
mod places;
mod priority;
mod random;
mod ranks;
mod round_robin;
mod scripted;
mod shortest;
mod stride;
mod tickets;

pub use edf::Edf;
pub use eevdf::Eevdf;
pub use fair::Fair;
pub use fifo::Fifo;
pub use lottery::Lottery;
pub use mlfq::{Mlfq, OnWait};
pub use named::{NAMES, Settings, UnknownPolicy, by_name};
pub use priority::Priority;
pub use random::Random;
pub use round_robin::RoundRobin;
pub use scripted::Scripted;
pub use shortest::{Shortest, Sjf, Stcf};
pub use stride::Stride;

/// The quantum of those that have one, if nothing else is said.
const QUANTUM: Duration = Duration::from_millis(10);

/// What policies draw by lot: a stream of the seed apart from the three that the kernel uses, since a run
/// has one seed for all of them.
fn draws(seed: u64) -> Entropy {
    Entropy::of_stream(seed, 3)
}

/// A slice of no length would let no task get on; and no turn is charged less than this.
fn positive(length: Duration) -> Duration {
    length.max(meter::LEAST)
}
