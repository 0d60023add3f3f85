//! The reference model's scopes and timers: what breaks a wait off, and when.

use crate::program::{Act, Fence};
use crate::reference::Model;
use crate::tasks::{Due, State};

/// A task's innermost scope is its last; the first is the task itself.
pub struct Scope {
    id: u64,
    is_shield: bool,
    /// Its deadline, until a wait begins inside: then a timer is set.
    deadline: Option<u64>,
    /// When among all interruptions it was interrupted first, and in which words.
    interrupted: Option<(u64, String)>,
    /// Whether a wait was broken off because of it.
    was_told: bool,
}

impl Scope {
    /// The one that a task is in from its birth.
    pub fn of_task() -> Self {
        Self {
            id: 0,
            is_shield: false,
            deadline: None,
            interrupted: None,
            was_told: false,
        }
    }
}

impl Model<'_> {
    pub fn enter(&mut self, task: usize, fence: Fence) -> String {
        self.scopes_entered += 1;
        let id = self.scopes_entered;
        let (Fence::Timeout(time) | Fence::Shield(time)) = fence;
        self.tasks[task].scopes.push(Scope {
            id,
            is_shield: matches!(fence, Fence::Shield(_)),
            deadline: (time > 0).then_some(self.now + time),
            ..Scope::of_task()
        });
        if time == 0 {
            self.interrupt(task, id, "TimedOut".into());
        }
        "entered".into()
    }

    /// A wait begins: timers are set for the scopes that have none yet.
    pub fn arm_scopes(&mut self, task: usize) {
        for at in 0..self.tasks[task].scopes.len() {
            let scope = &mut self.tasks[task].scopes[at];
            let id = scope.id;
            if let Some(deadline) = scope.deadline.take()
                && scope.interrupted.is_none()
            {
                self.set_timer_at(deadline, Due::Expire(task, id));
            }
        }
    }

    pub fn leave(&mut self, task: usize) -> String {
        let scope = self.tasks[task].scopes.pop().expect("it has entered one");
        let timer = Due::Expire(task, scope.id);
        self.timers.retain(|_, due| *due != timer);
        let words = if scope.was_told { "late" } else { "in time" };
        words.into()
    }

    /// Interrupts a scope, for good; only the first time counts.
    pub fn interrupt(&mut self, task: usize, id: u64, why: String) {
        self.interruptions += 1;
        let first = (self.interruptions, why);
        let mut scopes = self.tasks[task].scopes.iter_mut();
        if let Some(scope) = scopes.find(|scope| scope.id == id) {
            scope.interrupted.get_or_insert(first);
        }
        let waits = self.tasks[task].state == State::Waiting;
        if waits && self.earliest_interruption(task).is_some() {
            for list in &mut self.lists {
                list.retain(|waiter| waiter.0 != task);
            }
            for target in &mut self.tasks {
                target.joiners.retain(|waiter| waiter.0 != task);
            }
            for door in self.doors() {
                self.line(door).lose(task);
            }
            self.tasks[task].is_interrupted = true;
            self.make_ready(task);
        }
    }

    /// Breaks off the wait of a task, unless nothing in its reach is interrupted. What has been granted
    /// to it stays granted: then it does not just wait, or its item is in.
    pub fn break_off(&mut self, task: usize) -> bool {
        let reaching = self.earliest_interruption(task);
        let (State::Waiting, Some(at)) = (self.tasks[task].state, reaching) else {
            return false;
        };
        let (_, act) = self.tasks[task].asked.expect("it waits in a call");
        let reply = match act {
            Act::Send(channel) if self.is_sent(channel, (task, 0)) => "sent".into(),
            _ => {
                let scope = &mut self.tasks[task].scopes[at];
                scope.was_told = true;
                let (_, why) = scope.interrupted.clone().expect("it is interrupted");
                self.broken_off(act, &why)
            }
        };
        self.end_wait(task);
        self.tasks[task].reply = Some(reply);
        true
    }

    /// Of the scopes that reach a task, up to its innermost shield, the one interrupted first.
    fn earliest_interruption(&self, task: usize) -> Option<usize> {
        let scopes = &self.tasks[task].scopes;
        let outermost = scopes.iter().rposition(|scope| scope.is_shield);
        let when = |at: &usize| scopes[*at].interrupted.as_ref().map(|first| first.0);
        (outermost.unwrap_or(0)..scopes.len())
            .filter(|at| when(at).is_some())
            .min_by_key(when)
    }

    /// What a call is answered whose wait is broken off.
    pub fn broken_off(&self, act: Act, why: &str) -> String {
        match act {
            Act::Select(_) | Act::Lock(_) | Act::Send(_) | Act::Recv(_) => why.into(),
            _ => format!("{why} at {}", self.now),
        }
    }

    pub fn set_timer(&mut self, time: u64, due: Due) {
        self.set_timer_at(self.now + time, due);
    }

    fn set_timer_at(&mut self, deadline: u64, due: Due) {
        self.timers_set += 1;
        self.timers.insert((deadline, self.timers_set), due);
    }

    /// Carries out all timers whose time has come.
    pub fn fire_due(&mut self) {
        while let Some(first) = self.timers.first_entry() {
            if first.key().0 > self.now {
                return;
            }
            match first.remove() {
                Due::Wake((task, branch)) => {
                    self.tasks[task].waits[branch].is_due = true;
                    self.make_ready(task);
                }
                Due::Expire(task, id) => self.interrupt(task, id, "TimedOut".into()),
            }
        }
    }
}
