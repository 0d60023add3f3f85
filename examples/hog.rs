//! The hog: a task that computes for a second holds up a clock.
//!
//! First in, first out, is cooperative: a task keeps the CPU until it gives it up. Round robin is
//! preemptive: at the end of the quantum the CPU is taken away. But coros can take away only what it
//! deals out, the CPU time of `compute`. The last hog really keeps the thread, as a loop without a call
//! does (`Block` stands for it in virtual time), and no policy can help.

use std::time::{Duration, Instant};

use coros::kernel::Policy;
use coros::policy::{Fifo, RoundRobin};
use coros::syscall::{Block, Now};
use coros::{Clock, Scheduler, Stuck, call, compute, sleep_until, yield_now};

const SECOND: Duration = Duration::from_secs(1);
const QUANTUM: Duration = Duration::from_millis(8);

fn compute_at_one_go() {
    compute(SECOND).expect("nothing interrupts it");
}

fn compute_and_yield() {
    for _ in 0..125 {
        compute(QUANTUM).expect("nothing interrupts it");
        yield_now();
    }
}

fn keep_the_thread() {
    call(Block(SECOND));
}

/// Ticks each 100 ms; returns how late the latest tick was.
fn tick(start: Instant) -> Duration {
    let lateness = (1..=10).map(|tick| {
        let due = start + SECOND / 10 * tick;
        sleep_until(due).expect("nothing interrupts it");
        call(Now) - due
    });
    lateness.max().expect("there are ten ticks")
}

fn beside_a_clock(policy: impl Policy + 'static, how: &str, hog: fn()) -> Result<(), Stuck> {
    let name = policy.name();
    let builder = Scheduler::builder().clock(Clock::Virtual).policy(policy);
    let mut sched = builder.build();
    let start = sched.now();
    let clock = sched.spawn(move || tick(start));
    let hog = sched.spawn(move || {
        hog();
        call(Now) - start
    });
    sched.run()?;
    let late = clock.join().expect("the clock returns").as_millis();
    let done = hog.join().expect("the hog returns").as_millis();
    println!("{name:7} {how:17} {done:>7} ms {late:>7} ms late");
    Ok(())
}

fn main() -> Result<(), Stuck> {
    println!("policy  the hog           done after  latest tick");
    beside_a_clock(Fifo::new(), "computes", compute_at_one_go)?;
    beside_a_clock(Fifo::new(), "yields each 8 ms", compute_and_yield)?;
    beside_a_clock(RoundRobin::new(QUANTUM), "computes", compute_at_one_go)?;
    beside_a_clock(
        RoundRobin::new(QUANTUM),
        "keeps the thread",
        keep_the_thread,
    )
}
