//! coros in virtual time, on simulated CPUs, and recorded.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::SchedParams;
use coros::policy::Mlfq;
use coros::syscall::{Compute, Sleep};
use coros::watch::Recorder;
use coros::{Builder, Clock, Scheduler, call};

use super::{Coros, timed};
use crate::measure::{Pace, Sample};

impl Coros {
    /// Everything is recorded, and written to where it takes no time.
    pub fn recorded() -> Self {
        let recorder = Recorder::new(io::sink());
        Self {
            sched: Scheduler::builder().observer(recorder).build(),
        }
    }

    pub fn recorded_in_virtual_time() -> Self {
        let recorder = Recorder::new(io::sink());
        let builder = Scheduler::builder().clock(Clock::Virtual);
        Self {
            sched: builder.observer(recorder).build(),
        }
    }

    pub fn in_virtual_time(stack: usize) -> Self {
        let builder = Scheduler::builder().clock(Clock::Virtual);
        Self {
            sched: builder.stack_size(stack).build(),
        }
    }

    /// Tasks sleep again and again, for times of which no two are the same for long.
    pub fn virtual_sleeps(&mut self, tasks: usize, laps: u64) -> Sample {
        let pace = Rc::new(Pace::new(tasks, laps));
        for task in 0..tasks {
            let pace = Rc::clone(&pace);
            self.sched.spawn(move || {
                let mut lap = task as u64;
                for stretch in pace.stretches(task) {
                    for _ in 0..stretch {
                        lap = lap.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        let nap = Duration::from_nanos(1 + (lap >> 44));
                        call(Sleep(nap)).expect("nobody interrupts it");
                    }
                }
            });
        }
        self.run();
        pace.sample()
    }

    /// A machine of four CPUs runs jobs under MLFQ, each of up to 200 ms with I/O now and then.
    pub fn sched(jobs: usize) -> Sample {
        timed(jobs as u64, || {
            let mut sched = Scheduler::builder()
                .clock(Clock::Virtual)
                .cpus(4)
                .stack_size(16 << 10)
                .policy(Mlfq::new())
                .build();
            let mut rng = fastrand::Rng::with_seed(1);
            for _ in 0..jobs {
                let burst = Duration::from_millis(rng.u64(1..=200));
                let every = Duration::from_millis(rng.u64(5..=50));
                let job = Builder::new()
                    .arrival(Duration::from_millis(rng.u64(0..1_000_000)))
                    .claim(SchedParams::new().burst(burst));
                let body = move || work(burst, every);
                sched.spawn_with(job, body).expect("stacks are to be had");
            }
            sched.run().expect("nobody gets stuck");
        })
    }
}

/// Computes, and waits for I/O now and then.
fn work(burst: Duration, every: Duration) {
    let mut left = burst;
    while left > every {
        call(Compute(every)).expect("nobody interrupts it");
        call(Sleep(Duration::from_millis(5))).expect("nobody interrupts it");
        left -= every;
    }
    call(Compute(left)).expect("nobody interrupts it");
}
