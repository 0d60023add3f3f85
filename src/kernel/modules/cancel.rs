//! Scopes: what can break off the waits of a task, and which of them.
//!
//! ```text
//!   the task itself     cancelled by its handle, its group
//!   └─ scope            a deadline, or a cancel of its own
//!      └─ shield        what is outside does not reach in here
//!         └─ scope      the innermost
//! ```
//!
//! Level-triggered: a scope that was interrupted once stays so, and every wait inside fails, until the
//! scope is left. A wait is told what is found first. Scopes are looked at where a call is about to wait
//! and where one is interrupted, and nowhere else. (After trio's cancel scopes; the levels are its, too.)

use std::time::{Duration, Instant};

use crate::devices;
use crate::kernel::abi::events::{Cause, Event, Signal};
use crate::kernel::abi::interrupted::{Interrupted, Why};
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::journal::Change;
use crate::kernel::core::shared::Shared;
use crate::kernel::core::state::State;
use crate::kernel::core::timers::{Due, Timer};
use crate::machine::TaskRef;

/// Names a scope, among all of its scheduler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ScopeId(u64);

/// What is asked of a new scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shield {
    /// Interruptions from outside reach in.
    Open,
    /// They stop here.
    Closed,
}

/// When a scope expires.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expiry {
    Never,
    After(Duration),
    At(Instant),
}

pub(in crate::kernel) struct Scope {
    pub(in crate::kernel) id: ScopeId,
    shield: Shield,
    /// A deadline for which no timer was set yet: that is done when a wait begins inside.
    deadline: Option<u64>,
    pub(in crate::kernel) timer: Option<Timer>,
    /// Its interruption, and which one that was among all: the earliest is told.
    pub(in crate::kernel) mark: Option<(u64, Interrupted)>,
    /// What a wait in here was told, if it was told of this scope.
    pub(in crate::kernel) told: Option<Interrupted>,
}

impl Scope {
    fn new(id: ScopeId, shield: Shield) -> Self {
        Self {
            id,
            shield,
            deadline: None,
            timer: None,
            mark: None,
            told: None,
        }
    }
}

/// The scopes that a task is in, outermost first; the first is the task itself, and never left.
pub(in crate::kernel) struct Scopes(Vec<Scope>);

impl Scopes {
    pub(in crate::kernel) const TASK: ScopeId = ScopeId(0);

    pub(in crate::kernel) fn find(&mut self, id: ScopeId) -> Option<&mut Scope> {
        self.0.iter_mut().find(|scope| scope.id == id)
    }

    /// Those that reach the innermost.
    fn in_reach(&self) -> &[Scope] {
        let outermost = self
            .0
            .iter()
            .rposition(|scope| scope.shield == Shield::Closed);
        &self.0[outermost.unwrap_or(0)..]
    }

    /// Notes that a wait which begins or goes on now is told of the earliest interruption, if there is one;
    /// says of which scope and why, and what was told of that before.
    pub(in crate::kernel) fn tell_first(
        &mut self,
    ) -> Option<(ScopeId, Interrupted, Option<Interrupted>)> {
        let serial = |scope: &Scope| scope.mark.as_ref().map(|mark| mark.0);
        let first = self.in_reach().iter().filter_map(serial).min()?;
        let scope = self
            .0
            .iter_mut()
            .find(|scope| serial(scope) == Some(first))?;
        let why = scope.mark.as_ref()?.1.clone();
        let before = scope.told.replace(why.clone());
        Some((scope.id, why, before))
    }

    /// Whether a wait that begins now is broken off at once.
    pub(in crate::kernel) fn is_interrupted(&self) -> bool {
        self.in_reach().iter().any(|scope| scope.mark.is_some())
    }

    /// Whether a deadline will end the wait that goes on now.
    pub(in crate::kernel) fn has_deadline(&self) -> bool {
        self.deadlines().next().is_some()
    }

    /// The timers of the deadlines that will end the wait that goes on now.
    pub(in crate::kernel) fn deadlines(&self) -> impl Iterator<Item = Timer> {
        self.in_reach().iter().filter_map(|scope| scope.timer)
    }
}

impl Default for Scopes {
    fn default() -> Self {
        Self(vec![Scope::new(Self::TASK, Shield::Open)])
    }
}

impl Shared {
    /// Lets a task enter a scope, whose innermost it is then.
    pub(in crate::kernel) fn enter_scope(
        &self,
        task: &TaskRef,
        shield: Shield,
        expiry: Expiry,
    ) -> ScopeId {
        let entered = self.scopes_entered.get() + 1;
        self.scopes_entered.set(entered);
        let id = ScopeId(entered);
        let deadline = match expiry {
            Expiry::Never => None,
            Expiry::After(duration) => {
                let duration = devices::nanoseconds(duration);
                Some(self.clock.read().saturating_add(duration))
            }
            Expiry::At(instant) => {
                self.clock.read();
                Some(self.clock.time(instant))
            }
        };
        let scope = Scope {
            deadline,
            ..Scope::new(id, shield)
        };
        let scopes = &task.facts().extra().scopes;
        scopes.borrow_mut().0.push(scope);
        if deadline.is_some_and(|deadline| deadline <= self.clock.seen()) {
            self.interrupt(task, id, Interrupted::new(Why::TimedOut));
        }
        id
    }

    /// Sets the timers of a task's scopes that have none yet, since a wait begins.
    #[inline]
    pub(in crate::kernel) fn arm_scopes(&self, task: &TaskRef, scopes: &mut Scopes) {
        let slot = Tid::of(task).slot();
        for scope in &mut scopes.0 {
            if let Some(deadline) = scope.deadline.take()
                && scope.mark.is_none()
            {
                scope.timer = Some(self.timers.set(deadline, Due::Scope(slot, scope.id)));
            }
        }
    }

    /// Moves a scope's deadline, or takes it away; one that is past expires the scope at once. Too late
    /// for one that was left, or interrupted before.
    pub(in crate::kernel) fn set_deadline(
        &self,
        task: &TaskRef,
        id: ScopeId,
        deadline: Option<u64>,
    ) {
        let mut scopes = task.facts().extra().scopes.borrow_mut();
        let scope = scopes.find(id);
        let Some(scope) = scope.filter(|scope| scope.mark.is_none()) else {
            return;
        };
        let slot = Tid::of(task).slot();
        scope.deadline = None;
        if let Some(timer) = scope.timer.take() {
            self.timers.remove(timer);
        }
        let is_past = deadline.is_some_and(|deadline| deadline <= self.clock.seen());
        match deadline {
            Some(_) if is_past => {
                drop(scopes);
                self.interrupt(task, id, Interrupted::new(Why::TimedOut));
            }
            Some(deadline) => {
                scope.timer = Some(self.timers.set(deadline, Due::Scope(slot, id)));
            }
            None => {}
        }
    }

    /// Lets a task leave a scope, and those that it entered within; says what its waits were told of it.
    pub(in crate::kernel) fn leave_scope(
        &self,
        task: &TaskRef,
        id: ScopeId,
    ) -> Option<Interrupted> {
        let mut scopes = task.facts().extra_if_any()?.scopes.borrow_mut();
        let at = scopes.0.iter().position(|scope| scope.id == id)?;
        let told = scopes.0[at].told.take();
        for timer in scopes.0.drain(at..).filter_map(|scope| scope.timer) {
            self.timers.remove(timer);
        }
        told
    }

    /// Removes the timers of a task that has ended.
    pub(in crate::kernel) fn forget_scopes(&self, scopes: Scopes) {
        for timer in scopes.0.into_iter().filter_map(|scope| scope.timer) {
            self.timers.remove(timer);
        }
    }

    /// Interrupts a task, or one of its scopes, for good. A wait in it that has got nothing yet ends: the
    /// task leaves all queues, and its call is abandoned at its turn.
    pub(in crate::kernel) fn interrupt(&self, task: &TaskRef, id: ScopeId, why: Interrupted) {
        let serial = self.interruptions.get() + 1;
        self.interruptions.set(serial);
        let mut scopes = task.facts().extra().scopes.borrow_mut();
        let Some(scope) = scopes.find(id) else { return };
        if let Some(timer) = scope.timer.take() {
            self.timers.remove(timer);
        }
        scope.mark.get_or_insert((serial, why.clone()));
        let reaches = scopes.is_interrupted();
        drop(scopes);
        self.note_interrupt(Tid::of(task), &why);
        match State::of(task) {
            State::Waiting if reaches && task.has_call() && !task.is_answered() => {
                task.leave_queues();
                State::set_interrupted(task);
                Self::make_ready(task.clone(), |_| Cause::Signal);
            }
            State::Computing if reaches => {
                self.journal.note(|| Change::Interrupted(Tid::of(task)));
            }
            _ => {}
        }
    }

    fn note_interrupt(&self, tid: Tid, why: &Interrupted) {
        if self.journal.is_observed.get() {
            let time = Duration::from_nanos(self.clock.seen());
            self.journal.note(|| {
                Change::Told(Box::new(Event::Signal(Signal {
                    time,
                    tid,
                    why: why.why(),
                    by: why.by(),
                })))
            });
        }
    }
}

impl Core {
    /// The deadline of a scope has come.
    pub(in crate::kernel) fn expire(&mut self, slot: u32, id: ScopeId) {
        let task = self.table.get(slot);
        self.shared
            .interrupt(&task, id, Interrupted::new(Why::TimedOut));
    }

    /// Interrupts a task.
    pub(in crate::kernel) fn interrupt_task(&mut self, task: TaskRef, why: Interrupted) {
        self.shared.interrupt(&task, Scopes::TASK, why);
    }

    /// A task that computes was interrupted: it leaves its CPU, unless it has computed to the end.
    pub(in crate::kernel) fn break_off_computing(&mut self, tid: Tid) {
        let Some(task) = self.table.find(tid) else {
            return;
        };
        if State::of(&task) == State::Computing && self.interrupted(&task) {
            self.put_back(task);
            // Behind the note that it has left its CPU.
            self.journal.note(|| Change::Woken {
                tid,
                cause: Cause::Signal,
                now: self.clock.seen(),
            });
        }
    }

    /// The wait of a task was ended by an interruption: its call is abandoned. Says whether it is answered.
    pub(in crate::kernel) fn abandon_wait(&mut self, task: &TaskRef) -> bool {
        State::Waiting.put(task);
        self.interrupted(task)
    }

    /// The wait was not broken off after all: what it waited for had been granted.
    fn take_back_told(task: &TaskRef, id: ScopeId, before: Option<Interrupted>) {
        let mut scopes = task.facts().extra().scopes.borrow_mut();
        if let Some(scope) = scopes.find(id) {
            scope.told = before;
        }
    }

    /// Whether a task waits, or computes, and has not got what it asked for.
    fn may_break_off(&self, task: &TaskRef) -> bool {
        match State::of(task) {
            State::Waiting => task.has_call() && !task.is_answered(),
            State::Computing => !self.has_computed(Tid::of(task)),
            _ => false,
        }
    }

    /// Breaks off the wait of a task, if it waits, nothing was granted to it and a scope says so; says
    /// whether its call is answered now.
    pub(in crate::kernel) fn interrupted(&mut self, task: &TaskRef) -> bool {
        if !self.may_break_off(task) {
            return false;
        }
        let Some(extra) = task.facts().extra_if_any() else {
            return false;
        };
        let Some((id, why, before)) = extra.scopes.borrow_mut().tell_first() else {
            return false;
        };
        match self.break_off(task, why) {
            Ok(granted) => {
                if granted {
                    Self::take_back_told(task, id, before);
                }
                true
            }
            Err(payload) => {
                self.raise_in(task, payload);
                self.queue_stray(task);
                false
            }
        }
    }
}
