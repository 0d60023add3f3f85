//! How tasks end: kill, unwinding, retirement.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use super::Core;
use super::borrow::is_pinned;
use super::log::{log_end, log_error, target};
use super::mail::Post;
use super::panics::log_panic;
use super::quietly::quietly;
use super::shared::{NOBODY, Shared};
use super::state::State;
use super::table::Facts;
use crate::kernel::abi::events::{Cause, Ended};
use crate::kernel::abi::exit::{Exit, exit_of};
use crate::kernel::abi::info::title_of;
use crate::kernel::abi::interrupted::{Interrupted, Why};
use crate::kernel::abi::tid::{NoSuchTask, Tid};
use crate::kernel::modules::signals::state_before_stop;
use crate::machine::{Payload, Resumed, Served, TaskRef, is_kill};

/// How often a dying task may catch its unwinding and go on before it is given up.
const PATIENCE: u32 = 16;

/// How deep kills may nest that are asked for by calls which a kill breaks off; the loop's stack is not
/// endless, so the next one is put off.
const NESTING: u32 = 16;

/// How many calls a dying task may make where the thread was unwinding before, so that it cannot be
/// told whether the task unwinds or has caught its kill and goes on.
const LONG_PATIENCE: u32 = 100_000;

impl Core {
    /// Kills a task now, or before the next pick if it cannot be unwound now.
    pub(in crate::kernel) fn kill(&mut self, tid: Tid) -> Result<(), NoSuchTask> {
        let victim = self.living(tid).ok_or(NoSuchTask(tid))?;
        if !self.can_be_unwound(&victim) || self.kills_nested == NESTING || std::thread::panicking()
        {
            self.mail.put(Post::Kill(tid));
        } else {
            self.unwind(&victim);
        }
        Ok(())
    }

    /// Carries out a kill that was put off.
    pub(in crate::kernel) fn kill_as_posted(&mut self, tid: Tid) {
        if let Some(victim) = self.living(tid) {
            self.unwind(&victim);
        }
    }

    fn living(&self, tid: Tid) -> Option<TaskRef> {
        let task = self.table.find(tid)?;
        (State::of(&task) != State::Dying).then_some(task)
    }

    /// Unwinds a task that neither runs nor is being served, and retires it.
    pub(in crate::kernel) fn unwind(&mut self, victim: &TaskRef) {
        let never_ran = victim.is_fresh();
        self.kills_nested += 1;
        let state = match State::of(victim) {
            state @ (State::Ready | State::Woken) => {
                self.ready.remove(victim);
                self.dequeue(Tid::of(victim));
                state
            }
            State::Computing | State::Arriving => self.state_before_cpu(victim),
            State::Stopped => state_before_stop(victim),
            state => state,
        };
        State::Dying.put(victim);
        self.kill_wards(victim);
        if matches!(state, State::Waiting | State::Woken) && victim.has_call() {
            self.break_off_for_good(victim);
        }
        self.clear_wait(victim);
        let payload = match cfg!(panic = "abort") {
            true => self.leave_be(victim),
            false if is_pinned(victim) => {
                self.give_up(victim, "a member of its group could not be unwound")
            }
            false => self.drive_out(victim),
        };
        let exit = match &payload {
            // Of a destructor: all that ever ran of the task.
            Some(thrown) if never_ran && !is_kill(thrown) => exit_of(payload.as_ref()),
            _ => Exit::Killed,
        };
        self.retire(victim, exit, payload);
        self.kills_nested -= 1;
    }

    /// Lets the pending call undo what it registered, and answer; says whether it had been granted what
    /// it waited for.
    pub(in crate::kernel) fn break_off(
        &mut self,
        task: &TaskRef,
        why: Interrupted,
    ) -> Result<bool, Payload> {
        let before = self.serving.replace(Tid::of(task).slot());
        // Giving up may kill others, whose calls are broken off meanwhile.
        let outer = std::mem::replace(&mut self.granted, false);
        let undone = catch_unwind(AssertUnwindSafe(|| task.abandon(self, why)));
        self.serving.set(before);
        let granted = std::mem::replace(&mut self.granted, outer);
        undone.map(|()| granted)
    }

    /// The same for a task that is killed: a panic here is a bug in the call; the kill goes on.
    fn break_off_for_good(&mut self, victim: &TaskRef) {
        if let Err(payload) = self.break_off(victim, Interrupted::new(Why::Killed)) {
            let title = title_of(victim);
            let exit = exit_of(Some(&payload));
            log_error(
                target::TASK,
                format_args!("{title}: giving up its call {exit}"),
            );
            std::mem::forget(payload);
        }
    }

    /// Raises the kill until the task has unwound to its root, or patience is at its end.
    fn drive_out(&mut self, victim: &TaskRef) -> Option<Payload> {
        let before = self.serving.replace(NOBODY);
        let already = std::thread::panicking();
        let (mut swallowed, mut unclear) = (0, 0);
        let mut resumed = victim.raise_kill();
        let payload = loop {
            match resumed {
                Resumed::Ended(payload) => break payload,
                // A destructor's. Only where the thread was unwinding before do all calls look like
                // that, also those of a task that has caught its kill and goes on.
                Resumed::Trapped if victim.is_urgent() && unclear < LONG_PATIENCE => {
                    unclear += u32::from(already);
                    self.serve_urgent(victim);
                    resumed = victim.resume();
                }
                Resumed::Trapped if swallowed < PATIENCE && !victim.is_urgent() => {
                    swallowed += 1;
                    resumed = victim.raise_kill();
                }
                Resumed::Trapped => {
                    break self.give_up(victim, "caught its own unwinding again and again");
                }
            }
        };
        self.serving.set(before);
        payload
    }

    /// Serves a call made while unwinding; the caller has its reply after this.
    pub(in crate::kernel) fn serve_urgent(&mut self, task: &TaskRef) {
        let before = self.serving.replace(Tid::of(task).slot());
        let served = task.serve(self);
        debug_assert_eq!(served, Served::Urgent);
        self.serving.set(before);
        self.clear_wait(task);
    }

    /// Takes note that a task has ended by itself.
    #[inline(never)]
    pub(in crate::kernel) fn ended(&mut self, task: &TaskRef, payload: Option<Payload>) {
        self.serving.set(NOBODY);
        let exit = exit_of(payload.as_ref());
        self.retire(task, exit, payload);
    }

    /// Takes a task out of the table, tells everybody who waits for it, and counts it.
    fn retire(&mut self, task: &TaskRef, exit: Exit, payload: Option<Payload>) {
        let tid = Tid::of(task);
        if self.cpus.is_some() | self.is_observed() {
            self.tell_end(tid, &exit);
        }
        while let Some(joiner) = task.pop_joiner(|wait| wait.tell_exit(tid, &exit)) {
            Shared::make_ready(joiner, |_| Cause::Exit(tid));
        }
        self.table.remove(tid.slot());
        let facts = task.facts();
        if let Some(extra) = facts.extra_if_any() {
            self.leave_family(&extra.family.take());
            self.end_signals(&extra.signals.take());
            self.forget_scopes(extra.scopes.take());
        }
        let is_noted = self.note_ended(|| Ended {
            tid,
            name: facts.name.clone().unwrap_or_default(),
            exit: exit.clone(),
        });
        self.watchdog.note_end(tid, facts.name.as_ref());
        self.ordinary
            .set(self.ordinary.get() - usize::from(!facts.daemon));
        if self.ordinary.get() == 0 {
            self.mail.ring();
        }
        self.count(&exit);
        // What is dropped and who logs may be the user's, and may panic; all is in order by now.
        quietly(|| deliver(facts, &exit, payload));
        if !log_panic(tid, facts.name(), &exit) && !is_noted {
            log_end(tid, facts.name(), &exit);
        }
    }

    fn count(&mut self, exit: &Exit) {
        match exit {
            Exit::Returned => self.report.returned += 1,
            Exit::Panicked(_) => self.report.panicked += 1,
            Exit::Killed => self.report.killed += 1,
        }
    }

    /// Kills all tasks of a kind, newest first; then those that their destructors spawned, round after
    /// round. A destructor that each time leaves a task behind has its last one given up; so has one
    /// that runs, as when the process exits inside a task.
    pub(in crate::kernel) fn kill_all(&mut self, which: fn(&Facts) -> bool) {
        for _ in 0..PATIENCE {
            let mut doomed: Vec<Tid> = self
                .table
                .all()
                .iter()
                .filter(|task| which(task.facts()) && self.can_be_unwound(task))
                .map(Tid::of)
                .collect();
            if doomed.is_empty() {
                return;
            }
            doomed.sort_unstable_by(|a, b| b.cmp(a));
            for tid in doomed {
                if let Some(victim) = self.table.find(tid) {
                    self.unwind(&victim);
                }
            }
            self.read_mail_of_now();
        }
        log_error(
            target::TASK,
            format_args!("tasks are left after {PATIENCE} rounds of killing: they are leaked"),
        );
    }

    /// Where panics abort, nothing unwinds: a killed task is left where it is.
    pub(in crate::kernel) fn leave_be(&mut self, victim: &TaskRef) -> Option<Payload> {
        static TOLD: Once = Once::new();
        self.report.abandoned += 1;
        self.pin_guardian(victim);
        let title = title_of(victim);
        TOLD.call_once(|| {
            // A closed standard error is no reason to panic.
            let _ = writeln!(
                std::io::stderr(),
                "coros: {title} is killed, but not unwound: its destructors do not run and its \
                 stack is leaked, since this program is built with panic = \"abort\""
            );
        });
        None
    }

    /// Leaves a task where it is, for ever.
    pub(in crate::kernel) fn give_up(&mut self, victim: &TaskRef, reason: &str) -> Option<Payload> {
        self.report.abandoned += 1;
        self.pin_guardian(victim);
        let title = title_of(victim);
        log_error(
            target::TASK,
            format_args!("{title}: {reason}; given up, its stack is leaked"),
        );
        None
    }

    /// Makes a task known that no scheduler has, for the time of one urgent call.
    pub(in crate::kernel) fn serve_stranger(&mut self, context: &TaskRef) {
        let slot = self.enter_stranger(context.clone());
        self.serve_urgent(context);
        self.table.remove(slot);
    }

    /// Kills a task that no scheduler has.
    pub(in crate::kernel) fn adopt_and_kill(&mut self, task: TaskRef) {
        self.ordinary.set(usize::from(!task.facts().daemon));
        self.enter_stranger(task.clone());
        self.unwind(&task);
        self.kill_all(|_| true);
    }

    fn enter_stranger(&mut self, task: TaskRef) -> u32 {
        State::Waiting.put(&task);
        let number = Tid::of(&task).number();
        self.table.insert(number, task).slot()
    }
}

/// Hands over what came of a task.
fn deliver(facts: &Facts, exit: &Exit, payload: Option<Payload>) {
    if let Some(keeper) = facts.keeper.take() {
        keeper.keep(exit, payload);
    }
}
