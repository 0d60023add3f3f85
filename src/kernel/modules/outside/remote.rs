//! Messages to a scheduler from other threads.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::open;
use crate::devices::{Inbox, WorkId};
use crate::kernel::abi::Tid;
use crate::kernel::core::{Core, Kernel};
use crate::kernel::modules::stop::stop;
use crate::kernel::spend_on_reading;
use crate::shown::{error, shown};

/// What another thread has for a scheduler.
pub(crate) enum Message {
    /// A hint for a task.
    Wake(Tid),
    /// The result of this work is there.
    Ended(WorkId),
    /// Something to be done between two turns; it makes no calls and runs none of the users' code.
    Do(Box<dyn FnOnce(&mut Kernel<'_>) + Send>),
}

/// A handle to a scheduler for any thread: the one thing of a scheduler that may leave its thread.
///
/// Cheap to clone. While there is one, a run with nothing to do waits for what may come through it,
/// rather than being [stuck](crate::Stuck).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct Remote {
    inbox: Writer,
}

/// A way to the inbox: when one goes, the scheduler may find that nothing can come any more.
struct Writer(Arc<Inbox<Message>>);

/// The scheduler takes nothing any more: it was stopped, or is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stopped;

impl Remote {
    /// A handle to the scheduler that serves a call.
    ///
    /// # Errors
    ///
    /// If the system has no descriptors left for what wakes a sleeping thread.
    pub fn of(kernel: &mut Kernel<'_>) -> io::Result<Self> {
        Self::to(kernel.core())
    }

    pub(in crate::kernel) fn to(core: &mut Core) -> io::Result<Self> {
        let inbox = Writer::new(Arc::clone(&open(core)?.inbox));
        Ok(Self { inbox })
    }

    /// Wakes a task, so that its call is served again; a hint.
    pub(crate) fn wake(&self, tid: Tid) {
        // Of a scheduler that is gone the tasks are gone too.
        _ = self.inbox.0.put(Message::Wake(tid));
    }

    /// Says that the result of this work is there.
    pub(crate) fn end(&self, work: WorkId) {
        _ = self.inbox.0.put(Message::Ended(work));
    }

    /// Lets something be done by the scheduler's thread, between two turns.
    ///
    /// # Errors
    ///
    /// If the scheduler takes nothing any more; then `act` is dropped.
    pub(crate) fn post(
        &self,
        act: impl FnOnce(&mut Kernel<'_>) + Send + 'static,
    ) -> Result<(), Stopped> {
        let message = Message::Do(Box::new(act));
        self.inbox.0.put_new(message).map_err(|_| Stopped)
    }

    /// Stops the run: all its tasks are interrupted, and those that are still there after the time of
    /// grace are killed. New work is refused from then on.
    ///
    /// # Errors
    ///
    /// If it was stopped before, or is gone.
    pub fn stop(&self, grace: Duration) -> Result<(), Stopped> {
        self.post(move |kernel| stop(kernel, grace, None))
    }

    /// Whether the scheduler was stopped or is gone, so that it takes no work any more.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        self.inbox.0.refuses()
    }
}

impl Writer {
    fn new(inbox: Arc<Inbox<Message>>) -> Self {
        inbox.add_writer();
        Self(inbox)
    }
}

impl Clone for Writer {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.0))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.remove_writer();
    }
}

shown!(impl Debug for Remote: self => "Remote");

error! { Stopped { _ => "the scheduler takes nothing any more: it was stopped, or is gone" } }
