//! Floor 0, the devices: what the kernel knows of the world outside.

mod clock;
mod entropy;

pub use clock::Clock;
pub(crate) use clock::{Ticker, nanoseconds};
pub(crate) use entropy::Entropy;
