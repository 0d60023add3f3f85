//! Signals: a worker is stopped, goes on, is told something, is interrupted, and is killed.

use std::time::Duration;

use clap::Args;
use coros::signal::{self, Signal, kill};
use coros::{Builder, JoinHandle, Scheduler, Tid, sleep};

use super::{Verdict, fine};
use crate::term::{say, say_folded};

const TENTH: Duration = Duration::from_millis(100);

/// A worker is stopped, goes on, is interrupted, and another is killed
#[derive(Args)]
pub struct Signals {}

impl Signals {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        sched
            .spawn_with(Builder::new().name("boss"), boss)
            .expect("a stack of the default size is to be had");
        fine()
    }
}

fn boss() {
    let polite = Builder::new().name("polite").spawn(polite);
    let deaf = Builder::new().name("deaf").spawn(deaf);
    sleep_tenths(3);
    send(polite.tid(), Signal::Tstp);
    sleep_tenths(3);
    send(polite.tid(), Signal::Cont);
    sleep_tenths(2);
    send(polite.tid(), Signal::Usr1);
    sleep_tenths(1);
    for worker in [&polite, &deaf] {
        send(worker.tid(), Signal::Int);
        sleep_tenths(2);
    }
    send(deaf.tid(), Signal::Kill);
    tell_end("polite", &polite);
    tell_end("deaf", &deaf);
}

/// Works until it is interrupted; tells how far it is when it is asked.
fn polite() {
    let mut laps = 0;
    loop {
        let told = coros::select! {
            told = signal::waiting(&[Signal::Usr1]) => told.is_ok(),
            _ = coros::syscall::Sleep(TENTH) => false,
        };
        match told {
            Ok(true) => say!("polite: {laps} laps so far"),
            Ok(false) => {
                laps += 1;
                say!("polite: lap {laps}");
            }
            Err(interrupted) => {
                say_folded(&format!("polite: {interrupted}; I tidy up"));
                return;
            }
        }
    }
}

/// Hears nothing of what can be ignored.
fn deaf() {
    signal::ignore(Signal::Int).expect("this one may be ignored");
    loop {
        sleep_tenths(4);
        say!("deaf: la la la");
    }
}

fn send(to: Tid, signal: Signal) {
    say!("boss: {signal} to task {to}");
    if let Err(error) = kill(to, signal) {
        say_folded(&format!("boss: {error}"));
    }
}

fn tell_end(name: &str, worker: &JoinHandle<()>) {
    match worker.join() {
        Ok(()) => say!("boss: {name} has ended by itself"),
        Err(error) => say_folded(&format!("boss: {name}: {error}")),
    }
}

fn sleep_tenths(count: u32) {
    // Interrupted, it goes on with what comes next.
    _ = sleep(count * TENTH);
}
