//! The loop: pick a task, resume it up to its next call, serve the call.

use super::Core;
use std::rc::Rc;

use super::log::traces_turns;
use super::shared::Shared;
use super::state::State;
use crate::kernel::abi::stuck::Stuck;
use crate::kernel::abi::tid::Tid;
use crate::machine::{Advanced, Resumed, Served, TaskRef};

impl Core {
    /// The loop: turns until every task that is no daemon has ended.
    pub(in crate::kernel) fn turns(&mut self) -> Result<(), Stuck> {
        let shared = Rc::clone(&self.shared);
        loop {
            if shared.mail.rings() {
                let watched = traces_turns() || self.turns_are_seen;
                self.drop_watch();
                if watched {
                    self.begin_watch();
                }
                self.attend();
                if self.ordinary.get() == 0 {
                    self.drop_watch();
                    return Ok(());
                }
                if watched | self.needs_attention() {
                    let turned = self.attentive_turn();
                    self.mail.ring();
                    self.unless_over(turned)?;
                    continue;
                }
            }
            match self.next_in_line(&shared) {
                Ok(task) => self.turn_of(&shared, task),
                Err(stuck) => self.unless_over(Err(stuck))?,
            }
        }
    }

    /// A run in which the last task has been killed, while none was ready, is not stuck but over.
    #[inline(always)]
    pub(in crate::kernel) fn unless_over(&self, turned: Result<(), Stuck>) -> Result<(), Stuck> {
        turned.or_else(|stuck| match self.ordinary.get() {
            0 => Ok(()),
            _ => Err(stuck),
        })
    }

    /// The first task of the run queue, when there is one.
    #[inline(always)]
    pub(in crate::kernel) fn next_in_line(&mut self, shared: &Shared) -> Result<TaskRef, Stuck> {
        match shared.ready.pop() {
            Some(task) => {
                shared.mail.count_turn();
                Ok(task)
            }
            None => self.await_somebody(),
        }
    }

    /// The turn of a task that has left the run queue for it. `shared` is the core's own, which the loop has
    /// at hand: to reach it through the core would cost two loads at each use.
    #[inline(always)]
    pub(in crate::kernel) fn turn_of(&mut self, shared: &Shared, task: TaskRef) {
        if !State::Ready.is_just(&task) && !self.serve_again(&task) {
            return;
        }
        // From here on a wake counts, even one that comes while the call is being served.
        State::Waiting.put_just(&task);
        match task.advance(self, |_| shared.serving.set(Tid::of(&task).slot())) {
            Advanced::Served(served) => self.place(shared, task, served),
            Advanced::Ended(payload) => self.ended(&task, payload),
        }
    }

    /// Puts a task where it belongs, now that its call has been served.
    #[inline(always)]
    fn place(&mut self, shared: &Shared, task: TaskRef, served: Served) {
        match served {
            Served::Answered => {
                if !State::Waiting.is_just(&task) {
                    self.tidy(&task);
                }
                State::Ready.put_just(&task);
                shared.ready.push(task);
            }
            Served::Waits => {
                if self.begin_wait(&task) {
                    self.put_back(task);
                }
            }
            Served::Urgent => self.hurry(task),
        }
    }

    /// Makes a task ready whose wait was broken off.
    pub(in crate::kernel) fn put_back(&mut self, task: TaskRef) {
        self.tidy(&task);
        State::Ready.put_just(&task);
        self.ready.push(task);
    }

    /// Ends what a task's call has registered, and takes it out of the ready queue if it was woken
    /// while it was being served.
    #[cold]
    #[inline(never)]
    pub(in crate::kernel) fn tidy(&mut self, task: &TaskRef) {
        if State::is_enrolled(task) {
            self.clear_wait(task);
        }
        if State::of(task) == State::Woken {
            self.ready.remove(task);
            self.dequeue(Tid::of(task));
        }
    }

    /// Serves a task's call.
    fn serve(&mut self, task: &TaskRef) -> Served {
        State::Waiting.put(task);
        self.serving.set(Tid::of(task).slot());
        task.serve(self)
    }

    /// Serves the call of a task that was woken, out of the queue; says whether it is answered.
    fn serve_again(&mut self, task: &TaskRef) -> bool {
        let answered = match State::take_interrupted(task) {
            true => self.abandon_wait(task),
            false => self.serve(task) == Served::Answered || self.interrupted(task),
        };
        if answered {
            self.tidy(task);
            self.note_reply(task);
        }
        answered
    }

    /// Lets a task go on that is unwinding, until it makes a call that is no destructor's.
    #[cold]
    #[inline(never)]
    fn hurry(&mut self, task: TaskRef) {
        self.tidy(&task);
        let resumed = task.resume();
        self.follow(task, resumed);
    }

    /// Serves the calls of a task that was resumed out of its turn, or buries the task.
    pub(in crate::kernel) fn follow(&mut self, task: TaskRef, mut resumed: Resumed) {
        let shared = Rc::clone(&self.shared);
        loop {
            match resumed {
                Resumed::Trapped => match self.serve(&task) {
                    Served::Urgent => {
                        self.tidy(&task);
                        resumed = task.resume();
                    }
                    served => return self.place(&shared, task, served),
                },
                Resumed::Ended(payload) => return self.ended(&task, payload),
            }
        }
    }

    /// Notes when a wait began, for those who ask; says whether it is over at once, since a scope of
    /// the task is interrupted.
    fn begin_wait(&mut self, task: &TaskRef) -> bool {
        let facts = task.facts();
        facts.since.set(self.clock.seen());
        let extra = facts.extra_if_any();
        let interrupted = extra.is_some_and(|extra| {
            self.arm_scopes(task, &mut extra.scopes.borrow_mut());
            self.interrupted(task)
        });
        // A call that could not be broken off has unwound its caller, which may be gone by now.
        if !interrupted && task.has_call() {
            self.warn_of_cycle(task);
        }
        interrupted
    }

    /// Nothing is ready: waits for the next timer, or for what comes from outside.
    #[cold]
    fn await_somebody(&mut self) -> Result<TaskRef, Stuck> {
        loop {
            self.rest_until(self.timers.next())?;
            let now = self.clock.read();
            self.pace.rested(now);
            self.fire_due();
            // What deadlines broke off may have left posts, and letters too.
            self.read_mail();
            if let Some(task) = self.ready.pop() {
                self.mail.count_turn_though_it_rings();
                self.watchdog.begin_turn();
                return Ok(task);
            }
        }
    }
}
