//! Floor 0, devices: time, chance, file descriptors, letters from other threads, forks.

mod clock;
mod entropy;
mod inbox;
mod lineage;
mod reactor;
mod timers;

pub use clock::Clock;
pub(crate) use clock::{Ticker, nanoseconds};
pub(crate) use entropy::Entropy;
pub(crate) use inbox::Inbox;
pub(crate) use lineage::Lineage;
pub(crate) use reactor::{Reactor, Readiness, Registration};
pub(crate) use timers::{Timer, Timers};
