//! Simulated CPUs: which task computes where, until when; and the policy that says which is next.
//!
//! ```text
//!                     ┌────────── the policy ──────────┐
//!   run queue ──▶ pick ──▶ switched to ──▶ its turn ──▶ Compute? ──▶ computes ──▶ its next turn …
//!        ▲                                     │ no                       │ slice over, preempted
//!        └────────── answered ◀────────────────┴──▶ waits, ends           └──▶ run queue
//! ```
//!
//! What tasks do between two calls takes no time here: only `Compute` and the switch itself do. While
//! there is none of all this, one task after the other has its turn, and this module is not there.

mod compute;
mod dispatch;
mod inherit;
mod leave;
mod pick;
mod policy;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::kernel::abi::{Running, Tid};
use crate::kernel::core::Core;
use crate::kernel::parts::Reason;
use crate::machine::TaskRef;
pub(crate) use compute::{compute, stop_computing};
pub(crate) use dispatch::OnCpus;
use policy::PolicyGuard;
pub(crate) use policy::name as policy_name;
pub(crate) use read::{put_in_force, start_with};

/// The CPUs, and what is known of those who use them.
#[derive(Default)]
pub(crate) struct Cpus {
    pub(crate) all: Vec<Cpu>,
    /// Nanoseconds that a CPU takes to switch to another task than it had before.
    pub(crate) switch_cost: u64,
    /// The policy in force; none if it is first in, first out, out of the run queue.
    guard: Option<PolicyGuard>,
    /// Up to when what time brings about has been seen to.
    settled: u64,
    /// Whether the policy has been told of this moment.
    ticked: bool,
    /// When the policy wants to be told next.
    next_tick: Option<u64>,
    /// The task that has its turn, and on which CPU.
    turning: Option<(Tid, usize)>,
    /// What the task whose turn it is asked for: so much CPU time.
    asked: Option<(Tid, u64)>,
    /// The task that burnt a slice of real time last, and wants more.
    burning: Option<Tid>,
    /// The CPU time that a task got for its pending call, and was not told of yet.
    credit: BTreeMap<Tid, u64>,
    /// Tasks that wait for what others hold, for policies that let holders inherit.
    waiters: BTreeSet<Tid>,
    inheritance: Vec<(Tid, Tid)>,
    /// Preemptions since a task had its turn to the end.
    preemptions: usize,
}

/// A CPU, with who is on it.
#[derive(Default)]
pub(crate) struct Cpu {
    run: Option<CpuRun>,
    /// Who was on it last.
    last: Option<Tid>,
}

/// A task on a CPU.
struct CpuRun {
    task: TaskRef,
    /// When it comes, or has come: after the switch.
    from: u64,
    /// When it has to go at the latest.
    until: Option<u64>,
    doing: Doing,
    /// Why it was picked, until it has its turn.
    reason: Reason,
}

/// What a task does on its CPU.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// It is being switched to.
    Switched,
    /// It has its turn.
    Turn,
    /// It computes, since a moment, for so long.
    Computes { since: u64, left: u64 },
}

impl CpuRun {
    fn tid(&self) -> Tid {
        Tid::of(&self.task)
    }

    /// When it will go on with its turn, if it is not stopped before.
    fn goes_on_at(&self) -> Option<u64> {
        match self.doing {
            Doing::Switched => Some(self.from),
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
    fn new(count: u32, switch_cost: u64) -> Self {
        Self {
            all: (0..count.max(1)).map(|_| Cpu::default()).collect(),
            switch_cost,
            ..Self::default()
        }
    }

    /// The CPU that a task is on.
    fn cpu_of(&self, tid: Tid) -> Option<usize> {
        let is_on = |cpu: &Cpu| cpu.run.as_ref().is_some_and(|run| run.tid() == tid);
        self.all.iter().position(is_on)
    }

    /// Whether a task has its turn now: what becomes of it counts when that is over.
    fn has_its_turn(&self, tid: Tid) -> bool {
        self.turning.is_some_and(|turning| turning.0 == tid)
    }

    /// The run of a task that is on a CPU.
    fn run_of(&self, tid: Tid) -> Option<&CpuRun> {
        self.all[self.cpu_of(tid)?].run.as_ref()
    }

    fn idle(&self) -> Option<usize> {
        self.all.iter().position(|cpu| cpu.run.is_none())
    }

    /// The first CPU whose task is to go on with its turn.
    fn due(&self, now: u64) -> Option<usize> {
        self.all.iter().position(|cpu| {
            let goes_on = cpu.run.as_ref().and_then(CpuRun::goes_on_at);
            goes_on.is_some_and(|time| time <= now)
        })
    }

    /// When something happens on a CPU.
    fn next(&self) -> Option<u64> {
        let runs = self.all.iter().filter_map(|cpu| cpu.run.as_ref());
        runs.filter_map(CpuRun::next).min()
    }

    /// Who computes where.
    fn running(&self, now: u64) -> Vec<Running> {
        let runs = self.all.iter().zip(0..);
        runs.filter_map(|(cpu, number)| Some((cpu.run.as_ref()?, number)))
            .filter(|(run, _)| matches!(run.doing, Doing::Computes { .. }))
            .map(|(run, cpu)| Running {
                task: run.tid(),
                cpu,
                used: Duration::from_nanos(now.saturating_sub(run.from)),
            })
            .collect()
    }
}

/// The CPUs, where there are any.
pub(crate) fn find(core: &Core) -> Option<&Cpus> {
    core.module()
}

/// The CPUs, where they are known to be.
fn of(core: &mut Core) -> &mut Cpus {
    core.module_mut().expect("only asked where there are CPUs")
}
