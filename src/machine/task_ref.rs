//! A task as the kernel drives it: a coroutine on an arena stack, and the memory that goes with it.
//!
//! ```text
//!            resume                    resume, raise
//!  ┌───────┐        ┌─────────┐ suspends ┌───────────┐
//!  │ Fresh │───────▶│  Busy   │─────────▶│ Suspended │──┐ serve, abandon: Busy meanwhile
//!  └───────┘ raise  └─────────┘◀─────────└───────────┘◀─┘
//!                        │ returns or unwinds to its root
//!                        ▼
//!                   ┌─────────┐
//!                   │  Done   │  the stack is back in its arena
//!                   └─────────┘
//! ```
//!
//! The trap word says which: a frame's address is Suspended, the others are small numbers. Every
//! operation checks it first, so no order of safe calls can run one stack twice or touch a frame
//! that its owner is using. A context dropped before it is done leaks its stack and all it holds.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

use corosensei::CoroutineResult;

use super::coroutine::new_coroutine;
use super::current;
use super::frame::{
    Facts, FrameHeader, KernelSide, Served, Status, TheKernel, WaitFacts, Why, World,
};
use super::header::{BUSY, DONE, FRESH};
use super::payload::{Kill, Payload, set_raised};
use super::stack::Promise;
use super::stack_error::StackError;
use super::task_memory::TaskMemory;
use super::wait_node::{Owner, WaitNode};

/// How a context came back from being resumed.
pub(crate) enum Resumed {
    /// It made a call, which waits to be served.
    Trapped,
    /// It ended: with `None` by returning, else by unwinding with the payload.
    Ended(Option<Payload>),
}

/// What came of letting a context go on.
pub(crate) enum Advanced {
    /// It made a call, of which serving came to this.
    Served(Served),
    /// It ended, as in [`Resumed::Ended`].
    Ended(Option<Payload>),
}

/// A counted handle to a task.
#[derive(Clone)]
pub(crate) struct TaskRef(TaskMemory);

impl TaskRef {
    /// A task that will run `body`, on a stack that it gets at its first run.
    #[inline]
    pub(crate) fn new(stack: Promise, facts: Facts, body: impl FnOnce() + 'static) -> TaskRef {
        TaskRef(TaskMemory::new(stack, body, facts))
    }

    /// One more handle to the task that a wait node names; none if that is null.
    ///
    /// # Safety
    ///
    /// As [`TaskMemory::of_header`], unless it is null.
    #[inline(always)]
    pub(super) unsafe fn of_owner(owner: Owner) -> Option<TaskRef> {
        let header = NonNull::new(owner.cast_mut())?.cast();
        // SAFETY: passed on from the caller.
        Some(TaskRef(unsafe { TaskMemory::of_header(header) }))
    }

    /// Looks at the task that runs now, if one does.
    #[inline(always)]
    pub(crate) fn with_running<R>(look: impl FnOnce(&TaskRef) -> R) -> Option<R> {
        let header = current::running()?;
        // SAFETY: whatever resumed the task that runs holds on to it, as long as it runs.
        let task = TaskRef(unsafe { TaskMemory::uncounted(header) });
        let task = ManuallyDrop::new(task);
        Some(look(&task))
    }

    /// Takes out the first wait for this task's end, lets `note` write into it, and says whose it is.
    pub(crate) fn pop_joiner(&self, note: impl FnOnce(&WaitFacts)) -> Option<TaskRef> {
        let owner = self.rest().joiners.pop(note)?;
        // SAFETY: it was in the chain until now, so its task is not gone.
        unsafe { Self::of_owner(owner) }
    }

    /// The task whose end a node waits for.
    pub(crate) fn joined_by(node: &WaitNode) -> Option<TaskRef> {
        // SAFETY: a task's chain lets its nodes go before the task's memory is given back.
        unsafe { Self::of_owner(node.target()) }
    }

    /// Runs the context up to its next call, and serves that call.
    ///
    /// As `resume` and `serve` in one, for the loop: the context stays Busy in between.
    ///
    /// `begin` is told after the switch, and before the call is served.
    #[inline(always)]
    pub(crate) fn advance(&self, world: &mut World, begin: impl FnOnce(&mut World)) -> Advanced {
        match self.switch() {
            CoroutineResult::Yield(frame) => {
                let lent = PutBack(&self.trap, frame);
                begin(world);
                // SAFETY: the frame of a suspended context is alive; Busy keeps it ours alone.
                let vtable = unsafe { frame.as_ref() }.vtable;
                // SAFETY: the table is the one of this frame's type.
                let served = unsafe { (vtable.serve)(lent.1, world, self) };
                Advanced::Served(served)
            }
            CoroutineResult::Return(payload) => {
                self.finish();
                Advanced::Ended(payload)
            }
        }
    }

    /// Runs the context up to its next call or its end.
    #[inline(never)]
    pub(crate) fn resume(&self) -> Resumed {
        match self.switch() {
            CoroutineResult::Yield(frame) => {
                self.trap.set(frame.as_ptr());
                Resumed::Trapped
            }
            CoroutineResult::Return(payload) => {
                self.finish();
                Resumed::Ended(payload)
            }
        }
    }

    /// Switches to the context; it is Busy when it comes back.
    #[inline(always)]
    fn switch(&self) -> CoroutineResult<NonNull<FrameHeader>, Option<Payload>> {
        let trap = self.trap.get();
        if trap.addr() <= DONE.addr()
            && let Err(error) = self.begin(trap)
        {
            return CoroutineResult::Return(Some(Box::new(error.to_string())));
        }
        self.trap.set(BUSY);
        let (outer, outer_task) = (current::get(), current::running_header());
        current::set_running_header(self.0.header());
        // SAFETY: the BUSY just set keeps all else from the coroutine until it comes back.
        let coroutine = unsafe { &mut *self.coroutine.get() };
        // SAFETY: neither fresh nor done, so the coroutine is there.
        let coroutine = unsafe { coroutine.assume_init_mut() };
        let result = coroutine.resume(());
        current::set_running_header(outer_task);
        current::set(outer);
        result
    }

    /// Gives a task that never ran its stack.
    ///
    /// # Errors
    ///
    /// If the promise of one cannot be kept: the task is done, and its body is leaked, since it could be
    /// dropped on a stack of its own alone.
    #[cold]
    #[inline(never)]
    fn begin(&self, trap: *mut FrameHeader) -> Result<(), StackError> {
        assert!(trap == FRESH, "resumed a task that runs or is done");
        let promise = self.rest().promise.take().expect("it never ran");
        let stack = promise.redeem().inspect_err(|_| self.trap.set(DONE))?;
        stack.set_name(TheKernel::name_of(self.facts()));
        stack.head().owner.set(self.name_at());
        // SAFETY: the task never ran, and its memory is given back only after it is done.
        let coroutine = unsafe { new_coroutine(stack, NonNull::from(&self.rest().contents)) };
        // SAFETY: a task that never ran is in no switch, so nothing else looks at its coroutine.
        unsafe { &mut *self.coroutine.get() }.write(coroutine);
        Ok(())
    }

    /// Resumes the context only to unwind it with `payload`.
    #[cold]
    pub(crate) fn raise(&self, payload: Payload) -> Resumed {
        assert!(
            !self.is_busy() && self.trap.get() != DONE,
            "unwound a context that runs or is done"
        );
        if let Some(mut frame) = self.frame() {
            // SAFETY: a suspended context's frame is alive and ours alone.
            let header = unsafe { frame.as_mut() };
            header.status = match header.status {
                Status::Pending | Status::Raise => Status::Raise,
                Status::Answered | Status::RaiseAnswered => Status::RaiseAnswered,
            };
        }
        set_raised(payload);
        self.resume()
    }

    /// Resumes the context only to unwind it because it is killed.
    pub(crate) fn raise_kill(&self) -> Resumed {
        self.raise(Box::new(Kill))
    }

    fn finish(&self) {
        if self.trap.replace(DONE) == DONE {
            return; // It had no stack to run on.
        }
        // SAFETY: DONE keeps all else from the coroutine from here on.
        let coroutine = unsafe { &mut *self.coroutine.get() };
        // SAFETY: the coroutine was there until now, and is never looked at again. It is done, so all
        // that is dropped is its stack, which goes back to its arena.
        unsafe { coroutine.assume_init_drop() };
    }

    /// Serves the pending call. Does nothing if it has its answer already.
    #[inline(always)]
    pub(crate) fn serve(&self, world: &mut World) -> Served {
        self.while_lent(|frame| {
            // SAFETY: the frame of a suspended context is alive; lent to us alone.
            let header = unsafe { frame.as_ref() };
            if header.status != Status::Pending {
                return Served::Answered;
            }
            // SAFETY: the table is the one of this frame's type, and the frame is lent to us alone.
            unsafe { (header.vtable.serve)(frame, world, self) }
        })
    }

    /// Breaks the pending call off, if it has no answer yet.
    pub(crate) fn abandon(&self, world: &mut World, why: Why) {
        self.while_lent(|frame| {
            // SAFETY: as in `serve`.
            let header = unsafe { frame.as_ref() };
            if header.status == Status::Pending {
                // SAFETY: as in `serve`.
                unsafe { (header.vtable.abandon)(frame, world, self, why) };
            }
        });
    }

    /// Answers the pending call without a kernel; false if it needs one.
    pub(crate) fn serve_alone(&self) -> bool {
        self.while_lent(|frame| {
            // SAFETY: as in `serve`.
            let header = unsafe { frame.as_ref() };
            // SAFETY: as in `serve`; a pending call has no reply that could be overwritten.
            header.status == Status::Pending && unsafe { (header.vtable.alone)(frame) }
        })
    }

    /// Runs `work` on the frame of a suspended context, which is Busy meanwhile, even if it panics.
    #[inline(always)]
    fn while_lent<T>(&self, work: impl FnOnce(NonNull<FrameHeader>) -> T) -> T {
        let frame = self
            .frame()
            .expect("a suspended context has a pending call");
        self.trap.set(BUSY);
        let lent = PutBack(&self.trap, frame);
        work(lent.1)
    }

    #[inline(always)]
    pub(super) fn frame(&self) -> Option<NonNull<FrameHeader>> {
        let trap = self.trap.get();
        if trap.addr() <= DONE.addr() {
            return None;
        }
        NonNull::new(trap)
    }

    /// Whether it is suspended, with a pending call.
    pub(crate) fn has_call(&self) -> bool {
        self.frame().is_some()
    }

    /// Whether it never ran.
    pub(crate) fn is_fresh(&self) -> bool {
        self.trap.get() == FRESH
    }

    /// Whether the context runs, or its call is being served.
    pub(crate) fn is_busy(&self) -> bool {
        self.trap.get() == BUSY
    }

    /// Whether the pending call was made while unwinding, so that it must never wait.
    pub(crate) fn is_urgent(&self) -> bool {
        self.header().is_some_and(|header| header.vtable.urgent)
    }

    /// Whether the pending call has its answer.
    pub(crate) fn is_answered(&self) -> bool {
        self.header()
            .is_some_and(|header| header.status == Status::Answered)
    }

    pub(super) fn header(&self) -> Option<&FrameHeader> {
        // SAFETY: a suspended context's frame is alive, and nothing changes it while `self` is
        // borrowed only to look at it.
        self.frame().map(|frame| unsafe { frame.as_ref() })
    }
}

impl Deref for TaskRef {
    type Target = TaskMemory;

    #[inline(always)]
    fn deref(&self) -> &TaskMemory {
        &self.0
    }
}

/// Makes a context Suspended again, however the work on its frame ended.
struct PutBack<'c>(&'c Cell<*mut FrameHeader>, NonNull<FrameHeader>);

impl Drop for PutBack<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.set(self.1.as_ptr());
    }
}
