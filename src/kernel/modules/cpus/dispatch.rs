//! The turn where CPUs are simulated, or a policy is at work.

use std::time::Duration;

use super::{Doing, Stay};
use crate::kernel::abi::policy::{Queued, Stop};
use crate::kernel::abi::stuck::Stuck;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::state::State;
use crate::machine::TaskRef;

impl Core {
    /// One turn: of a task that has computed and goes on, or of the one that is picked next, when time
    /// has come to that; says whose it was.
    pub(in crate::kernel) fn dispatch(&mut self) -> Result<Tid, Stuck> {
        self.end_first_turn();
        loop {
            self.settle();
            if let Some(tid) = self.go_on() {
                return Ok(tid);
            }
            self.catch_up();
            self.preempt();
            match self.seat_next() {
                Some(Seated::Takes(tid)) => return Ok(tid),
                Some(Seated::Arrives) => {}
                None => self.advance()?,
            }
        }
    }

    /// Whoever had its turn when there came to be CPUs is the first on them, or queues.
    fn end_first_turn(&mut self) {
        let Some(tid) = self.cpus().turning.take() else {
            return;
        };
        match self.table.find(tid).as_ref().map(State::of) {
            Some(State::Ready) => self.enqueue(tid, Queued::Answered),
            Some(State::Woken) => self.enqueue(tid, Queued::Woken),
            _ => self.seat_whoever_asked(),
        }
    }

    fn seat_whoever_asked(&mut self) {
        let Some((tid, left)) = self.cpus().asked.take() else {
            return;
        };
        let Some(task) = self.table.find(tid) else {
            return;
        };
        if State::of(&task) != State::Waiting {
            return;
        }
        State::Computing.put(&task);
        let now = self.clock.seen();
        let cpu = self.cpus().idle().expect("they were made just now");
        let doing = Doing::Computes { since: now, left };
        self.seat(cpu, task, None, doing);
    }

    fn seat(&mut self, cpu: usize, task: TaskRef, until: Option<u64>, doing: Doing) {
        let from = self.clock.seen();
        self.cpus().all[cpu].stay = Some(Stay {
            task,
            from,
            until,
            doing,
            reason: None,
        });
    }

    /// The turn of a task that has computed, or has been switched to.
    fn go_on(&mut self) -> Option<Tid> {
        let now = self.clock.seen();
        let cpus = self.cpus();
        let cpu = cpus.due(now)?;
        let stay = cpus.all[cpu].stay.as_mut()?;
        let (task, reason) = (stay.task.clone(), stay.reason.take());
        match std::mem::replace(&mut stay.doing, Doing::Turn) {
            Doing::Arrives(before) => before.put(&task),
            Doing::Computes { left, .. } => {
                cpus.credit.insert(Tid::of(&task), left);
                State::Woken.put(&task);
            }
            Doing::Turn => {}
        }
        self.note_going_on(cpu, reason);
        Some(self.turn_on(cpu, task))
    }

    /// Lets the policy take CPUs away from tasks that compute, as long as it wants to.
    fn preempt(&mut self) {
        while self.cpus().idle().is_none() && self.ready.len() > 0 {
            let now = self.clock.seen();
            self.read_journal();
            let running = self.cpus().running(now);
            self.lend();
            let time = Duration::from_nanos(now);
            let Some(Some(victim)) = self.ask_policy(|policy| policy.preempt(&running, time))
            else {
                return;
            };
            if !running.iter().any(|running| running.task == victim) {
                return self.throw_out(&format!("preempted task {victim}, which does not run"));
            }
            let cpus = self.cpus();
            cpus.preemptions += 1;
            let (count, cpu) = (cpus.preemptions, cpus.cpu_of(victim));
            if count > 2 * (self.ready.len() + running.len()) + 16 {
                return self.throw_out(&format!("preempted {count} times, and nobody got on"));
            }
            if let Some(cpu) = cpu {
                self.send_back(cpu, Stop::Preempted, Queued::Preempted);
            }
        }
    }

    /// Puts the next task on the first idle CPU.
    fn seat_next(&mut self) -> Option<Seated> {
        let cpu = self.cpus().idle()?;
        self.read_journal();
        self.note_candidates();
        let (task, until) = self.pick()?;
        self.note_pick(cpu, &task);
        let (tid, before) = (Tid::of(&task), State::of(&task));
        let cpus = self.cpus();
        let cost = match cpus.all[cpu].last {
            Some(last) if last != tid => cpus.switch_cost,
            _ => 0,
        };
        if cost == 0 {
            self.seat(cpu, task.clone(), until, Doing::Turn);
            return Some(Seated::Takes(self.turn_on(cpu, task)));
        }
        State::Arriving.put(&task);
        self.seat(
            cpu,
            task,
            until.map(|until| until.saturating_add(cost)),
            Doing::Arrives(before),
        );
        let reason = self.noted_reason();
        if let Some(stay) = &mut self.cpus().all[cpu].stay {
            stay.from = stay.from.saturating_add(cost);
            stay.reason = reason;
        }
        Some(Seated::Arrives)
    }

    fn turn_on(&mut self, cpu: usize, task: TaskRef) -> Tid {
        self.mail.count_turn_though_it_rings();
        self.cpus().turning = Some(Tid::of(&task));
        let tid = self.guarded_turn_of(task);
        self.read_journal();
        self.cpus().turning = None;
        self.clock.read();
        self.leave_or_stay(cpu, tid);
        tid
    }

    /// Finds out what a task's turn has come to.
    fn leave_or_stay(&mut self, cpu: usize, tid: Tid) {
        let now = self.clock.seen();
        let has_burnt = self.burning == Some(tid);
        let cpus = self.cpus();
        let asked = cpus.asked.take_if(|asked| asked.0 == tid);
        let Some(stay) = cpus.all[cpu].stay.as_mut().filter(|stay| stay.tid() == tid) else {
            return; // It has ended.
        };
        match (State::of(&stay.task), asked) {
            (State::Waiting, Some((_, left))) => {
                State::Computing.put(&stay.task);
                stay.doing = Doing::Computes { since: now, left };
                if stay.until.is_some_and(|until| until <= now) {
                    self.send_back(cpu, Stop::SliceOver, Queued::SliceOver);
                }
                return;
            }
            (State::Waiting, None) => self.stop(cpu, Stop::Blocked),
            (State::Woken, _) if has_burnt => {
                self.stop(cpu, Stop::SliceOver);
                self.enqueue(tid, Queued::SliceOver);
            }
            (State::Woken, _) => {
                self.stop(cpu, Stop::Blocked);
                self.enqueue(tid, Queued::Woken);
            }
            _ => {
                self.stop(cpu, Stop::Answered);
                self.enqueue(tid, Queued::Answered);
            }
        }
        self.cpus().preemptions = 0;
    }

    /// A task was made to go on out of its turn, and asked for something: it queues for its turn.
    pub(in crate::kernel) fn queue_stray(&mut self, task: &TaskRef) {
        let tid = Tid::of(task);
        let Some(cpus) = &mut self.cpus else { return };
        if cpus.turning == Some(tid) || self.table.find(tid).is_none() {
            return;
        }
        let asked = self.cpus().asked.take_if(|asked| asked.0 == tid).is_some();
        if asked && State::of(task) == State::Waiting {
            State::Woken.put(task);
            self.ready.push(task.clone());
        }
        match State::of(task) {
            State::Ready | State::Woken => self.enqueue(tid, Queued::Woken),
            State::Waiting => self.note_debtor(tid),
            _ => {}
        }
    }
}

/// What became of a task that was put on a CPU.
enum Seated {
    /// It has had its turn.
    Takes(Tid),
    /// The CPU takes time to switch to it.
    Arrives,
}
