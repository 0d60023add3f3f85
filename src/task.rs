//! Tasks as programs use them: spawn, build, join. Floor 3, on calls only.
//!
//! ```
//! use coros::{Builder, run, spawn};
//!
//! let total = run(|| {
//!     let a = spawn(|| 1);
//!     let b = Builder::new().name("b").stack_size(64 << 10).spawn(|| 2);
//!     a.join().unwrap() + b.join().unwrap()
//! });
//! assert_eq!(total.unwrap(), 3);
//! ```

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

pub use crate::join::{JoinError, JoinHandle, Panic};
use crate::kernel::{
    Answer, Arrival, Claims, ExitSink, Kernel, PostHandle, SchedParams, Scheduler, Slots,
    SystemCall, Traits, call, keep_value, spend_on_birth, target,
};
pub use crate::kernel::{Exit, NoSuchTask, Ran, SpawnError, Task, TaskInfo, TaskState, Tid};
use crate::shown::described;

/// Makes a new task of this scheduler, at the tail of the run queue; the caller goes on.
///
/// Not a call, as with [`std::thread::spawn`]: the child runs when its turn comes. Once in a while the
/// caller yields first, so that a task which makes tasks for ever lets others run.
///
/// # Panics
///
/// Outside a task, and if there is no memory for a stack.
///
/// ```
/// let doubled = coros::run(|| coros::spawn(|| 21).join().unwrap() * 2);
/// assert_eq!(doubled.unwrap(), 42);
/// ```
#[track_caller]
pub fn spawn<T: 'static>(f: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
    Builder::new().spawn(f)
}

impl Scheduler {
    /// Makes a new task from outside; it goes to the tail of the ready queue.
    ///
    /// # Panics
    ///
    /// If there is no memory for a stack.
    #[track_caller]
    pub fn spawn<T: 'static>(&mut self, f: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
        match self.spawn_with(Builder::new(), f) {
            Ok(handle) => handle,
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes a new task from outside, as `builder` says.
    ///
    /// # Errors
    ///
    /// If there is no stack of that size to be had.
    pub fn spawn_with<T: 'static>(
        &mut self,
        builder: Builder,
        f: impl FnOnce() -> T + 'static,
    ) -> Result<JoinHandle<T>, SpawnError> {
        let made = self.spawn_as(builder.traits_with_handle(None), move || keep_value(f()))?;
        Ok(JoinHandle::new(Some(made)))
    }
}

/// Settings of a new task.
///
/// ```
/// let mut sched = coros::Scheduler::new();
/// let clock = coros::Builder::new().name("clock").daemon(true);
/// let handle = sched.spawn_with(clock, || loop {
///     coros::yield_now();
/// });
/// sched.spawn(|| ());
/// sched.run().unwrap();
/// assert!(handle.unwrap().is_finished(), "daemons do not outlive the run");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    name: Option<Arc<str>>,
    daemon: bool,
    stack_size: Option<usize>,
    claim: Option<Box<SchedParams>>,
    arrival: Option<Duration>,
}

impl Builder {
    /// No name, no daemon, the scheduler's size of stack.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name by which messages, traces and reports call the task.
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether the run ends without waiting for this task, and kills it then.
    pub fn daemon(mut self, daemon: bool) -> Self {
        self.daemon = daemon;
        self
    }

    /// Room for the task's stack, in bytes: at least 8 KiB; rounded up to a power of two.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = Some(bytes);
        self
    }

    /// What the task claims from the policy that schedules it.
    pub fn claim(mut self, claim: SchedParams) -> Self {
        self.claim = Some(Box::new(claim));
        self
    }

    /// Lets the task arrive when so much time has passed: only then it is ready for the first time, and
    /// comes under the policy. It can be joined and killed before.
    pub fn arrival(mut self, after: Duration) -> Self {
        self.arrival = Some(after);
        self
    }

    /// Makes the task at a scheduler.
    fn spawn_at<T: 'static>(
        self,
        home: &PostHandle,
        f: impl FnOnce() -> T + 'static,
    ) -> Result<JoinHandle<T>, SpawnError> {
        let made = home.spawn(self.traits_with_handle(None), move || keep_value(f()))?;
        Ok(JoinHandle::new(Some(made)))
    }

    /// Makes the task, as [`spawn`] does.
    ///
    /// # Panics
    ///
    /// Outside a task, and if there is no stack of that size to be had.
    #[track_caller]
    pub fn spawn<T: 'static>(self, f: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
        let made = match PostHandle::of_running() {
            Some((_, home)) => {
                spend_on_birth();
                self.spawn_at(&home, f)
            }
            None => call(Spawn(Some((self, f)))),
        };
        match made {
            Ok(handle) => handle,
            // A destructor must not panic: it gets the handle of a task that there never was.
            Err(error) if std::thread::panicking() => {
                log::error!(target: target::TASK, "while unwinding: {error}");
                JoinHandle::new(None)
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes the task, as [`spawn`] does.
    ///
    /// # Errors
    ///
    /// If there is no stack of that size to be had.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn try_spawn<T: 'static>(
        self,
        f: impl FnOnce() -> T + 'static,
    ) -> Result<JoinHandle<T>, SpawnError> {
        call(Spawn(Some((self, f))))
    }

    /// Makes the task for [`Scheduler::create_task`], or to be driven by hand.
    ///
    /// # Errors
    ///
    /// If there is no stack of that size to be had.
    pub fn task(self, f: impl FnOnce() + 'static) -> Result<Task, SpawnError> {
        Task::make(self.traits(None), f)
    }

    /// What is asked for a task without a handle, with what hears how it ended.
    pub(crate) fn traits(self, sink: Option<Rc<dyn ExitSink>>) -> Traits {
        let slots = Slots::default();
        if let Some(claim) = self.claim {
            slots.put(Claims(RefCell::new(Some(*claim))));
        }
        if let Some(after) = self.arrival {
            slots.put(Arrival::after(after));
        }
        Traits {
            name: self.name,
            daemon: self.daemon,
            stack_size: self.stack_size,
            slots,
            sink,
            has_handle: false,
        }
    }

    /// The same for a task with a handle.
    #[inline]
    pub(crate) fn traits_with_handle(self, sink: Option<Rc<dyn ExitSink>>) -> Traits {
        Traits {
            has_handle: true,
            ..self.traits(sink)
        }
    }
}

/// Asks for a new task with a handle, where the caller is driven by hand: no scheduler has it, but while it
/// unwinds one stands in.
struct Spawn<F>(Option<(Builder, F)>);

impl<T: 'static, F: FnOnce() -> T + 'static> SystemCall for Spawn<F> {
    type Reply = Result<JoinHandle<T>, SpawnError>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Self::Reply> {
        let (builder, f) = self.0.take().expect("a call is answered once");
        Answer::Done(builder.spawn_at(&kernel.poster(), f))
    }

    described!(self => "NewTask");
}
