//! Floor 3, observers: they see what happens in a scheduler, live or read from a recording.

mod ledger;
pub mod lints;
pub mod metrics;
mod only_returns;
#[cfg(feature = "record")]
pub mod record;
pub mod statistics;
mod words;
mod written;

pub use lints::{Finding, Lint, Lints};
pub use metrics::{CpuMetrics, Metrics, Summary, TaskMetrics, Totals, jain};
pub(crate) use only_returns::OnlyReturns;
#[cfg(feature = "record")]
pub use record::{Recorder, Recording};
pub use statistics::{Look, Rate, State, Statistics, TaskStatistics};
