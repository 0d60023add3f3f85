//! Ctrl-C, for what never waits: a wait hears of it by itself, but a task that only yields has to ask.

use std::io::{self, IsTerminal};
use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
use std::thread;

use coros::signal::Signal;
use signal_hook::iterator::Signals;

use crate::{progress, term};

/// What shells add to the number of the signal that has ended a program.
const SIGNALLED: u8 = 128;

static HEARD: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// A run handles signals, and ends in good order.
static RUN_LISTENS: AtomicBool = AtomicBool::new(false);

/// Notes from now on whether the process is asked to end. The run does the rest.
pub fn listen() {
    RUN_LISTENS.store(true, Relaxed);
    for signal in [Signal::Int, Signal::Term, Signal::Hup] {
        // Where this fails, the run cannot listen either, and says so.
        _ = signal_hook::flag::register(signal.number(), Arc::clone(&HEARD));
    }
}

/// Whether the process has been asked to end, so that a task which only yields should return.
pub fn is_heard() -> bool {
    HEARD.load(Relaxed)
}

/// From now on Ctrl-C ends the process with a word, whatever it does, unless a run [listens](listen). For
/// work that leaves nothing behind: no destructor runs.
pub fn end_at_ctrl_c() {
    // Where no thread can be made, or the signal not be had, Ctrl-C ends the process as ever.
    _ = thread::Builder::new().spawn(|| {
        let Ok(mut signals) = Signals::new([Signal::Int.number()]) else {
            return;
        };
        let heard = signals.forever().next().is_some();
        if !heard || RUN_LISTENS.load(Relaxed) {
            return;
        }
        if io::stderr().is_terminal() {
            progress::erase();
        }
        exit(tell(Signal::Int).into())
    });
}

/// Says that a signal has ended the program; returns the exit code for that: 130 for Ctrl-C.
pub fn tell(signal: Signal) -> u8 {
    match signal {
        Signal::Int => term::tell(format_args!("interrupted")),
        other => term::tell(format_args!("interrupted by {other}")),
    }
    SIGNALLED + u8::try_from(signal.number()).unwrap_or_default()
}
