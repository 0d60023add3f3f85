//! Cooperation: two coroutines take turns, since each yields after each word.

use clap::Args;
use coros::{Builder, Scheduler, yield_now};

use super::{Verdict, fine};
use crate::interrupt;
use crate::term::say;

/// Two coroutines take turns
#[derive(Args)]
pub struct Ticker {
    /// How often each of them speaks
    #[arg(default_value_t = 3)]
    rounds: u32,
}

impl Ticker {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        for word in ["tick", "tock"] {
            let rounds = self.rounds;
            let speak = move || {
                for round in (1..=rounds).take_while(|_| !interrupt::is_heard()) {
                    say!("{word} {round}");
                    yield_now();
                }
            };
            sched
                .spawn_with(Builder::new().name(word), speak)
                .expect("a stack of the default size is to be had");
        }
        fine()
    }
}
