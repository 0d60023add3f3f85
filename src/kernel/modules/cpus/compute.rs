//! Asking for CPU time: simulated in virtual time, burnt in real time.

use std::time::Duration;

use super::Doing;
use crate::devices;
use crate::kernel::abi::policy::Stop;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::face::Kernel;
use crate::kernel::core::state::State;
use crate::machine::TaskRef;

/// What a task burns at a time in real time, unless its slice is shorter.
const BURN: Duration = Duration::from_millis(1);

impl Kernel<'_> {
    /// Lets the caller have CPU time, and takes off `left` what it has got; says whether that is all it
    /// asked for. If not, it is served again when it has got more.
    ///
    /// # Panics
    ///
    /// In a branch of a select: whoever selects waits, and uses no CPU meanwhile.
    pub(crate) fn compute(&mut self, caller: Tid, left: &mut Duration) -> bool {
        assert!(
            !self.branched,
            "Compute cannot be a branch of a select: it does not wait, it uses a CPU"
        );
        let task = self.served(caller);
        if !left.is_zero() && std::thread::panicking() {
            return false; // It unwinds, and goes on at once; nobody is to find it on a CPU, or ready.
        }
        match self.core.clock.is_virtual() {
            true => self.core.compute(caller, left),
            false => self.core.burn(task, left),
        }
    }

    /// The caller gives up computing.
    pub(crate) fn stop_computing(&mut self, caller: Tid) {
        self.core.stop_computing(caller);
    }
}

impl Core {
    fn compute(&mut self, caller: Tid, left: &mut Duration) -> bool {
        let cpus = self.cpus_made();
        let got = cpus.credit.remove(&caller).unwrap_or(0);
        // What cannot be counted is nobody's to compute: time would never come to its end.
        let more = devices::nanoseconds(*left).saturating_sub(got);
        *left = Duration::from_nanos(more);
        if more == 0 {
            return true;
        }
        cpus.asked = Some((caller, more));
        false
    }

    /// Burns a slice of real time.
    fn burn(&mut self, task: &TaskRef, left: &mut Duration) -> bool {
        let caller = Tid::of(task);
        let extra = task.facts().extra_if_any();
        if extra.is_some_and(|extra| extra.scopes.borrow().is_interrupted()) {
            return false; // As a task that waits, not one that is ready, it is broken off next.
        }
        let now = self.clock.read();
        let until = self.cpus.as_ref().and_then(|cpus| {
            let stay = cpus.all[cpus.cpu_of(caller)?].stay.as_ref();
            stay?.until
        });
        let slice = until.map_or(BURN, |until| {
            Duration::from_nanos(until.saturating_sub(now))
        });
        let burnt = self.clock.burn((*left).min(slice).min(BURN));
        *left = left.saturating_sub(burnt);
        self.burning = (!left.is_zero()).then_some(caller);
        if left.is_zero() {
            return true;
        }
        // To the tail: it is served again in its next turn.
        State::Woken.put(task);
        self.ready.push(task.clone());
        false
    }

    fn stop_computing(&mut self, caller: Tid) {
        self.burning.take_if(|burning| *burning == caller);
        let task = self.table.find(caller);
        let Some(cpus) = &mut self.cpus else { return };
        cpus.asked.take_if(|asked| asked.0 == caller);
        let is_killed = |task: TaskRef| State::of(&task) == State::Dying;
        if task.is_some_and(is_killed) {
            return; // It leaves its CPU when it has ended.
        }
        if cpus.turning != Some(caller)
            && let Some(cpu) = cpus.cpu_of(caller)
        {
            self.stop(cpu, Stop::Preempted);
        }
        self.cpus().credit.remove(&caller);
    }

    /// In which state a task was before it came on a CPU, for its kill.
    pub(in crate::kernel) fn state_before_cpu(&self, victim: &TaskRef) -> State {
        let tid = Tid::of(victim);
        let Some(cpus) = &self.cpus else {
            return State::Waiting;
        };
        let stay = cpus.cpu_of(tid).and_then(|cpu| cpus.all[cpu].stay.as_ref());
        match stay.map(|stay| stay.doing) {
            Some(Doing::Arrives(before)) => before,
            _ => State::Waiting,
        }
    }
}
