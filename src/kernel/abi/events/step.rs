//! The record of a turn.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::cause::Cause;
use super::define::recorded;
#[cfg(feature = "record")]
use super::written::{nanos, some_nanos};
use crate::kernel::abi::exit::Exit;
use crate::kernel::abi::info::title;
use crate::kernel::abi::tid::Tid;
use crate::shown::shown;

/// What a task did in its turn.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Did {
    /// It asked for this, and was answered that; the answer's text may be empty.
    Asked(String, String),
    /// It asked for this, or was woken from it, and waits.
    Waits(String),
    /// It asked for CPU time, and computes.
    Computes(String),
    /// It ended.
    Ended(Exit),
}

shown!(impl Display for Did {
    Self::Asked(call, reply) if reply.is_empty() => format_args!("asked {call}"),
    Self::Asked(call, reply) => format_args!("asked {call} -> {reply}"),
    Self::Waits(call) => format_args!("waits in {call}"),
    Self::Computes(call) => format_args!("computes in {call}"),
    Self::Ended(exit) => exit,
});

impl Did {
    /// Whether it asked for nothing but to let others have their turns.
    pub(crate) fn is_yield(&self) -> bool {
        matches!(self, Self::Asked(call, _) if call == "Yield")
    }
}

/// A task that could have run in a turn.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Candidate {
    /// Who.
    pub tid: Tid,
    /// The keys by which the policy compared it with others, in words.
    pub key: String,
}

recorded! {
    /// The end of a task.
    #[derive(Eq)]
    pub struct Ended {
        /// Whose.
        pub tid: Tid,
        /// Its name; empty if it had none.
        pub name: Arc<str> = default,
        /// How it ended.
        pub exit: Exit,
    }

    /// A place in a program's text.
    #[derive(Eq)]
    pub struct Place {
        /// The file, as the compiler was told of it.
        pub file: Cow<'static, str>,
        /// The line, counted from 1.
        pub line: u32,
    }

    /// One turn of the loop, as [`Scheduler::step`](crate::Scheduler::step), observers and the trace log
    /// tell it.
    #[derive(Eq)]
    pub struct Step {
        /// Which turn this was, counted from 1.
        pub turn: u64,
        /// The scheduler's clock, counted from its start, when the turn was over.
        pub time: Duration as "nanos",
        /// How long the turn took by that clock: nothing in virtual time, unless the task blocked the loop.
        pub took: Duration as "nanos" = default,
        /// On which CPU.
        pub cpu: u32 = default,
        /// Whose turn it was.
        pub tid: Tid,
        /// Its name; empty if it has none.
        pub name: Arc<str> = default,
        /// Who could have run, the task itself among them: the first few, in the order in which they became
        /// ready. Empty if the task goes on without having queued.
        pub candidates: Vec<Candidate> = default,
        /// Why it was picked, in words; empty for the first in the queue.
        pub why: String = default,
        /// The reply that it was resumed with, in words, if that came only now: since it had to wait for it, or
        /// compute. What it was answered at once stands in the record of the turn in which it asked.
        pub with: String = default,
        /// What it did.
        pub did: Did,
        /// The source line of its call.
        pub place: Option<Place> = default,
        /// What it is parked on, in words, if it waits.
        pub on: Option<String> = default,
        /// When its wait ends by itself, if it has a deadline: a sleep's, or that of a scope around it.
        pub until: Option<Duration> as "some_nanos" = default,
        /// Who can end its wait, as far as is known.
        pub holders: Vec<Tid> = default,
        /// How deep its stack is, in bytes, where it asked; 0 if it has ended. Not recorded: it is the
        /// compiler's doing.
        #[cfg_attr(feature = "record", serde(skip))]
        pub depth: usize,
        /// Who was woken right before this turn, by a timer, or in it, in that order. So the task itself may
        /// be here, woken from the wait before.
        pub woke: Vec<Tid> = default,
        /// Why each of these was woken, in the same order: not all of it is the task's doing.
        pub causes: Vec<Cause> = default,
        /// Who else ended in this turn, and how.
        pub ended: Vec<Ended> = default,
        /// How many tasks are ready after the turn.
        pub ready: usize,
    }
}

impl Step {
    /// Of a turn about which nothing else is known yet.
    pub(in crate::kernel) fn of(turn: u64, tid: Tid) -> Self {
        Self {
            turn,
            time: Duration::ZERO,
            took: Duration::ZERO,
            cpu: 0,
            tid,
            name: Arc::default(),
            candidates: Vec::new(),
            why: String::new(),
            with: String::new(),
            did: Did::Ended(Exit::Returned),
            place: None,
            on: None,
            until: None,
            holders: Vec::new(),
            depth: 0,
            woke: Vec::new(),
            causes: Vec::new(),
            ended: Vec::new(),
            ready: 0,
        }
    }

    /// Forgets the turn before, and keeps its memory.
    pub(in crate::kernel) fn clear(&mut self) {
        self.candidates.clear();
        self.why.clear();
        self.with.clear();
        self.place = None;
        self.on = None;
        self.until = None;
        self.holders.clear();
        self.depth = 0;
        self.woke.clear();
        self.causes.clear();
        self.ended.clear();
    }

    /// The strings of what was done in the turn before, empty, to be written again.
    pub(in crate::kernel) fn take_texts(&mut self) -> (String, String) {
        let before = std::mem::replace(&mut self.did, Did::Waits(String::new()));
        let (mut call, mut reply) = match before {
            Did::Asked(call, reply) => (call, reply),
            Did::Waits(call) | Did::Computes(call) => (call, String::new()),
            Did::Ended(_) => Default::default(),
        };
        call.clear();
        reply.clear();
        (call, reply)
    }

    /// Counting references up and down takes its time, too.
    pub(in crate::kernel) fn set_name(&mut self, name: Option<&Arc<str>>) {
        match name {
            Some(name) if !Arc::ptr_eq(name, &self.name) => self.name = Arc::clone(name),
            None if !self.name.is_empty() => self.name = Arc::default(),
            _ => {}
        }
    }

    /// If the task ended whose turn it was, that is what it did.
    pub(in crate::kernel) fn tell_own_end(&mut self, tid: Tid) {
        if let Some(own) = self.ended.iter().position(|ended| ended.tid == tid) {
            let Ended { name, exit, .. } = self.ended.remove(own);
            (self.name, self.did) = (name, Did::Ended(exit));
        }
    }

    /// Who was woken, and by what, in words: first whom the task woke, as `woke 3, 4`, then whom something
    /// else woke, as `woken by timer: 2`.
    ///
    /// A task's own end, and the ends of those that it killed, are its doing. To have a scope interrupted,
    /// by a cancel, a signal or a deadline, is told as `interrupted 5`, whatever did it.
    ///
    /// ```
    /// use coros::{Clock, Scheduler, sleep, spawn};
    /// use std::time::Duration;
    ///
    /// let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    /// sched.spawn(|| {
    ///     let sleeper = spawn(|| sleep(Duration::from_secs(1)).unwrap());
    ///     sleeper.join().unwrap();
    /// });
    /// let last = std::iter::from_fn(|| sched.step().unwrap()).nth(2).unwrap();
    /// assert_eq!(last.wakes(), ["woke 1", "woken by timer: 2"]);
    /// ```
    #[must_use]
    pub fn wakes(&self) -> Vec<String> {
        self.wakes_of(|_| true)
    }

    /// As [`wakes`](Self::wakes), of some tasks alone.
    pub(super) fn wakes_of(&self, is_told: impl Fn(Tid) -> bool) -> Vec<String> {
        let mut kinds: Vec<((bool, String), Vec<Tid>)> = Vec::new();
        let told = |(_, tid): &(usize, &Tid)| is_told(**tid);
        for (at, tid) in self.woke.iter().enumerate().filter(told) {
            let kind = self.kind_of_wake(self.causes.get(at));
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, tids)) => tids.push(*tid),
                None => kinds.push((kind, vec![*tid])),
            }
        }
        kinds.sort_by_key(|((by_other, _), _)| *by_other);
        let told = kinds.into_iter().map(|((_, kind), tids)| {
            let tids: Vec<_> = tids.iter().map(Tid::to_string).collect();
            format!("{kind} {}", tids.join(", "))
        });
        told.collect()
    }

    /// Whether something else than this task woke those who were woken for this cause, and what stands
    /// before their numbers.
    fn kind_of_wake(&self, cause: Option<&Cause>) -> (bool, String) {
        let (by_other, kind) = match cause {
            Some(Cause::Task(by)) if *by != self.tid => {
                return (true, format!("woken by task {by}:"));
            }
            Some(Cause::Task(_) | Cause::Exit(_)) | None => (false, "woke"),
            Some(Cause::Interrupt) => (false, "interrupted"),
            Some(Cause::Timer) => (true, "woken by timer:"),
            Some(Cause::Device) => (true, "woken by a device:"),
            Some(Cause::Outside) => (true, "woken from outside:"),
        };
        (by_other, kind.to_owned())
    }
}

impl Place {
    pub(in crate::kernel) fn of(location: &'static Location<'static>) -> Self {
        Self {
            file: Cow::Borrowed(location.file()),
            line: location.line(),
        }
    }
}

shown!(impl Display for Place: self => "{}:{}", self.file, self.line);

shown!(impl Display for Ended: self => "{} {}", title(self.tid.number(), &self.name), self.exit);

/// As a sentence; the log tells it in columns.
impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = title(self.tid.number(), &self.name);
        write!(
            out,
            "turn {} at {:?}: {who} {}",
            self.turn, self.time, self.did
        )?;
        for ended in &self.ended {
            write!(out, "; {ended}")?;
        }
        for wakes in self.wakes() {
            write!(out, "; {wakes}")?;
        }
        write!(out, "; {} ready", self.ready)
    }
}
