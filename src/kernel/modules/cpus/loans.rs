//! Who waits for what others hold: so that a policy can let holders inherit.

use crate::kernel::abi::holding::Holding;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::place::WaitedFor;
use crate::kernel::core::state::State;
use crate::machine::WaitNode;

impl Core {
    /// Notes that a task may wait for what another holds, if the policy wants to know.
    pub(super) fn note_debtor(&mut self, tid: Tid) {
        if self.ask_policy(|policy| policy.inherits()) == Some(true) {
            self.cpus().debtors.insert(tid);
        }
    }

    /// Forgets all loans: another policy has been told of none.
    pub(super) fn forget_loans(&mut self) {
        self.cpus().debtors.clear();
        self.cpus().loans.clear();
    }

    /// Tells the policy who waits for whom, if that has changed.
    pub(super) fn lend(&mut self) {
        if self.cpus().debtors.is_empty() && self.cpus().loans.is_empty() {
            return;
        }
        let mut debtors = std::mem::take(&mut self.cpus().debtors);
        let mut loans = Vec::new();
        debtors.retain(|&debtor| self.add_loans_to(debtor, &mut loans));
        let cpus = self.cpus();
        cpus.debtors = debtors;
        if cpus.loans != loans {
            cpus.loans.clone_from(&loans);
            self.ask_policy(|policy| policy.lend(&loans));
        }
    }

    /// Adds those for whom a task waits; says whether there may be any as long as it waits: whoever
    /// only sleeps has to have a turn first.
    fn add_loans_to(&self, debtor: Tid, loans: &mut Vec<(Tid, Tid)>) -> bool {
        let task = self.table.find(debtor);
        let Some(task) = task.filter(|task| State::of(task) == State::Waiting) else {
            return false;
        };
        let mut is_parked = false;
        task.each_wait(|wait| {
            is_parked |= wait.is_parked();
            if !is_guess(wait) {
                let holders = self.holders_of(wait).into_iter();
                loans.extend(holders.map(|holder| (debtor, holder)));
            }
        });
        is_parked
    }
}

/// Whether the holders of what is waited for are a guess.
fn is_guess(wait: &WaitNode) -> bool {
    matches!(WaitedFor::at(wait), WaitedFor::List(list) if list.holding.get() == Holding::Perhaps)
}
