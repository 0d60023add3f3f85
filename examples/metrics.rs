//! Two policies serve the same tasks; a table tells how well.
//!
//! First in, first out, the short ones wait for the long one; round robin, the long one takes a little
//! longer, and the others are served soon. The CPU is simulated, so these are exact.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::Policy;
use coros::policy::{Fifo, RoundRobin};
use coros::syscall::Compute;
use coros::watch::Metrics;
use coros::{Builder, Clock, Scheduler, Stuck, call};

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn serve(policy: impl Policy + 'static) -> Result<(), Stuck> {
    println!("{}:", policy.name());
    let metrics = Rc::new(RefCell::new(Metrics::new()));
    let builder = Scheduler::builder().clock(Clock::Virtual).policy(policy);
    let mut sched = builder.observer(Rc::clone(&metrics)).build();
    for (name, burst) in [("long", 24), ("short", 3), ("shorter", 2)] {
        let builder = Builder::new().name(name);
        let body = move || call(Compute(ms(burst))).expect("nothing breaks it off");
        sched
            .spawn_with(builder, body)
            .expect("a stack of the default size is to be had");
    }
    sched.run()?;
    println!("{}", metrics.borrow().summary());
    Ok(())
}

fn main() -> Result<(), Stuck> {
    serve(Fifo::new())?;
    println!();
    serve(RoundRobin::new(ms(4)))
}
