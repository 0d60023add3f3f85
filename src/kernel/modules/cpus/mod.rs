//! Simulated CPUs: who computes where, until when; and the policy that says who is next.
//!
//! ```text
//!                     ┌────────── the policy ──────────┐
//!   ready queue ──▶ pick ──▶ switched to ──▶ its turn ──▶ Compute? ──▶ computes ──▶ its next turn …
//!        ▲                                     │ no                       │ slice over, preempted
//!        └────────── answered ◀────────────────┴──▶ waits, ends           └──▶ ready queue
//! ```
//!
//! What tasks do between two calls takes no time here: only `Compute` and the switch itself do. While
//! there is none of all this, one task after the other has its turn, and this module is not there.

mod compute;
mod dispatch;
mod governor;
mod loans;
mod pick;
mod settle;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::trace::turn::Reason;
use crate::kernel::abi::policy::Running;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::state::State;
use crate::machine::TaskRef;
use governor::Governor;

/// The CPUs, and what is known of those who use them.
pub(in crate::kernel) struct Cpus {
    pub(in crate::kernel) all: Vec<Cpu>,
    /// Nanoseconds that a CPU takes to switch to another task than it had before.
    pub(in crate::kernel) switch_cost: u64,
    /// None: first in, first out, out of the ready queue.
    governor: Option<Governor>,
    /// Up to when what time brings about has been seen to.
    settled: u64,
    /// Whether the policy has been told of this moment.
    ticked: bool,
    /// When the policy wants to be told next.
    next_tick: Option<u64>,
    /// Whose turn it is.
    turning: Option<Tid>,
    /// What the task whose turn it is asked for: so much CPU time.
    asked: Option<(Tid, u64)>,
    /// The CPU time that a task got for its pending call, and was not told of yet.
    credit: BTreeMap<Tid, u64>,
    /// Tasks that wait for what others hold, for policies that let holders inherit.
    debtors: BTreeSet<Tid>,
    loans: Vec<(Tid, Tid)>,
    /// Preemptions since anybody got on.
    preemptions: usize,
}

/// A CPU, with who is on it.
#[derive(Default)]
pub(in crate::kernel) struct Cpu {
    stay: Option<Stay>,
    /// Who was on it last.
    last: Option<Tid>,
}

/// A task's stay on a CPU.
struct Stay {
    task: TaskRef,
    /// When it comes, or has come: after the switch.
    from: u64,
    /// When it has to go at the latest.
    until: Option<u64>,
    doing: Doing,
    /// Why it was picked, until it has its turn, if somebody watches.
    reason: Option<Box<Reason>>,
}

/// What a task does on its CPU.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// It is being switched to; it was in this state before.
    Arrives(State),
    /// It has its turn.
    Turn,
    /// It computes, since a moment, for so long.
    Computes { since: u64, left: u64 },
}

impl Stay {
    fn tid(&self) -> Tid {
        Tid::of(&self.task)
    }

    /// When it will go on with its turn, if nobody stops it.
    fn goes_on_at(&self) -> Option<u64> {
        match self.doing {
            Doing::Arrives(_) => Some(self.from),
            Doing::Turn => None,
            Doing::Computes { since, left } => Some(since.saturating_add(left)),
        }
    }

    /// When something happens to it.
    fn next(&self) -> Option<u64> {
        let goes_on = self.goes_on_at()?;
        match self.doing {
            Doing::Computes { .. } => Some(self.until.map_or(goes_on, |until| until.min(goes_on))),
            _ => Some(goes_on),
        }
    }
}

impl Cpus {
    pub(in crate::kernel) fn new(count: u32, switch_cost: u64) -> Self {
        Self {
            all: (0..count.max(1)).map(|_| Cpu::default()).collect(),
            switch_cost,
            governor: None,
            settled: 0,
            ticked: false,
            next_tick: None,
            turning: None,
            asked: None,
            credit: BTreeMap::new(),
            debtors: BTreeSet::new(),
            loans: Vec::new(),
            preemptions: 0,
        }
    }

    /// The CPU that a task is on.
    fn cpu_of(&self, tid: Tid) -> Option<usize> {
        let is_on = |cpu: &Cpu| cpu.stay.as_ref().is_some_and(|stay| stay.tid() == tid);
        self.all.iter().position(is_on)
    }

    fn idle(&self) -> Option<usize> {
        self.all.iter().position(|cpu| cpu.stay.is_none())
    }

    /// The first CPU whose task is to go on with its turn.
    fn due(&self, now: u64) -> Option<usize> {
        self.all.iter().position(|cpu| {
            let goes_on = cpu.stay.as_ref().and_then(Stay::goes_on_at);
            goes_on.is_some_and(|time| time <= now)
        })
    }

    /// When something happens on a CPU.
    fn next(&self) -> Option<u64> {
        let stays = self.all.iter().filter_map(|cpu| cpu.stay.as_ref());
        stays.filter_map(Stay::next).min()
    }

    /// Who computes where.
    fn running(&self, now: u64) -> Vec<Running> {
        let stays = self.all.iter().zip(0..);
        stays
            .filter_map(|(cpu, number)| Some((cpu.stay.as_ref()?, number)))
            .filter(|(stay, _)| matches!(stay.doing, Doing::Computes { .. }))
            .map(|(stay, cpu)| Running {
                task: stay.tid(),
                cpu,
                used: Duration::from_nanos(now.saturating_sub(stay.from)),
            })
            .collect()
    }
}

impl Core {
    /// Makes the CPUs that everybody has who asks for nothing else: one.
    fn cpus_made(&mut self) -> &mut Cpus {
        let serving = self.table.try_get(self.serving.get());
        let turning = serving.as_ref().map(Tid::of);
        if self.cpus.is_none() {
            // From now on each turn goes through here.
            self.mail.ring();
            let mut cpus = Cpus::new(1, 0);
            // The task that has its turn now is queued when the next turn is dispatched.
            cpus.turning = turning;
            self.cpus = Some(Box::new(cpus));
            self.note_readers();
        }
        self.cpus()
    }

    /// Whether a task has asked for CPU time, and has not got all of it.
    pub(in crate::kernel) fn computes(&self, tid: Tid) -> bool {
        let burns = self.burning == Some(tid);
        burns
            || self.cpus.as_ref().is_some_and(|cpus| {
                let doing = cpus.cpu_of(tid).and_then(|cpu| cpus.all[cpu].stay.as_ref());
                let is_on = doing.is_some_and(|stay| stay.doing != Doing::Turn);
                let asks = cpus.asked.is_some_and(|asked| asked.0 == tid);
                is_on || asks || cpus.credit.contains_key(&tid)
            })
    }

    /// Whether a task's burst is over, though it has not gone on yet.
    pub(in crate::kernel) fn has_computed(&self, tid: Tid) -> bool {
        let now = self.clock.seen();
        let cpus = self.cpus.as_ref();
        let stay = cpus.and_then(|cpus| cpus.all[cpus.cpu_of(tid)?].stay.as_ref());
        stay.and_then(Stay::goes_on_at)
            .is_some_and(|time| time <= now)
    }
}
