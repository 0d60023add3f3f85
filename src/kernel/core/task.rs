//! A task: a stack that can be resumed, and what comes of it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::Core;
use super::table::Facts;
use crate::kernel::abi::claim::Claim;
use crate::kernel::abi::exit::{Exit, exit_of};
use crate::kernel::abi::tid::Tid;
use crate::kernel::modules::locals;
use crate::machine::{
    DEFAULT_STACK, Payload, Promise, Resumed, StackError, Stacks, TaskRef, inspect,
};

/// Keeps what comes of a task, for those who ask later.
pub(crate) trait Keeper {
    fn keep(&self, exit: &Exit, payload: Option<Payload>);
}

/// What [`Task::run`] came to.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Ran {
    /// The task trapped with this call and has its reply; run it again to go on.
    Trapped(String),
    /// The task is over.
    Ended(Exit),
    /// Nothing was run: this thread is unwinding from a panic.
    Refused,
}

/// No task could be made.
#[derive(Debug)]
pub struct SpawnError(pub(crate) StackError);

impl fmt::Display for SpawnError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot make a task: {}", self.0)
    }
}

impl From<StackError> for SpawnError {
    fn from(error: StackError) -> Self {
        Self(error)
    }
}

impl std::error::Error for SpawnError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            StackError::NoMemory(cause) => Some(cause),
            _ => None,
        }
    }
}

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

/// What is asked of a new task beside what it runs.
#[derive(Default)]
pub(crate) struct Traits {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) daemon: bool,
    /// The scheduler's own, if it is not said.
    pub(crate) stack_size: Option<usize>,
    pub(crate) terms: Option<Box<Terms>>,
    pub(crate) keeper: Option<Rc<dyn Keeper>>,
}

/// What few tasks ask for: boxed, since every birth passes it on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) claim: Option<Claim>,
    /// When it arrives, from its birth on; at once, if nothing is said.
    pub(crate) arrival: Option<Duration>,
}

/// A task that will run `f` on a stack that was promised.
#[inline]
pub(in crate::kernel) fn new_task(
    stack: Promise,
    traits: Traits,
    f: impl FnOnce() + 'static,
) -> TaskRef {
    TaskRef::new(stack, Facts::of(traits), locals::owning(f))
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

    fn task(&self) -> &TaskRef {
        let task = self.task.as_ref();
        task.expect("only a scheduler takes it, and the handle with it")
    }

    /// Hands the task over to a scheduler; one that has ended already has nothing to hand over.
    pub(in crate::kernel) fn into_ref(mut self) -> Option<TaskRef> {
        self.task.take().filter(|_| self.exit.is_none())
    }

    /// Runs the task up to its next trap, and says what that was, or how it ended.
    ///
    /// Nobody serves calls here: [`Yield`](crate::syscall::Yield) comes back at once, any other call
    /// panics inside the task. A task that has ended stays so.
    pub fn run(&mut self) -> Ran {
        if let Some(exit) = &self.exit {
            return Ran::Ended(exit.clone());
        }
        if std::thread::panicking() {
            return Ran::Refused;
        }
        let context = self.task().clone();
        let mut resumed = context.resume();
        loop {
            match resumed {
                Resumed::Ended(payload) => return Ran::Ended(self.end(payload)),
                Resumed::Trapped if context.is_urgent() => {
                    Core::stand_in(&context).serve_stranger(&context);
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

    fn end(&mut self, payload: Option<Payload>) -> Exit {
        let exit = exit_of(payload.as_ref());
        if let Some(keeper) = self.task().facts().keeper.take() {
            keeper.keep(&exit, payload);
        }
        self.exit.insert(exit).clone()
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let (Some(task), None) = (self.task.take(), &self.exit) {
            // Unwinding takes a kernel, for the calls that destructors make: an empty one will do.
            Core::stand_in(&task).adopt_and_kill(task);
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
