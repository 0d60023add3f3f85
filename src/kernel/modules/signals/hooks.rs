//! The signals that a scheduler hears of those for the process.

use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Relaxed},
};

use signal_hook::SigId;
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;

use crate::devices::{Reactor, Registration};
use crate::kernel::abi::signal::{Signal, SignalSet};
use crate::machine::SignalAction;

/// Under which key the reactor tells of signals; no source has it.
const KEY: usize = usize::MAX - 1;

/// The signals that a scheduler gets of those for the process.
pub(super) struct SignalHooks {
    delivery: SignalDelivery<UnixStream, SignalOnly>,
    /// Whether there is something to read; set by the handler, after all else.
    arrived: Arc<AtomicBool>,
    flags: Vec<SigId>,
    actions: Vec<(Signal, SignalAction)>,
    hooked: SignalSet,
    _registration: Registration,
}

impl SignalHooks {
    pub(super) fn open(reactor: &Reactor) -> io::Result<Self> {
        let (read, write) = UnixStream::pair()?;
        let registration = reactor.register(read.as_raw_fd(), KEY)?;
        let none: [i32; 0] = [];
        Ok(Self {
            delivery: SignalDelivery::with_pipe(read, write, SignalOnly, none)?,
            arrived: Arc::default(),
            flags: Vec::new(),
            actions: Vec::new(),
            hooked: SignalSet::default(),
            _registration: registration,
        })
    }

    /// Gets a signal from now on.
    pub(super) fn add(&mut self, signal: Signal) -> io::Result<()> {
        if self.hooked.has(signal) {
            return Ok(());
        }
        let number = signal.number();
        // In this order: what sees the flag finds the signal.
        self.actions.push((signal, SignalAction::listen(number)?));
        self.delivery.handle().add_signal(number)?;
        let arrived = Arc::clone(&self.arrived);
        self.flags
            .push(signal_hook::flag::register(number, arrived)?);
        self.hooked = self.hooked.with(signal);
        Ok(())
    }

    /// The action of a signal, if it is listened to.
    pub(super) fn action_of(&mut self, signal: Signal) -> Option<&mut SignalAction> {
        let found = self.actions.iter_mut().find(|it| it.0 == signal);
        found.map(|(_, action)| action)
    }

    /// Notes that the reactor has told of something that may be signals.
    pub(super) fn note_event(&self, key: usize) {
        if key == KEY {
            self.arrived.store(true, Relaxed);
        }
    }

    /// Takes what has come, if anything has.
    pub(super) fn take(&mut self) -> Option<SignalSet> {
        // To look at it costs next to nothing, and nothing is what has come nearly every time.
        if !self.arrived.load(Relaxed) || !self.arrived.swap(false, Acquire) {
            return None;
        }
        self.actions.iter().for_each(|(_, it)| it.has_read());
        let mut come = SignalSet::default();
        for number in self.delivery.pending() {
            Signal::from_number(number)
                .into_iter()
                .for_each(|signal| come = come.with(signal));
        }
        Some(come)
    }
}

impl Drop for SignalHooks {
    fn drop(&mut self) {
        for &flag in &self.flags {
            signal_hook::low_level::unregister(flag);
        }
    }
}
