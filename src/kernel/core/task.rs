//! A task: a stack that can be resumed, and what comes of it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Core;
use super::exit::{serve_urgent, unwind};
use super::facts::Facts;
use super::run::kill_all;
use crate::kernel::abi::{Exit, Ran, SpawnError, Tid, exit_of};
use crate::kernel::parts::leaving::leaving;
use crate::kernel::parts::{State, Traits};
use crate::machine::{DEFAULT_STACK, Promise, Resumed, Stacks, TaskRef, inspect};

/// A task that no scheduler has yet: a function on a stack of its own, to be resumed.
///
/// Give it to a scheduler with [`Scheduler::create_task`](crate::Scheduler::create_task), or drive it by hand with [`run`](Self::run).
/// Dropping one that has not ended kills it.
///
/// ```
/// use coros::task::{Exit, Ran};
/// use coros::{Task, yield_now};
///
/// let mut task = Task::new(|| yield_now());
/// assert_eq!(task.run(), Ran::Trapped("Yield".into()));
/// assert_eq!(task.run(), Ran::Ended(Exit::Returned));
/// ```
pub struct Task {
    /// None once a scheduler has taken the task over.
    task: Option<TaskRef>,
    exit: Option<Exit>,
}

/// A task that will run `f` on a stack that was promised.
#[inline]
pub(in crate::kernel) fn new_task(
    stack: Promise,
    traits: Traits,
    f: impl FnOnce() + 'static,
) -> TaskRef {
    TaskRef::new(stack, Facts::of(traits), leaving(f))
}

impl Task {
    /// A task that will run `f`, on a stack of the default size.
    ///
    /// # Panics
    ///
    /// If there is no memory for a stack.
    #[must_use]
    pub fn new(f: impl FnOnce() + 'static) -> Self {
        Self::make(Traits::default(), f).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn make(traits: Traits, f: impl FnOnce() + 'static) -> Result<Self, SpawnError> {
        let stack = Stacks::of(traits.stack_size.unwrap_or(DEFAULT_STACK))?.promise()?;
        let task = new_task(stack, traits, f);
        Tid::by_hand().write(&task);
        Ok(Self {
            task: Some(task),
            exit: None,
        })
    }

    /// Hands the task over to a scheduler; one that has ended already has nothing to hand over.
    pub(in crate::kernel) fn into_ref(mut self) -> Option<TaskRef> {
        self.task.take().filter(|_| self.exit.is_none())
    }

    /// Runs the task up to its next trap, and says what that was, or how it ended.
    ///
    /// No scheduler serves calls here: [`Yield`](crate::syscall::Yield) comes back at once, any other call
    /// panics inside the task. A task that has ended stays so.
    pub fn run(&mut self) -> Ran {
        if let Some(exit) = &self.exit {
            return Ran::Ended(exit.clone());
        }
        if std::thread::panicking() {
            return Ran::Refused;
        }
        let task = self.task.as_ref();
        let context = task.expect("only a scheduler takes it, and the handle with it");
        let context = context.clone();
        let mut resumed = context.resume();
        loop {
            match resumed {
                Resumed::Ended(payload) => {
                    let exit = exit_of(payload.as_ref());
                    return Ran::Ended(self.exit.insert(exit).clone());
                }
                Resumed::Trapped if context.is_urgent() => {
                    serve_by_hand(&context);
                    resumed = context.resume();
                }
                Resumed::Trapped => {
                    let call = inspect::call_text(&context).unwrap_or_default();
                    // The call is the user's, and may panic: that is the task's own.
                    let served = catch_unwind(AssertUnwindSafe(|| context.serve_alone()));
                    let refused = || format!("no scheduler serves this call: {call}");
                    resumed = match served {
                        Ok(true) => return Ran::Trapped(call),
                        Ok(false) => context.raise(Box::new(refused())),
                        Err(payload) => context.raise(payload),
                    };
                }
            }
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let (Some(task), None) = (self.task.take(), &self.exit) {
            kill_by_hand(task);
        }
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self
            .task
            .as_ref()
            .and_then(|task| task.facts().name.as_deref());
        write!(out, "Task({name:?}, {:?})", self.exit)
    }
}

/// Serves a call that a task driven by hand makes while it unwinds: a kernel is made for that, since
/// destructors may ask for one.
fn serve_by_hand(task: &TaskRef) {
    let mut core = Core::stand_in(task);
    let slot = adopt(&core, task.clone());
    serve_urgent(&mut core, task);
    core.table.remove(slot);
}

/// Kills a task that no scheduler has. Unwinding takes a kernel, too: an empty one will do.
fn kill_by_hand(task: TaskRef) {
    let mut core = Core::stand_in(&task);
    core.ordinary.set(usize::from(!task.facts().daemon));
    adopt(&core, task.clone());
    unwind(&mut core, &task);
    kill_all(&mut core, |_| true);
}

fn adopt(core: &Core, task: TaskRef) -> u32 {
    State::Waiting.set(&task);
    let number = Tid::of(&task).number();
    core.table.insert(number, task).slot()
}
