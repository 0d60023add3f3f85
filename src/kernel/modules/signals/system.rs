//! Signals from the system: who listens, and what a run does about them.

use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Relaxed},
};
use std::time::Duration;

use signal_hook::SigId;
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;
use signal_hook::low_level::emulate_default_handler;

use super::{Signal, SignalSet};
use crate::devices::{Reactor, Registration};
use crate::kernel::abi::interrupted::Interrupted;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::log::{log_warn, target};
use crate::machine::Listening;

/// Under which key the reactor tells of signals; no source has it.
const KEY: usize = usize::MAX - 1;

/// What a run does by itself about signals for the whole process.
pub(in crate::kernel) const HANDLED: [Signal; 3] = [Signal::Int, Signal::Term, Signal::Hup];

/// The signals that a scheduler gets of those for the process.
pub(in crate::kernel) struct Hooks {
    delivery: SignalDelivery<UnixStream, SignalOnly>,
    /// Whether there is something to read; set by the handler, after all else.
    arrived: Arc<AtomicBool>,
    flags: Vec<SigId>,
    listening: Vec<(Signal, Listening)>,
    hooked: SignalSet,
    _registration: Registration,
}

impl Hooks {
    pub(in crate::kernel) fn open(reactor: &Reactor) -> io::Result<Self> {
        let (read, write) = UnixStream::pair()?;
        let registration = reactor.register(read.as_raw_fd(), KEY)?;
        let none: [i32; 0] = [];
        Ok(Self {
            delivery: SignalDelivery::with_pipe(read, write, SignalOnly, none)?,
            arrived: Arc::default(),
            flags: Vec::new(),
            listening: Vec::new(),
            hooked: SignalSet::default(),
            _registration: registration,
        })
    }

    /// Gets a signal from now on.
    pub(in crate::kernel) fn add(&mut self, signal: Signal) -> io::Result<()> {
        if self.hooked.has(signal) {
            return Ok(());
        }
        let number = signal.number();
        // In this order: whoever sees the flag finds the signal.
        self.listening.push((signal, Listening::to(number)?));
        self.delivery.handle().add_signal(number)?;
        let arrived = Arc::clone(&self.arrived);
        self.flags
            .push(signal_hook::flag::register(number, arrived)?);
        self.hooked.add(signal);
        Ok(())
    }

    /// The listening to a signal, if it is listened to.
    pub(super) fn listening_to(&mut self, signal: Signal) -> Option<&mut Listening> {
        let found = self.listening.iter_mut().find(|it| it.0 == signal);
        found.map(|(_, listening)| listening)
    }

    /// Notes that the reactor has told of something that may be signals.
    pub(in crate::kernel) fn note_event(&self, key: usize) {
        if key == KEY {
            self.arrived.store(true, Relaxed);
        }
    }

    /// Takes what has come, if anything has.
    fn take(&mut self) -> Option<SignalSet> {
        // To look at it costs next to nothing, and nothing is what has come nearly every time.
        if !self.arrived.load(Relaxed) || !self.arrived.swap(false, Acquire) {
            return None;
        }
        self.listening.iter().for_each(|(_, it)| it.has_read());
        let mut come = SignalSet::default();
        for number in self.delivery.pending() {
            Signal::from_number(number)
                .into_iter()
                .for_each(|signal| come.add(signal));
        }
        Some(come)
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        for &flag in &self.flags {
            signal_hook::low_level::unregister(flag);
        }
    }
}

impl Core {
    /// Lets the run see to the signals that are meant to end it, if that was asked for, and to those that
    /// tasks asked for in a run before.
    pub(in crate::kernel) fn hook_signals_of_run(&mut self) {
        let mut wanted = SignalSet::default();
        if self.grace.is_some() {
            // What is ignored from the start, as under `nohup`, is meant to be.
            let is_meant = |it: &Signal| !Listening::is_to_be_ignored(it.number());
            wanted = HANDLED.into_iter().filter(is_meant).collect();
        }
        // Without a door to the outside nobody has ever asked.
        if self.outside.is_some() {
            wanted.add_all(self.asked_of_all());
        }
        for signal in wanted.iter() {
            if let Err(error) = self.hook_signal(signal) {
                log_warn(
                    target::SIGNAL,
                    format_args!(
                        "{signal} ends the process at once, since nobody can listen: {error}"
                    ),
                );
            }
            self.review_end_at(signal);
        }
    }

    /// The run is over: signals do again what they did before.
    pub(in crate::kernel) fn unhook_signals(&mut self) {
        self.note_last_signals();
        self.interrupted_by_signal.clear();
        if let Some(outside) = &mut self.outside {
            outside.hooks = None;
        }
    }

    /// Notes a signal that came too late for any task to hear of it: the caller of the run may end for it.
    fn note_last_signals(&mut self) {
        let hooks = self.outside.as_mut().and_then(|it| it.hooks.as_mut());
        let last = hooks.and_then(Hooks::take).unwrap_or_default();
        if self.grace.is_some() {
            let meant = HANDLED.into_iter().find(|&signal| last.has(signal));
            self.report.signal = self.report.signal.or(meant);
        }
    }

    /// Gets a signal from the system from now on.
    pub(in crate::kernel) fn hook_signal(&mut self, signal: Signal) -> io::Result<()> {
        let outside = self.outside()?;
        if outside.hooks.is_none() {
            outside.hooks = Some(Hooks::open(&outside.reactor)?);
        }
        let hooks = outside.hooks.as_mut().expect("opened just now");
        hooks.add(signal)
    }

    /// The signals that tasks have asked for.
    pub(super) fn asked_of_all(&self) -> SignalSet {
        let none = SignalSet::default();
        let mut asked = none;
        for task in self.table.all() {
            let extra = task.facts().extra_if_any();
            asked.add_all(extra.map_or(none, |extra| extra.signals.borrow().asked));
        }
        asked
    }

    /// Reads the signals that have come; says whether any may have.
    pub(in crate::kernel) fn read_signals(&mut self) -> bool {
        let hooks = self.outside.as_mut().and_then(|it| it.hooks.as_mut());
        let come = hooks.and_then(Hooks::take);
        let has_come = come.is_some();
        for signal in come.into_iter().flat_map(SignalSet::iter) {
            self.end_turns();
            self.follow_signal(signal);
        }
        has_come
    }

    /// A signal for the process: whoever asked has it; the run does the rest.
    fn follow_signal(&mut self, signal: Signal) {
        let mut all = self.table.tids();
        let others = all.extract_if(.., |tid| !self.has_asked(*tid, signal));
        let others: Vec<Tid> = others.collect();
        for &tid in &all {
            let task = self.table.get(tid.slot());
            self.hand_over(&task, signal);
        }
        let is_anybodys = !all.is_empty() || others.iter().any(|&tid| self.ignores(tid, signal));
        match (signal, self.grace) {
            (Signal::Int, _) => self.interrupt_run(&others),
            (Signal::Term | Signal::Hup, Some(grace)) if all.is_empty() => {
                self.report.signal.get_or_insert(signal);
                if self.stopping.is_none() {
                    // The loop has come to it, and has its time of grace from now on.
                    self.review_end_at(signal);
                }
                self.stop_run(grace, Interrupted::signalled(signal, None));
            }
            // Whoever asked for it has taken that back, or has ended.
            _ if !is_anybodys => _ = emulate_default_handler(signal.number()),
            _ => {}
        }
    }

    /// Ctrl-C: those who did not ask for it are interrupted; for the second time, that is the end.
    fn interrupt_run(&mut self, others: &[Tid]) {
        let why = Interrupted::signalled(Signal::Int, None);
        let before = std::mem::take(&mut self.interrupted_by_signal);
        if before.iter().any(|&tid| self.table.find(tid).is_some()) {
            self.report.signal.get_or_insert(Signal::Int);
            if self.grace.is_some() {
                // To read it has ended the count that began with it; a destructor may block yet.
                self.end_process_now(Signal::Int);
            }
            return self.stop_run(Duration::ZERO, why);
        }
        for &tid in others {
            // To break off one's wait may be the end of another.
            let task = self.table.find(tid);
            if let Some(task) = task.filter(|_| !self.ignores(tid, Signal::Int)) {
                self.report.signal.get_or_insert(Signal::Int);
                self.interrupted_by_signal.push(tid);
                self.interrupt_task(task, why.clone());
            }
        }
        if self.grace.is_some() && !self.interrupted_by_signal.is_empty() {
            self.end_process_at(Signal::Int, Duration::ZERO);
        }
    }
}
