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

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use crate::devices::{Timer, nanoseconds};
use crate::kernel::abi::events::{Event, Interrupt};
use crate::kernel::abi::{Interrupted, Tid, Why};
use crate::kernel::core::{Core, PostHandle, Shared, interrupt};
use crate::kernel::parts::{Due, TaskSlot};
use crate::machine::{TaskRef, World};

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

struct Scope {
    id: ScopeId,
    shield: Shield,
    /// A deadline for which no timer was set yet: that is done when a wait begins inside.
    deadline: Option<u64>,
    timer: Option<Timer>,
    /// Its interruption, and which one that was among all: the earliest is told.
    mark: Option<(u64, Interrupted)>,
    /// What a wait in here was told, if it was told of this scope.
    told: Option<Interrupted>,
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
struct Scopes(Vec<Scope>);

impl Scopes {
    const TASK: ScopeId = ScopeId(0);

    fn find(&mut self, id: ScopeId) -> Option<&mut Scope> {
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

    /// The earliest interruption that reaches the innermost: of which scope, and why.
    fn first_mark(&self) -> Option<(ScopeId, Interrupted)> {
        let marked = self.in_reach().iter().filter_map(|scope| {
            let (serial, why) = scope.mark.as_ref()?;
            Some((*serial, scope.id, why))
        });
        let (_, id, why) = marked.min_by_key(|marked| marked.0)?;
        Some((id, why.clone()))
    }
}

impl Default for Scopes {
    fn default() -> Self {
        Self(vec![Scope::new(Self::TASK, Shield::Open)])
    }
}

/// What a task keeps of its scopes.
#[derive(Default)]
struct Within {
    scopes: RefCell<Scopes>,
    /// The scope for whose interruption the task's waits are broken off now.
    pending: Cell<Option<ScopeId>>,
}

impl TaskSlot for Within {
    /// Sets the timers of scopes that have none yet.
    fn before_wait(&self, task: &TaskRef) {
        let Some(home) = task.facts().home() else {
            return;
        };
        for scope in &mut self.scopes.borrow_mut().0 {
            if let Some(deadline) = scope.deadline.take()
                && scope.mark.is_none()
            {
                scope.timer = Some(set_timer(home, task, scope.id, deadline));
            }
        }
    }

    fn deadline(&self, task: &TaskRef) -> Option<u64> {
        let home = task.facts().home()?;
        let scopes = self.scopes.borrow();
        let timers = scopes.in_reach().iter().filter_map(|scope| scope.timer);
        timers.filter_map(|timer| home.deadline(timer)).min()
    }

    fn ended(&self, world: &mut World, _: &TaskRef) {
        let scopes = self.scopes.take();
        for timer in scopes.0.into_iter().filter_map(|scope| scope.timer) {
            world.cancel_timer(timer);
        }
    }
}

impl Within {
    fn of(task: &TaskRef) -> &Self {
        task.facts().slots.get_or_default()
    }

    /// Notes which scope's interruption a wait was told of, if one was.
    fn collect(&self, task: &TaskRef) {
        if let Some(id) = self.pending.get()
            && interrupt::was_delivered(task)
            && let Some(scope) = self.scopes.borrow_mut().find(id)
        {
            scope.told = scope.mark.as_ref().map(|mark| mark.1.clone());
        }
    }

    /// Says anew why the task's waits are broken off, now that its scopes have changed.
    fn review(&self, task: &TaskRef) {
        let first = self.scopes.borrow().first_mark();
        let (id, why) = first.unzip();
        if id != self.pending.replace(id) {
            interrupt::set_pending(task, why);
        }
    }
}

/// The deadline of a scope has come.
fn expire(core: &mut Core, slot: u32, scope: u64) {
    let task = core.in_slot(slot);
    interrupt_scope(core, &task, ScopeId(scope), Interrupted::new(Why::TimedOut));
}

fn set_timer(home: &Shared, task: &TaskRef, id: ScopeId, deadline: u64) -> Timer {
    let slot = Tid::of(task).slot();
    home.set_timer(deadline, Due::Run(expire, slot, id.0))
}

/// Lets the task that runs enter a scope, whose innermost it is then; `None` where there is none, or no
/// scheduler serves it.
#[inline]
pub(crate) fn enter(shield: Shield, expiry: Expiry) -> Option<ScopeId> {
    TaskRef::with_running(|task| Some(enter_scope(task.facts().home()?, task, shield, expiry)))
        .flatten()
}

fn enter_scope(home: &Shared, task: &TaskRef, shield: Shield, expiry: Expiry) -> ScopeId {
    let id = ScopeId(next_number());
    let clock = home.clock();
    let deadline = match expiry {
        Expiry::Never => None,
        Expiry::After(duration) => Some(clock.read().saturating_add(nanoseconds(duration))),
        Expiry::At(instant) => {
            clock.read();
            Some(clock.time(instant))
        }
    };
    let within = Within::of(task);
    let scope = Scope {
        deadline,
        ..Scope::new(id, shield)
    };
    within.scopes.borrow_mut().0.push(scope);
    if within.pending.get().is_some() {
        within.collect(task);
        within.review(task);
    }
    if deadline.is_some_and(|deadline| deadline <= clock.seen()) {
        interrupt_scope(home, task, id, Interrupted::new(Why::TimedOut));
    }
    id
}

/// Lets the task that runs leave a scope, and those that it entered within; says what its waits were told
/// of it.
#[inline]
pub(crate) fn leave(id: ScopeId) -> Option<Interrupted> {
    TaskRef::with_running(|task| leave_scope(task.facts().home()?, task, id)).flatten()
}

fn leave_scope(home: &Shared, task: &TaskRef, id: ScopeId) -> Option<Interrupted> {
    let within = task.facts().slots.get::<Within>()?;
    let is_pending = within.pending.get().is_some();
    if is_pending {
        within.collect(task);
    }
    let mut scopes = within.scopes.borrow_mut();
    let at = scopes.0.iter().rposition(|scope| scope.id == id)?;
    let (mut told, mut was_closed) = (None, false);
    while scopes.0.len() > at {
        let scope = scopes.0.pop()?;
        scope.timer.inspect(|&timer| home.cancel_timer(timer));
        was_closed |= scope.shield == Shield::Closed;
        told = scope.told;
    }
    drop(scopes);
    // Behind a shield there may be an interruption that did not reach in.
    if is_pending | was_closed {
        within.review(task);
    }
    told
}

/// Interrupts a task, or one of its scopes.
pub(crate) fn interrupt(to: &PostHandle, tid: Tid, scope: Option<ScopeId>, why: Interrupted) {
    if let Some(task) = to.find(tid) {
        interrupt_scope(to.home(), &task, scope.unwrap_or(Scopes::TASK), why);
    }
}

/// Interrupts a task as a whole.
pub(crate) fn interrupt_task(home: &Shared, task: &TaskRef, why: Interrupted) {
    interrupt_scope(home, task, Scopes::TASK, why);
}

/// Interrupts one of a task's scopes, for good. A wait in it that has got nothing yet ends.
fn interrupt_scope(home: &Shared, task: &TaskRef, id: ScopeId, why: Interrupted) {
    let serial = next_number();
    let within = Within::of(task);
    let mut scopes = within.scopes.borrow_mut();
    let Some(scope) = scopes.find(id) else { return };
    if let Some(timer) = scope.timer.take() {
        home.cancel_timer(timer);
    }
    scope.mark.get_or_insert((serial, why.clone()));
    drop(scopes);
    home.tell(|| {
        Event::Interrupt(Interrupt {
            time: Duration::from_nanos(home.clock().seen()),
            tid: Tid::of(task),
            why: why.why(),
            by: why.by(),
        })
    });
    within.collect(task);
    within.review(task);
}

/// Moves the deadline of a task's scope, or takes it away; one that is past expires the scope at once. Too
/// late for one that was left, or interrupted before.
pub(crate) fn set_deadline(to: &PostHandle, tid: Tid, id: ScopeId, deadline: Option<Instant>) {
    let Some(task) = to.find(tid) else { return };
    let home = to.home();
    home.clock().read();
    let deadline = deadline.map(|deadline| home.clock().time(deadline));
    let within = Within::of(&task);
    let mut scopes = within.scopes.borrow_mut();
    let scope = scopes.find(id);
    let Some(scope) = scope.filter(|scope| scope.mark.is_none()) else {
        return;
    };
    scope.deadline = None;
    if let Some(timer) = scope.timer.take() {
        home.cancel_timer(timer);
    }
    let is_past = deadline.is_some_and(|deadline| deadline <= home.clock().seen());
    match deadline {
        Some(_) if is_past => {
            drop(scopes);
            interrupt_scope(home, &task, id, Interrupted::new(Why::TimedOut));
        }
        Some(deadline) => scope.timer = Some(set_timer(home, &task, id, deadline)),
        None => {}
    }
}

/// A number for a scope or an interruption: those of this thread come in order.
fn next_number() -> u64 {
    thread_local! {
        static NUMBERS: Cell<u64> = const { Cell::new(0) };
    }
    NUMBERS.set(NUMBERS.get() + 1);
    NUMBERS.get()
}
