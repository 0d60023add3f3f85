//! Picking: the policy says who is next, and is not believed blindly.

use std::time::Duration;

use crate::devices;
use crate::kernel::abi::policy::Pick;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::state::State;
use crate::machine::TaskRef;

impl Core {
    /// The next task, with the time until which it may stay: the policy's choice, or else the first.
    pub(super) fn pick(&mut self) -> Option<(TaskRef, Option<u64>)> {
        let oldest = Tid::of(self.ready.first(1, u32::MAX).first()?);
        self.lend();
        let now = self.moment();
        if let Some(pick) = self.ask_policy(|policy| policy.pick(now)) {
            match self.judge(pick, oldest) {
                Ok(picked) => return Some(picked),
                Err(reason) => self.throw_out(&reason),
            }
        }
        self.ready.pop().map(|task| (task, None))
    }

    fn judge(&mut self, pick: Option<Pick>, oldest: Tid) -> Result<(TaskRef, Option<u64>), String> {
        let ready = self.ready.len();
        let Pick { task, slice } =
            pick.ok_or_else(|| format!("picked nobody, though {ready} are ready"))?;
        let context = self.table.find(task);
        let is_ready = |task: &TaskRef| matches!(State::of(task), State::Ready | State::Woken);
        let context = context
            .filter(is_ready)
            .ok_or_else(|| format!("picked task {task}, which is not ready"))?;
        if slice == Some(Duration::ZERO) {
            return Err(format!("picked task {task}, and gave it no time"));
        }
        self.check_patience(task, oldest)?;
        self.ready.remove(&context);
        let until = slice.map(|slice| {
            let slice = devices::nanoseconds(slice);
            self.clock.seen().saturating_add(slice)
        });
        Ok((context, until))
    }

    /// Whether whoever has been ready longest was passed over too often.
    fn check_patience(&mut self, picked: Tid, oldest: Tid) -> Result<(), String> {
        let Some(governor) = &mut self.cpus().governor else {
            return Ok(());
        };
        if picked == oldest || governor.oldest != Some(oldest) {
            governor.oldest = Some(oldest);
            governor.passed_over = 0;
            return Ok(());
        }
        governor.passed_over += 1;
        let times = governor.passed_over;
        match self.ask_policy(|policy| policy.patience()).flatten() {
            Some(patience) if times > patience => Err(format!(
                "passed over task {oldest}, which is ready, {patience} times"
            )),
            _ => Ok(()),
        }
    }
}
