//! Isolation: a panic ends its own task alone. The crash is the point, so this ends with success.

use clap::Args;
use coros::{Builder, Scheduler, yield_now};

use super::{Verdict, fine};
use crate::term::say;

/// One task panics, the others go on
#[derive(Args)]
pub struct Crash {}

impl Crash {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        sched
            .spawn_with(Builder::new().name("heir"), heir)
            .expect("a stack of the default size is to be had");
        fine()
    }
}

/// Outlives the others, and says how they ended.
fn heir() {
    let bold = Builder::new().name("bold").spawn(bold);
    let steady = Builder::new().name("steady").spawn(steady);
    match bold.join() {
        Ok(()) => say!("heir: bold came through"),
        Err(error) => say!("heir: {error}"),
    }
    match steady.join() {
        Ok(laps) => say!("heir: steady did all its {laps} laps"),
        Err(error) => say!("heir: {error}"),
    }
}

fn bold() {
    say!("bold: watch this");
    yield_now();
    panic!("it was slippery");
}

fn steady() -> u32 {
    for lap in 1..=4 {
        say!("steady: lap {lap}");
        yield_now();
    }
    4
}
