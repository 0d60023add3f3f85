//! The observers of a scheduler, and how they are told.

use std::time::Duration;

use crate::kernel::abi::events::{
    Birth, Cause, Death, Event, Observer, Start, Timer, TimerDid, Wake,
};
use crate::kernel::abi::exit::Exit;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::journal::Change;
use crate::kernel::core::ledger;
use crate::kernel::core::log::{log_error, target};
use crate::kernel::core::quietly::quietly;
use crate::machine::TaskRef;

/// Whoever observes.
pub(in crate::kernel) type Observers = Vec<Box<dyn Observer>>;

impl Core {
    /// The time that is told: the clock's last reading.
    pub(in crate::kernel) fn moment(&self) -> Duration {
        Duration::from_nanos(self.clock.seen())
    }

    #[inline]
    pub(in crate::kernel) fn is_observed(&self) -> bool {
        !self.observers.is_empty()
    }

    /// Says anew whether the journal has readers.
    pub(in crate::kernel) fn note_readers(&self) {
        let is_observed = self.is_observed();
        self.journal.is_observed.set(is_observed);
        let is_read = is_observed | self.is_stepped | self.watch.is_some() | self.cpus.is_some();
        self.journal.is_read.set(is_read);
    }

    /// Tells the policy and the observers what has happened since the last time.
    #[inline]
    pub(in crate::kernel) fn read_journal(&mut self) {
        if self.journal.is_read.get() {
            self.read_all_changes();
        }
    }

    #[cold]
    #[inline(never)]
    fn read_all_changes(&mut self) {
        while let Some(change) = self.journal.take() {
            match change {
                Change::Told(event) => self.tell_event(&event),
                Change::Noted(note, now) => {
                    let event = self.told(note, now);
                    self.tell_event(&event);
                }
                Change::Woken { tid, cause, now } => self.tell_woken(tid, cause, now),
                Change::Born { task, parent, time } => self.tell_birth(&task, parent, time),
                Change::Arrived(tid, now) => self.admit(tid, Duration::from_nanos(now)),
                Change::Interrupted(tid) => self.break_off_computing(tid),
                other => self.tell_policy(other),
            }
        }
    }

    /// Adds an observer, and tells it what it finds.
    pub(in crate::kernel) fn observe(&mut self, observer: Box<dyn Observer>) {
        self.read_journal();
        let mut found = self.table.all();
        found.sort_unstable_by_key(Tid::of);
        // One that panics now does so again when it is told something, and is dropped then.
        self.turns_are_seen |= quietly(|| observer.sees_turns()).unwrap_or(true);
        // The others know.
        let others = std::mem::replace(&mut self.observers, vec![observer]);
        self.tell_event(&Event::Start(self.start()));
        let now = self.clock.seen();
        for task in found {
            let time = self.arrival_of(&task).unwrap_or(now);
            self.tell_birth(&task, None, time);
        }
        self.observers.splice(0..0, others);
        self.note_readers();
    }

    fn start(&self) -> Start {
        let policy = self.cpus.as_ref().and_then(|cpus| cpus.policy_name());
        Start {
            time: self.moment(),
            clock: self.clock.kind().to_string().into(),
            seed: self.seed,
            switch_cost: Duration::from_nanos(
                self.cpus.as_ref().map_or(0, |cpus| cpus.switch_cost),
            ),
            cpus: self.cpus.as_ref().map_or(1, |cpus| cpus.all.len() as u32),
            policy: policy.unwrap_or_else(|| "fifo".into()),
        }
    }

    /// Notes what observers are to be told of, if there are any.
    #[inline]
    pub(in crate::kernel) fn tell(&self, event: impl FnOnce() -> Event) {
        if self.journal.is_observed.get() {
            self.journal.note(|| Change::Told(Box::new(event())));
        }
    }

    /// Tells all observers; one that panics is one no more.
    #[inline(never)]
    pub(in crate::kernel) fn tell_event(&mut self, event: &Event) {
        self.each_observer(|observer| observer.observe(event));
    }

    /// Lets observers write out what they keep back.
    pub(in crate::kernel) fn pause_observers(&mut self) {
        self.read_journal();
        self.each_observer(|observer| observer.pause());
    }

    /// Lets observers know that the thread is about to sleep.
    pub(in crate::kernel) fn idle_observers(&mut self) {
        if self.is_observed() {
            self.read_journal();
            self.each_observer(|observer| observer.idle());
        }
    }

    fn each_observer(&mut self, mut visit: impl FnMut(&mut dyn Observer)) {
        // What observers do themselves is not observed.
        let _closed = ledger::Closed::now();
        let blind = self
            .observers
            .extract_if(.., |observer| quietly(|| visit(&mut **observer)).is_none());
        for observer in blind {
            // It is the user's, and may panic again.
            quietly(|| drop(observer));
            log_error(
                target::OBSERVER,
                format_args!("an observer panicked, and sees no more"),
            );
        }
        // While no observer looks at turns, no records of them are made.
        self.turns_are_seen &= self.is_observed();
        self.note_readers();
    }

    fn tell_birth(&mut self, task: &TaskRef, parent: Option<Tid>, time: u64) {
        if self.is_observed() {
            let birth = birth_of(task, parent, time);
            self.tell_event(&Event::Birth(birth));
        }
    }

    /// Tells the policy and the observers that a task has ended.
    #[cold]
    #[inline(never)]
    pub(in crate::kernel) fn tell_end(&mut self, tid: Tid, exit: &Exit) {
        self.retire_from_cpus(tid, !self.has_not_arrived(tid));
        let time = self.moment();
        self.tell(|| {
            let exit = exit.clone();
            Event::Death(Death { time, tid, exit })
        });
    }

    pub(in crate::kernel) fn tell_timer(&mut self, tid: Tid, did: TimerDid) {
        let time = self.moment();
        self.tell(|| Event::Timer(Timer { time, tid, did }));
    }

    /// A task that waited is ready again.
    fn tell_woken(&mut self, tid: Tid, cause: Cause, now: u64) {
        if let Some(watch) = &mut self.watch {
            watch.step().woke.push(tid);
            watch.step().causes.push(cause);
        }
        let time = Duration::from_nanos(now);
        if self.is_observed() {
            self.tell_event(&Event::Wake(Wake { time, tid, cause }));
        }
        self.tell_policy_of_woken(tid, time);
    }
}

fn birth_of(task: &TaskRef, parent: Option<Tid>, time: u64) -> Birth {
    let facts = task.facts();
    Birth {
        time: Duration::from_nanos(time),
        tid: Tid::of(task),
        name: facts.name.clone().unwrap_or_default(),
        daemon: facts.daemon,
        parent,
        claim: facts.claim(),
    }
}
