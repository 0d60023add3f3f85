//! Time on the CPUs: what has come about by now, and going on to when something comes about next.

use std::time::Duration;

use super::{Cpus, Doing};
use crate::kernel::abi::events::{Event, Slice};
use crate::kernel::abi::policy::{Queued, Stop};
use crate::kernel::abi::stuck::Stuck;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::journal::Change;
use crate::kernel::core::state::State;
use crate::machine::TaskRef;

impl Core {
    pub(super) fn cpus(&mut self) -> &mut Cpus {
        self.cpus.as_mut().expect("only asked where there are CPUs")
    }

    /// Stops those whose slice is over by now; whoever has computed to the end goes on instead.
    pub(super) fn settle(&mut self) {
        let now = self.clock.read();
        let cpus = self.cpus();
        if cpus.settled == now {
            return;
        }
        cpus.settled = now;
        cpus.ticked = false;
        cpus.preemptions = 0;
        for cpu in 0..self.cpus().all.len() {
            let stay = self.cpus().all[cpu].stay.as_ref();
            let is_over = stay.is_some_and(|stay| {
                matches!(stay.doing, Doing::Computes { since, left } if since.saturating_add(left) > now)
                    && stay.until.is_some_and(|until| until <= now)
            });
            if is_over {
                self.send_back(cpu, Stop::SliceOver, Queued::SliceOver);
            }
        }
    }

    /// Tells the policy of the time, and lets timers go off, those of this moment too.
    pub(super) fn catch_up(&mut self) {
        let now = self.clock.seen();
        if !self.cpus().ticked {
            self.cpus().ticked = true;
            self.read_journal();
            let running = self.cpus().running(now);
            let time = Duration::from_nanos(now);
            let next = self.ask_policy(|policy| policy.tick(&running, time));
            self.cpus().next_tick = next.flatten().map(crate::devices::nanoseconds);
        }
        if self.timers.next().is_some_and(|deadline| deadline <= now) {
            self.fire_due();
        }
        // What deadlines broke off may have left posts.
        self.read_mail();
    }

    /// Nobody can go on now: lets time come to when somebody may.
    pub(super) fn advance(&mut self) -> Result<(), Stuck> {
        let now = self.clock.seen();
        let on_cpus = self.cpus().next();
        let next = [self.timers.next(), on_cpus].into_iter().flatten().min();
        // A policy that wants to be told now has been told; its wish alone keeps nothing going.
        let tick = self.cpus().next_tick.filter(|&tick| tick > now);
        let until = next.map(|next| tick.map_or(next, |tick| tick.min(next)));
        self.rest_until(until)?;
        self.read_mail();
        self.watchdog.begin_turn();
        Ok(())
    }

    /// Takes a task that computes off its CPU, into the ready queue.
    pub(super) fn send_back(&mut self, cpu: usize, stop: Stop, why: Queued) {
        let Some(stay) = self.cpus().all[cpu].stay.as_ref() else {
            return;
        };
        let task = stay.task.clone();
        self.stop(cpu, stop);
        State::Woken.put(&task);
        let tid = Tid::of(&task);
        self.ready.push(task);
        self.enqueue(tid, why);
    }

    /// Takes a task off its CPU, if it is on one, into the ready queue.
    pub(in crate::kernel) fn take_off_cpu(&mut self, task: &TaskRef) {
        let tid = Tid::of(task);
        let Some(cpu) = self.cpus.as_ref().and_then(|cpus| cpus.cpu_of(tid)) else {
            return;
        };
        match State::of(task) {
            State::Computing => self.send_back(cpu, Stop::Preempted, Queued::Preempted),
            State::Arriving => {
                let before = self.state_before_cpu(task);
                self.stop(cpu, Stop::Preempted);
                before.put(task);
                self.ready.push(task.clone());
                self.enqueue(tid, Queued::Preempted);
            }
            _ => {}
        }
    }

    /// Takes a task off its CPU.
    pub(super) fn stop(&mut self, cpu: usize, why: Stop) {
        let now = self.clock.seen();
        let cpus = self.cpus();
        let Some(stay) = cpus.all[cpu].stay.take() else {
            return;
        };
        let tid = stay.tid();
        if let Doing::Computes { since, left } = stay.doing {
            cpus.credit.insert(tid, now.saturating_sub(since).min(left));
        }
        cpus.all[cpu].last = Some(tid);
        let from = Duration::from_nanos(stay.from.min(now));
        let time = Duration::from_nanos(now);
        if why == Stop::Blocked {
            self.note_debtor(tid);
        }
        self.note_for_policy(|_| Change::Stopped(tid, why, time - from, time));
        self.tell(|| {
            Event::Slice(Slice {
                from,
                time,
                tid,
                cpu: cpu as u32,
                why,
            })
        });
    }
}
