//! SIGTERM is kept until the job is done, SIGINT is not.

use std::collections::VecDeque;
use std::time::Duration;

use coros::signal::{self, Signal};
use coros::timeout;

use super::Work;

pub fn work_off(mut jobs: VecDeque<u64>, work: Work) -> VecDeque<u64> {
    signal::ask(Signal::Term).expect("it can be handled");
    let is_told = || timeout(Duration::ZERO, || signal::wait(Signal::Term)).is_ok();
    while let Some(&job) = jobs.front() {
        if is_told() || work(job).is_err() {
            break;
        }
        jobs.pop_front();
    }
    signal::reset(Signal::Term).expect("it can be handled");
    jobs
}
