//! The waker of a task that waits for a future, and the call that waits for it to be used.
//!
//! ```text
//!             wake                     wait
//!   Quiet ─────────▶ Woken     Quiet ─────────▶ Awaited ──── wake: a message ──▶ Woken
//!     ▲               │                            │                              │
//!     └──── wait ─────┘         Quiet ◀─ broken off ┘       Quiet ◀─ wait is over ┘
//! ```

use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

use crate::kernel::{Answer, Interrupted, Kernel, Remote, SystemCall, Tid, call, outside};
use crate::shown::described;
use crate::syscall::GetRemote;
use crate::wakers::local_clones;

/// Nothing has happened.
const QUIET: u8 = 0;
/// It was woken, and the task has not noticed.
const WOKEN: u8 = 1;
/// The task waits.
const AWAITED: u8 = 2;

/// How many hold the state while no other code has the waker: this one, and its own `Waker`.
const ALONE: usize = 2;

/// A task's waker, for one future.
pub(super) struct TaskWaker {
    state: Arc<WakeState>,
    waker: Waker,
}

/// What all clones of a waker share: any thread may wake by it, at any time.
struct WakeState {
    stage: AtomicU8,
    task: Tid,
    /// The way to the task's scheduler; none when the wait for the future is over, so that a waker
    /// that is kept does not make it seem as if a wake might come.
    remote: Mutex<Option<Remote>>,
}

impl TaskWaker {
    /// A waker for the task that runs.
    #[track_caller]
    pub(super) fn of_caller() -> Self {
        let remote = call(GetRemote)
            .unwrap_or_else(|error| panic!("no waker for a future can be made: {error}"));
        let state = Arc::new(WakeState {
            stage: AtomicU8::new(QUIET),
            task: Tid::running().expect("a call was made, so a task runs"),
            remote: Mutex::new(Some(remote)),
        });
        let waker = Waker::from(Arc::clone(&state));
        Self { state, waker }
    }

    pub(super) fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Waits until it has been used.
    #[track_caller]
    pub(super) fn wait(&self) -> Result<(), Interrupted> {
        call(AwaitWake {
            waker: self,
            unreachable: false,
        })
    }

    /// Whether all its wakers lie still on this thread: then no other thread wakes.
    fn is_unreachable(&self) -> bool {
        Arc::strong_count(&self.state) <= ALONE + local_clones(&self.waker)
    }
}

impl Drop for TaskWaker {
    fn drop(&mut self) {
        drop(self.state.take_remote());
    }
}

impl WakeState {
    fn wake_task(&self) {
        if self.stage.swap(WOKEN, AcqRel) != AWAITED {
            return;
        }
        let remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(remote) = &*remote {
            remote.wake(self.task);
        }
    }

    /// Says that the task waits from now on, unless it was woken before; then it is quiet again.
    fn is_to_wait(&self) -> bool {
        let begun = self.stage.compare_exchange(QUIET, AWAITED, AcqRel, Acquire);
        if begun == Err(WOKEN) {
            // Read once more, with all that was done before a wake meanwhile.
            self.stage.swap(QUIET, AcqRel);
            return false;
        }
        true
    }

    fn take_remote(&self) -> Option<Remote> {
        let mut remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        remote.take()
    }
}

impl Wake for WakeState {
    fn wake(self: Arc<Self>) {
        self.wake_task();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wake_task();
    }
}

/// Waits until a waker has been used.
struct AwaitWake<'a> {
    waker: &'a TaskWaker,
    /// Whether the kernel was told that no wake will come from outside.
    unreachable: bool,
}

impl AwaitWake<'_> {
    fn end(&mut self, kernel: &mut Kernel) {
        if std::mem::take(&mut self.unreachable) {
            outside::expect(kernel, |expected| expected.unreachable -= 1);
        }
    }
}

impl SystemCall for AwaitWake<'_> {
    type Reply = Result<(), Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Self::Reply> {
        if !self.waker.state.is_to_wait() {
            self.end(kernel);
            return Answer::Done(Ok(()));
        }
        if !self.unreachable && self.waker.is_unreachable() {
            outside::expect(kernel, |expected| expected.unreachable += 1);
            self.unreachable = true;
        }
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        self.end(kernel);
        Err(why)
    }

    described!(self => "AwaitWake(a future)");
}
