//! A task's account: what it is, and how much of its time went where.

use std::sync::Arc;
use std::time::Duration;

use crate::kernel::{Birth, Exit, OffCpu, SchedParams, Tid};
use crate::watch::OnlyReturns;

/// Where a task is, as far as events tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::watch) enum Phase {
    /// It could run.
    #[default]
    Ready,
    /// It has a simulated CPU, and computes there.
    Computing,
    /// It waits.
    Blocked,
    /// It was stopped by a signal.
    Stopped,
    /// It is gone.
    Ended,
}

/// How much of a task's time went where.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(in crate::watch) struct Times {
    pub(in crate::watch) cpu: Duration,
    pub(in crate::watch) waiting: Duration,
    pub(in crate::watch) blocked: Duration,
    /// The longest single time that it was ready, and did not run.
    pub(in crate::watch) longest: Duration,
}

impl Times {
    fn add(&mut self, phase: Phase, time: Duration) {
        match phase {
            Phase::Ready => {
                self.waiting += time;
                self.longest = self.longest.max(time);
            }
            Phase::Computing => self.cpu += time,
            Phase::Blocked | Phase::Stopped => self.blocked += time,
            Phase::Ended => {}
        }
    }
}

/// A task's account.
#[derive(Clone, Debug, Default)]
pub(in crate::watch) struct Account {
    pub(in crate::watch) name: Arc<str>,
    pub(in crate::watch) daemon: bool,
    pub(in crate::watch) parent: Option<Tid>,
    pub(in crate::watch) claim: SchedParams,
    pub(in crate::watch) arrival: Duration,
    pub(in crate::watch) first_run: Option<Duration>,
    pub(in crate::watch) end: Option<Duration>,
    pub(in crate::watch) exit: Option<Exit>,
    /// Where it is, leaving out that it computes.
    phase: Phase,
    /// Since when it has a simulated CPU to compute on, by what its last turn says.
    computing: Option<Duration>,
    /// What is settled. All of a task's time up to `settled_to` is in it, and no time is in it twice:
    /// so the sums agree with the clock, whatever comes.
    times: Times,
    settled_to: Duration,
    /// When it was woken, until it runs.
    woken: Option<Duration>,
    /// When its work was done, as far as is known, and how its time went up to there.
    done: Option<(Duration, Times)>,
    only_returns: OnlyReturns,
    /// It was woken while it had a CPU: a wait that it begins there is over at once.
    woken_on_cpu: bool,
}

impl Account {
    /// The account of a task of which nothing is known but when it was first seen.
    pub(super) fn unknown(arrival: Duration) -> Self {
        Self {
            arrival,
            settled_to: arrival,
            ..Self::default()
        }
    }

    pub(super) fn new(birth: &Birth) -> Self {
        Self {
            name: Arc::clone(&birth.name),
            daemon: birth.daemon,
            parent: birth.parent,
            claim: birth.claim.clone().unwrap_or_default(),
            ..Self::unknown(birth.time)
        }
    }

    pub(super) fn settled_to(&self) -> Duration {
        self.settled_to
    }

    fn settle(&mut self, phase: Phase, until: Duration) {
        self.times.add(phase, until.saturating_sub(self.settled_to));
        self.settled_to = self.settled_to.max(until);
    }

    /// Settles the time up to a moment at which it gets a CPU.
    pub(super) fn settle_gap(&mut self, until: Duration) {
        self.settle(self.phase, until);
    }

    /// Settles the time up to a moment up to which it has a CPU.
    pub(super) fn settle_cpu(&mut self, until: Duration) {
        self.settle(Phase::Computing, until);
    }

    /// It had a CPU from one moment to another, and gave it up for this reason. That was work, unless the
    /// task only returned.
    pub(super) fn note_stay(&mut self, (from, until): (Duration, Duration), why: OffCpu) {
        if !self.only_returns.end_stay(from < until, why) {
            self.done = Some((until, self.times));
        }
    }

    /// When the work was done that it did last.
    pub(in crate::watch) fn done_at(&self) -> Option<Duration> {
        self.done.map(|(at, _)| at)
    }

    /// It lets others go first: what it does afterwards is work, for it has waited for that.
    pub(super) fn note_yield(&mut self) {
        self.only_returns.forget();
    }

    /// It computes from now on, or does not.
    pub(super) fn compute_from(&mut self, since: Option<Duration>) {
        self.computing = self.computing.filter(|_| since.is_some()).or(since);
    }

    /// Where it is, as far as is known.
    pub(in crate::watch) fn phase(&self) -> Phase {
        match self.computing {
            Some(_) => Phase::Computing,
            None => self.phase,
        }
    }

    /// Whether it could run, and has no CPU, as far as is known.
    pub(in crate::watch) fn is_ready(&self) -> bool {
        self.phase() == Phase::Ready && self.end.is_none()
    }

    /// How long it took from its arrival to its first run.
    pub(in crate::watch) fn response(&self) -> Option<Duration> {
        let first_run = self.first_run?;
        Some(first_run.saturating_sub(self.arrival))
    }

    /// It has a CPU from this moment on; says how long ago it was woken, if it was.
    pub(super) fn runs_from(&mut self, from: Duration) -> Option<Duration> {
        self.first_run.get_or_insert(from);
        let woken = self.woken.take()?;
        Some(from.saturating_sub(woken))
    }

    /// It was woken.
    pub(super) fn wake(&mut self, now: Duration) {
        if matches!(self.phase, Phase::Blocked | Phase::Stopped) {
            self.settle(self.phase, now);
            self.phase = Phase::Ready;
            self.woken = Some(now);
            self.only_returns.forget();
        } else {
            self.woken_on_cpu = true;
        }
    }

    /// It was stopped by a signal, or told to go on. One that waited was woken then.
    pub(super) fn control(&mut self, stopped: bool, now: Duration) {
        self.settle(self.phase, now);
        self.only_returns.forget();
        self.phase = match (stopped, self.phase) {
            (true, _) => Phase::Stopped,
            (false, Phase::Stopped) => Phase::Ready,
            (false, phase) => phase,
        };
    }

    /// It has no CPU any more.
    pub(super) fn stop(&mut self, why: OffCpu, now: Duration) {
        let woken = std::mem::take(&mut self.woken_on_cpu);
        self.phase = match why {
            OffCpu::Blocked if !woken => Phase::Blocked,
            OffCpu::Ended => Phase::Ended,
            _ => Phase::Ready,
        };
        match (why, self.done) {
            (OffCpu::Blocked, _) if woken => self.woken = Some(now),
            (OffCpu::Ended, Some((at, times))) => (self.end, self.times) = (Some(at), times),
            (OffCpu::Ended, None) => self.end = Some(now),
            _ => {}
        }
    }

    /// How much of its time went where, up to its end or to now.
    pub(in crate::watch) fn times(&self, now: Duration) -> Times {
        let until = self.end.unwrap_or(now);
        let since = self.computing.map_or(until, |since| since.min(until));
        let mut times = self.times;
        times.add(self.phase, since.saturating_sub(self.settled_to));
        times.add(
            Phase::Computing,
            until.saturating_sub(since.max(self.settled_to)),
        );
        times
    }
}
