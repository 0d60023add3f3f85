//! Do the jobs in order, and return those that are not done.
//!
//! At SIGTERM, finish the job at hand, and begin no other. At SIGINT, or whatever else interrupts the work,
//! return at once; the job at hand is not done then. And leave SIGTERM as it was: who is told to end once
//! you have returned is interrupted again.
//!
//! By default SIGTERM interrupts. `signal::ask` keeps it for a `signal::wait`, which a `timeout` of no
//! length makes a look; or there are handlers, see `signal::on`. `signal::reset` takes both back.

use std::collections::VecDeque;

use super::Work;

/// Say `true` when you have written it: then `cargo test -p exercises chapter_07` grades it.
pub const DONE: bool = false;

pub fn work_off(mut jobs: VecDeque<u64>, work: Work) -> VecDeque<u64> {
    // Whatever comes breaks off the job at hand, so far.
    while let Some(&job) = jobs.front() {
        if work(job).is_err() {
            break;
        }
        jobs.pop_front();
    }
    jobs
}
