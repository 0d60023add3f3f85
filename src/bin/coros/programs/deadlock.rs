//! Deadlock of some: two tasks hold what the other wants; the rest go on, and the log knows at once.

use std::time::Duration;

use clap::Args;
use coros::sync::Mutex;
use coros::{Builder, Scheduler, sleep, yield_now};

use super::{Verdict, fine, load};
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
        let _first = first.lock().expect("the first is free");
        say!("{name}: I have one, and want the other");
        yield_now();
        let _then = then.lock().expect("the other is put down some day");
        say!("{name}: I eat");
    });
}

fn wait_on_them() {
    for course in 1..=2 {
        sleep(Duration::from_secs(600)).expect("nobody breaks this sleep off");
        say!("waiter: here is course {course}");
    }
}
