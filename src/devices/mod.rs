//! Floor 0, devices: time, chance, file descriptors, messages from other threads, their work, forks.

mod clock;
mod entropy;
mod inbox;
mod lineage;
mod reactor;
mod timers;
mod work;

pub use clock::Clock;
pub(crate) use clock::{Ticker, nanoseconds};
pub(crate) use entropy::Entropy;
pub(crate) use inbox::Inbox;
pub(crate) use lineage::Lineage;
pub(crate) use reactor::{Reactor, Readiness, Registration};
pub(crate) use timers::{Timer, Timers};
pub(crate) use work::{Next, PATIENCE, WorkId, WorkList};
