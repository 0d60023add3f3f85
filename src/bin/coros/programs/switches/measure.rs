//! How long something takes that takes very little time.

use std::fs;
use std::io;
use std::time::{Duration, Instant};

const ROUNDS: usize = 61;
const ROUND: Duration = Duration::from_millis(1);

/// What a switch comes to.
pub struct Figures {
    pub nanos: f64,
    /// How many switches of this thread the system counted for each of ours, if it tells.
    pub counted: Option<f64>,
}

/// Does a batch of switches again and again, and it says how many: the median of the rounds.
pub fn measure(mut batch: impl FnMut() -> io::Result<u32>) -> io::Result<Figures> {
    batch()?; // The first time, caches are cold and stacks untouched.
    let mut rounds = [0.0; ROUNDS];
    let (before, mut all) = (switches_of_this_thread(), 0);
    for round in &mut rounds {
        let (begun, mut switches) = (Instant::now(), 0);
        while begun.elapsed() < ROUND {
            switches += batch()?;
        }
        *round = begun.elapsed().as_nanos() as f64 / f64::from(switches);
        all += switches;
    }
    rounds.sort_by(f64::total_cmp);
    let counted = switches_of_this_thread()
        .zip(before)
        .map(|(after, before)| (after - before) as f64 / f64::from(all));
    Ok(Figures {
        nanos: rounds[ROUNDS / 2],
        counted,
    })
}

/// How often this thread has lost its CPU, or given it up, as the system tells.
fn switches_of_this_thread() -> Option<u64> {
    let status = fs::read_to_string("/proc/thread-self/status").ok()?;
    let counts = status
        .lines()
        .filter_map(|line| line.split_once("voluntary_ctxt_switches:"));
    let counts: Option<Vec<u64>> = counts.map(|(_, count)| count.trim().parse().ok()).collect();
    counts
        .filter(|counts| counts.len() == 2)
        .map(|counts| counts.iter().sum())
}
