//! Ctrl-C, for what never waits: a wait hears of it by itself, but a task that only yields has to ask.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

use coros::signal::Signal;

static HEARD: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Notes from now on whether the process is asked to end. The run does the rest.
pub fn listen() {
    for signal in [Signal::Int, Signal::Term, Signal::Hup] {
        // Where this fails, the run cannot listen either, and says so.
        _ = signal_hook::flag::register(signal.number(), Arc::clone(&HEARD));
    }
}

/// Whether the process has been asked to end, so that a task which only yields should return.
pub fn is_heard() -> bool {
    HEARD.load(Relaxed)
}
