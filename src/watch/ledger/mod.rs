//! The ledger: where each task's time goes, by the events. What metrics and lints stand on.
//!
//! ```text
//!  birth ──▶ ready ── its turn ──▶ on a CPU ── Compute ──▶ computing
//!              ▲                    │     │                 │     │
//!              ├── call answered ───┘     ├──── ends ───────┘     │
//!              ├── slice over, preempted ─┼───────────────────────┤
//!              └──── wake ──── blocked ◀──┴──── waits ────────────┘
//!  any of them ── stopped by a signal ──▶ stopped ── told to go on ──▶ ready
//! ```
//!
//! Where CPUs are simulated or a policy is at work, slices say who had a CPU and when, and turns are
//! moments in them. Else the turns themselves say it.

mod account;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

pub(super) use account::{Account, Phase};

use crate::kernel::{Death, Did, Event, OffCpu, Slice, Start, Step, Tid, Wake};

/// A task's stay on a CPU, which is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ran {
    pub(super) tid: Tid,
    pub(super) cpu: u32,
    pub(super) from: Duration,
    pub(super) until: Duration,
    /// Since when it had been ready before, as far as is known.
    pub(super) ready_since: Option<Duration>,
    /// How long it had been woken before, if it was.
    pub(super) latency: Option<Duration>,
    /// Why it has no CPU any more; if none, it goes on to compute, and more will be told.
    pub(super) why: Option<OffCpu>,
}

/// The accounts of all tasks.
#[derive(Default)]
pub(super) struct Ledger {
    accounts: BTreeMap<Tid, Account>,
    /// Those that have ended, the oldest first.
    ended: VecDeque<Tid>,
    /// When observation began, and the last moment seen.
    pub(super) began: Option<Duration>,
    pub(super) now: Duration,
    /// How many CPUs there are, as far as is known.
    pub(super) cpus: u32,
    /// Time is virtual: a task that computes does so on a simulated CPU, and between two turns.
    is_virtual: bool,
    /// There was a slice: from then on there are slices for all.
    is_sliced: bool,
    /// When the last turn was over: no two overlap.
    turned: Duration,
}

impl Ledger {
    pub(super) fn account(&self, tid: Tid) -> Option<&Account> {
        self.accounts.get(&tid)
    }

    /// All accounts that are kept, by the tasks' numbers.
    pub(super) fn accounts(&self) -> impl Iterator<Item = (Tid, &Account)> {
        self.accounts.iter().map(|(tid, account)| (*tid, account))
    }

    /// How long was observed, up to now.
    pub(super) fn span(&self) -> Duration {
        let began = self.began.unwrap_or_default();
        self.now.saturating_sub(began)
    }

    /// Takes the account out that was closed first, if more than so many are closed. To be asked at
    /// births: there is nothing more to come then for tasks that ended before.
    pub(super) fn forget(&mut self, keep: usize) -> Option<(Tid, Account)> {
        if self.ended.len() <= keep {
            return None;
        }
        let tid = self.ended.pop_front()?;
        let account = self.accounts.remove(&tid)?;
        Some((tid, account))
    }

    /// Enters an event; says what it tells of a task's time on a CPU.
    pub(super) fn observe(&mut self, event: &Event) -> Option<Ran> {
        match event {
            Event::Start(start) => self.start(start),
            Event::Birth(birth) => {
                self.see(birth.time.min(self.began.unwrap_or(birth.time)));
                self.accounts.insert(birth.tid, Account::new(birth));
            }
            Event::Claimed(claimed) => {
                if let Some(account) = self.accounts.get_mut(&claimed.tid) {
                    account.claim = claimed.claim.clone();
                }
            }
            Event::Wake(wake) => self.wake(wake),
            Event::JobControl(control) => {
                self.see(control.time);
                let account = self.of(control.tid, control.time);
                account.control(control.stopped, control.time);
            }
            Event::Death(death) => self.death(death),
            Event::Turn(step) => return self.turn(step),
            Event::Slice(slice) => return Some(self.slice(slice)),
            _ => {}
        }
        None
    }

    fn see(&mut self, time: Duration) {
        self.began.get_or_insert(time);
        self.now = self.now.max(time);
    }

    fn start(&mut self, start: &Start) {
        self.see(start.time);
        self.cpus = self.cpus.max(start.cpus);
        self.is_virtual = start.clock.starts_with("virtual");
    }

    fn wake(&mut self, wake: &Wake) {
        self.see(wake.time);
        self.of(wake.tid, wake.time).wake(wake.time);
    }

    fn death(&mut self, death: &Death) {
        self.see(death.time);
        let account = self.of(death.tid, death.time);
        // A slice may have told already when it ended.
        account.end.get_or_insert(death.time);
        if account.exit.replace(death.exit.clone()).is_none() {
            self.ended.push_back(death.tid);
        }
    }

    fn of(&mut self, tid: Tid, first_seen: Duration) -> &mut Account {
        let unknown = || Account::unknown(first_seen);
        self.accounts.entry(tid).or_insert_with(unknown)
    }

    fn slice(&mut self, slice: &Slice) -> Ran {
        self.see(slice.time);
        self.is_sliced = true;
        self.cpus = self.cpus.max(slice.cpu.saturating_add(1));
        let account = self.of(slice.tid, slice.from);
        account.compute_from(None);
        let mut ran = run(account, slice.tid, slice.from, slice.time, slice.why);
        ran.cpu = slice.cpu;
        ran
    }

    fn turn(&mut self, step: &Step) -> Option<Ran> {
        self.see(step.time);
        let from = step.time.saturating_sub(step.took).max(self.turned);
        self.turned = self.turned.max(step.time);
        let (is_sliced, is_virtual) = (self.is_sliced, self.is_virtual);
        let account = self.of(step.tid, from);
        if !is_sliced || step.did.is_yield() {
            account.note_yield();
        }
        if is_sliced || account.phase() == Phase::Computing {
            // A slice will tell, or has told; until then it counts as computing from here on.
            let computes = is_virtual && matches!(step.did, Did::Computes(_));
            account.compute_from(Some(step.time).filter(|_| computes));
            return None;
        }
        let why = match &step.did {
            did if computes(did) => OffCpu::SliceOver,
            Did::Ended(_) => OffCpu::Ended,
            Did::Waits(_) => OffCpu::Blocked,
            _ => OffCpu::Answered,
        };
        let mut ran = run(account, step.tid, from, step.time, why);
        if is_virtual && computes(&step.did) {
            account.compute_from(Some(step.time));
            ran.why = None;
        }
        ran.cpu = step.cpu;
        Some(ran)
    }
}

/// Whether a task wants more CPU time.
fn computes(did: &Did) -> bool {
    matches!(did, Did::Computes(_))
}

/// Enters a stay on a CPU, and why it is over.
fn run(account: &mut Account, tid: Tid, from: Duration, until: Duration, why: OffCpu) -> Ran {
    let before = account.settled_to();
    let from = from.max(before);
    let was_ready = account.is_ready();
    account.settle_gap(from);
    account.settle_cpu(until);
    account.note_stay((from, until), why);
    let latency = account.runs_from(from);
    account.stop(why, until);
    Ran {
        tid,
        cpu: 0,
        from,
        until,
        ready_since: was_ready.then_some(before),
        latency,
        why: Some(why),
    }
}
