//! Deadlock of some: two tasks hold what the other wants; the rest go on, and the log knows at once.

use std::time::Duration;

use clap::Args;
use coros::sync::Mutex;
use coros::{Builder, Interrupted, Scheduler, sleep, yield_now};

use super::{Verdict, fine, load, lock};
use crate::term::say;

/// Two mutexes locked crosswise, while others go on (RUST_LOG=warn)
#[derive(Args)]
pub struct Deadlock {}

impl Deadlock {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        let fork = Mutex::new(()).named("fork");
        let knife = Mutex::new(()).named("knife");
        dine(sched, "left", fork.clone(), knife.clone());
        dine(sched, "right", knife, fork);
        load(sched, Builder::new().name("waiter"), wait_on_them);
        fine()
    }
}

fn dine(sched: &mut Scheduler, name: &'static str, first: Mutex<()>, then: Mutex<()>) {
    load(sched, Builder::new().name(name), move || {
        let _first = lock(&first)?;
        say!("{name}: I have one, and want the other");
        yield_now();
        let _then = lock(&then)?;
        say!("{name}: I eat");
        Ok(())
    });
}

fn wait_on_them() -> Result<(), Interrupted> {
    for course in 1..=2 {
        sleep(Duration::from_secs(600))?;
        say!("waiter: here is course {course}");
    }
    Ok(())
}
