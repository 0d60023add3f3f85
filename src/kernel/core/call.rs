//! What a system call is, and the one gate through which every call passes.

use std::any::type_name;
use std::fmt;

use super::Core;
use super::facts::Facts;
use super::kernel::Kernel;
use super::list::List;
use crate::kernel::abi::info::bare_name;
use crate::kernel::abi::{Interrupted, Tid, Why};
use crate::kernel::parts::Wait;
use crate::machine::{self, TaskRef};

/// What serving a call comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer<R> {
    /// The reply; the caller goes to the tail of the run queue.
    Done(R),
    /// Not yet: the caller waits until something wakes it, then the call is served again.
    Wait,
}

/// A request that a task yields to the kernel: one object, which serves itself.
///
/// Nothing is allocated and nothing copied: the object lies on its caller's stack and is served
/// there. A wake is a hint; `serve` looks at the truth again each time, so a spurious one does no
/// harm. (After xv6's `sleep`, which rechecks its condition in a loop.)
///
/// Whatever `serve` registers through [`Kernel::park`] or [`Kernel::wake_at`] is undone by the kernel
/// as soon as the call has its reply. A call that answers [`Answer::Wait`] must override
/// [`abandon`](Self::abandon), and must there **pass on a wake** that it got and will not use.
///
/// `serve` and `abandon` run in the loop, not in a task: they use the [`Kernel`] that they are given
/// and must not make calls themselves.
///
/// If `serve` panics, the panic is the caller's.
///
/// ```
/// use coros::{Answer, Kernel, Scheduler, SystemCall, Tid, call};
///
/// /// How many tasks there are.
/// struct Census;
///
/// impl SystemCall for Census {
///     type Reply = usize;
///     fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<usize> {
///         Answer::Done(kernel.tasks().count())
///     }
/// }
///
/// let mut sched = Scheduler::new();
/// let counted = sched.spawn(|| call(Census));
/// sched.spawn(|| ());
/// sched.run().unwrap();
/// assert_eq!(counted.join().unwrap(), 2);
/// ```
///
/// One that waits, for an item of a queue:
///
/// ```
/// use std::cell::RefCell;
/// use coros::{Answer, Interrupted, Kernel, Scheduler, SystemCall, Tid, WaitList, call};
///
/// #[derive(Default)]
/// struct Queue {
///     items: RefCell<Vec<u32>>,
///     not_empty: WaitList,
/// }
///
/// impl Queue {
///     fn push(&self, item: u32) {
///         self.items.borrow_mut().push(item);
///         self.not_empty.wake_one();
///     }
/// }
///
/// struct Pop<'q>(&'q Queue);
///
/// impl SystemCall for Pop<'_> {
///     type Reply = Result<u32, Interrupted>;
///
///     fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
///         match self.0.items.borrow_mut().pop() {
///             Some(item) => Answer::Done(Ok(item)),
///             None => {
///                 kernel.park(caller, &self.0.not_empty);
///                 Answer::Wait
///             }
///         }
///     }
///
///     fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
///         if kernel.woken(caller) {
///             kernel.wake_one(&self.0.not_empty); // There is an item, and it is not for us.
///         }
///         Err(why)
///     }
/// }
///
/// let queue = std::rc::Rc::new(Queue::default());
/// let mut sched = Scheduler::new();
/// let popped = sched.spawn({
///     let queue = queue.clone();
///     move || call(Pop(&queue)).unwrap()
/// });
/// sched.spawn(move || queue.push(7));
/// sched.run().unwrap();
/// assert_eq!(popped.join().unwrap(), 7);
/// ```
pub trait SystemCall {
    /// What the caller gets.
    type Reply;

    /// Answers the call, or says that the caller waits.
    ///
    /// Runs while the caller is suspended, and again whenever it is woken.
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply>;

    /// Undoes what `serve` did, since the wait is broken off, and says so. The caller has left its list
    /// by then.
    ///
    /// If [`kernel.woken(caller)`](Kernel::woken), a wake was spent on a caller that will not use it:
    /// pass it on with [`Kernel::wake_one`], or the next task in the list waits for ever.
    ///
    /// Calls that never wait need none; one that waits and has none panics in its caller.
    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        let _ = (kernel, caller, why);
        panic!(
            "the call {} waits, or panicked in a destructor, so it must override \
             `SystemCall::abandon`",
            type_name::<Self>()
        )
    }

    /// The reply for a task driven by hand, where no kernel serves; `None` if it takes a kernel.
    fn serve_alone(&mut self) -> Option<Self::Reply> {
        None
    }

    /// Says in words what is asked, for traces and reports. By default, the type's name.
    ///
    /// # Errors
    ///
    /// Those of `out` alone.
    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(bare_name(type_name::<Self>()))
    }

    /// Says in words what was answered, for traces. By default, nothing.
    ///
    /// # Errors
    ///
    /// Those of `out` alone.
    fn describe_reply(reply: &Self::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = (reply, out);
        Ok(())
    }
}

/// Yields a system call, and comes back with its reply.
///
/// This ends the caller's turn: it goes to the tail of the run queue, or waits. While the caller
/// unwinds (from a panic, or since it is killed) the call is served in place if it needs no wait;
/// else it returns what [`SystemCall::abandon`] makes of [`Interrupted`].
///
/// # Panics
///
/// Outside a task.
///
/// ```
/// use coros::{call, run, syscall::GetTid};
/// assert_eq!(run(|| call(GetTid).number()).unwrap(), 1);
/// ```
#[inline(always)]
#[track_caller]
pub fn call<C: SystemCall>(call: C) -> C::Reply {
    machine::request(Gate(call))
}

impl machine::KernelSide for machine::TheKernel {
    type World = Core;
    type Caller<'t> = &'t TaskRef;
    type Why = Interrupted;
    type Facts = Facts;
    type WaitFacts = Wait;
    type QueueFacts = List;

    fn clear(wait: &Wait) {
        wait.clear();
        wait.timer.set(None);
    }

    fn name_of(facts: &Facts) -> &str {
        facts.name()
    }

    fn unwinding() -> Interrupted {
        Interrupted::new(Why::Unwinding)
    }
}

/// A user's call as the machine sees it.
struct Gate<C>(C);

impl<C: SystemCall> machine::Request for Gate<C> {
    type Reply = C::Reply;

    #[inline(always)]
    fn serve(&mut self, core: &mut Core, caller: &TaskRef) -> Option<C::Reply> {
        let kernel = &mut Kernel::new(core, Some(caller));
        match self.0.serve(kernel, Tid::of(caller)) {
            Answer::Done(reply) => Some(reply),
            Answer::Wait => None,
        }
    }

    fn abandon(&mut self, core: &mut Core, caller: &TaskRef, why: Interrupted) -> C::Reply {
        caller.leave_queues();
        let kernel = &mut Kernel::new(core, Some(caller));
        self.0.abandon(kernel, Tid::of(caller), why)
    }

    fn alone(&mut self) -> Option<C::Reply> {
        self.0.serve_alone()
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(out)
    }

    fn describe_reply(reply: &C::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        C::describe_reply(reply, out)
    }
}
