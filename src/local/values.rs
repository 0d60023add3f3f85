//! Values that belong to one task each, kept until its end and dropped on its own stack.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use crate::kernel::log::{log_error, target};
use crate::kernel::{Tid, on_leave};
use crate::machine::Payload;

/// How often a task's values may leave new ones behind when they are dropped.
const PATIENCE: u32 = 16;

/// The values of one task, in the order of their making; `None` while one is being made.
type Values = Vec<(usize, Option<Rc<dyn Any>>)>;

thread_local! {
    /// How many tasks have values: most programs have none, and their tasks end without a look below.
    static OWNERS: Cell<usize> = const { Cell::new(0) };
    /// Without a destructor of its own, so that tasks can be killed while the thread ends.
    static VALUES: RefCell<ManuallyDrop<BTreeMap<Tid, Values>>> =
        const { RefCell::new(ManuallyDrop::new(BTreeMap::new())) };
}

/// A task's value under this key, made by `init` if there is none yet.
///
/// # Panics
///
/// If `init` asks for the value that it is making, and where `init` does.
#[track_caller]
pub(crate) fn with(tid: Tid, key: usize, init: impl FnOnce() -> Rc<dyn Any>) -> Rc<dyn Any> {
    if let Some(found) = look_up(tid, key) {
        return found.expect("a task-local value is asked for by its own initialiser");
    }
    // `init` is the user's: it may use other values, wait, panic. So nothing is borrowed meanwhile.
    let making = Making::begin(tid, key);
    let value = init();
    making.finish(&value);
    value
}

fn look_up(tid: Tid, key: usize) -> Option<Option<Rc<dyn Any>>> {
    VALUES.with_borrow(|all| {
        let found = all.get(&tid)?.iter().find(|(at, _)| *at == key)?;
        Some(found.1.clone())
    })
}

/// Drops a task's values, the last made first, each on its own; hands over what the first of them
/// unwound with that did. To be called on the task's own stack.
pub(crate) fn leave(tid: Tid) -> Option<Payload> {
    let mut thrown = None;
    for _ in 0..PATIENCE {
        if OWNERS.get() == 0 {
            return thrown;
        }
        let Some(values) = VALUES.with_borrow_mut(|all| all.remove(&tid)) else {
            return thrown;
        };
        change_owners(OWNERS.get() - 1);
        for (_, value) in values.into_iter().rev() {
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
                thrown = Some(keep_first(thrown, payload));
            }
        }
    }
    log_error(
        target::TASK,
        format_args!(
            "task {tid}: each time its task-local values are dropped, they make new ones; the last \
         are leaked"
        ),
    );
    thrown
}

/// While no task has values, tasks end without a look here.
fn change_owners(count: usize) {
    OWNERS.set(count);
    on_leave((count > 0).then_some(leave_for_good as fn(Tid)));
}

fn keep_first(first: Option<Payload>, payload: Payload) -> Payload {
    match first {
        Some(first) => {
            // Dropping it might panic again.
            std::mem::forget(payload);
            first
        }
        None => payload,
    }
}

/// A value that is being made: its place is taken, or free again if it comes to nothing.
struct Making(Tid, usize);

impl Making {
    fn begin(tid: Tid, key: usize) -> Self {
        VALUES.with_borrow_mut(|all| {
            let values = all.entry(tid).or_insert_with(|| {
                change_owners(OWNERS.get() + 1);
                Vec::new()
            });
            values.push((key, None));
        });
        Self(tid, key)
    }

    fn finish(self, value: &Rc<dyn Any>) {
        self.take_back();
        VALUES.with_borrow_mut(|all| {
            // Those that the initialiser used were made before this one, and are dropped after it.
            let values = all.get_mut(&self.0).expect("the place is kept");
            values.push((self.1, Some(Rc::clone(value))));
        });
        std::mem::forget(self);
    }

    fn take_back(&self) {
        VALUES.with_borrow_mut(|all| {
            if let Some(values) = all.get_mut(&self.0) {
                values.retain(|(key, _)| *key != self.1);
            }
        });
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// Lets a task go on with the panic of a value, as with that of any local variable.
#[cold]
#[inline(never)]
fn leave_for_good(tid: Tid) {
    let Some(payload) = leave(tid) else { return };
    if !std::thread::panicking() {
        resume_unwind(payload);
    }
    log_error(
        target::TASK,
        format_args!(
            "task {tid}: a task-local value panicked as it was dropped while the task unwound"
        ),
    );
    std::mem::forget(payload);
}
