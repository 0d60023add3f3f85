//! Keeping a thread on one CPU.

use std::io;

/// Keeps the calling thread on one of the CPUs that it may use, counted round and round.
#[cfg(target_os = "linux")]
pub(super) fn pin(core: usize) -> io::Result<()> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let allowed = sched_getaffinity(None)?;
    let cpus: Vec<_> = (0..CpuSet::MAX_CPU)
        .filter(|&cpu| allowed.is_set(cpu))
        .collect();
    let mut own = CpuSet::new();
    own.set(cpus[core % cpus.len()]);
    Ok(sched_setaffinity(None, &own)?)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn pin(_core: usize) -> io::Result<()> {
    let text = "this system cannot keep a thread on one CPU: run the cores without `pinned`";
    Err(io::Error::new(io::ErrorKind::Unsupported, text))
}
