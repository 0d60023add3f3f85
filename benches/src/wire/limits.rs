//! Limits: how many connections a process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors of a process that are no connections.
const OTHERS: u64 = 64;

/// Raises the limit on descriptors as far as may be; says how many connections that allows.
///
/// Children inherit it.
pub fn descriptors() -> usize {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    // If it may not be raised, what is there is told.
    _ = setrlimit(Resource::Nofile, raised);
    let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(allowed.saturating_sub(OTHERS)).unwrap_or(usize::MAX)
}
