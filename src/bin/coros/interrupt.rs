//! Ctrl-C, for what never waits: a wait hears of it by itself, but a task that only yields has to ask.

use std::io::{self, IsTerminal};
use std::process::exit;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
use std::thread;

use coros::signal::Signal;
use signal_hook::iterator::Signals;

use crate::{progress, term};

/// What shells add to the number of the signal that has ended a program.
const SIGNALLED: u8 = 128;

/// The number of the signal that came last, or 0.
static HEARD: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// A run handles signals, and ends in good order.
static RUN_LISTENS: AtomicBool = AtomicBool::new(false);

/// Notes from now on whether the process is asked to end. The run does the rest.
pub fn listen() {
    RUN_LISTENS.store(true, Relaxed);
    let ignored = ignored();
    for signal in [Signal::Int, Signal::Term, Signal::Hup] {
        let number = signal.number() as usize;
        if ignored & 1 << (number - 1) == 0 {
            // Where this fails, the run cannot listen either, and says so.
            _ = signal_hook::flag::register_usize(signal.number(), Arc::clone(&HEARD), number);
        }
    }
}

/// The signals that the process ignores, as under `nohup`: a bit for each, the lowest for number 1. A system
/// that does not tell is taken to ignore none.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

/// Whether the process has been asked to end, so that a task which only yields should return.
pub fn is_heard() -> bool {
    HEARD.load(Relaxed) != 0
}

/// The signal by which it has been asked. A run whose tasks all return for that may be over before its loop
/// has read the signal.
pub fn heard() -> Option<Signal> {
    i32::try_from(HEARD.load(Relaxed))
        .ok()
        .and_then(Signal::from_number)
}

/// From now on Ctrl-C ends the process with a word, whatever it does, unless a run [listens](listen). For
/// work that leaves nothing behind: no destructor runs.
pub fn end_at_ctrl_c() {
    // Where this fails, Ctrl-C ends the process as ever.
    let Ok(mut signals) = Signals::new([Signal::Int.number()]) else {
        return;
    };
    let listener = thread::Builder::new().spawn(move || {
        let heard = signals.forever().next().is_some();
        if !heard || RUN_LISTENS.load(Relaxed) {
            return;
        }
        if io::stderr().is_terminal() {
            progress::erase();
        }
        exit(tell(Signal::Int).into())
    });
    if listener.is_err() {
        // No thread can be made: the signal does again what the system always does.
        let always = Arc::new(AtomicBool::new(true));
        _ = signal_hook::flag::register_conditional_default(Signal::Int.number(), always);
    }
}

/// Says that a signal has ended the program; returns the exit code for that: 130 for Ctrl-C.
pub fn tell(signal: Signal) -> u8 {
    match signal {
        Signal::Int => term::tell(format_args!("interrupted")),
        other => term::tell(format_args!("interrupted by {other}")),
    }
    SIGNALLED + u8::try_from(signal.number()).unwrap_or_default()
}
