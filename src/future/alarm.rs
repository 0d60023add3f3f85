//! The alarm of a task that waits for a future: its waker, and the call that waits for it to ring.
//!
//! ```text
//!             wake                     wait
//!   Quiet ─────────▶ Rung      Quiet ─────────▶ Awaited ──── wake: a letter ───▶ Rung
//!     ▲               │                            │                              │
//!     └──── wait ─────┘         Quiet ◀─ broken off ┘       Quiet ◀─ wait is over ┘
//! ```

use std::fmt;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

use crate::kernel::{Answer, Interrupted, Kernel, Remote, SystemCall, Tid, call, outside};
use crate::syscall::GetRemote;
use crate::wakers::local_clones;

/// Nothing has happened.
const QUIET: u8 = 0;
/// It was woken, and the task has not noticed.
const RUNG: u8 = 1;
/// The task waits.
const AWAITED: u8 = 2;

/// How many hold the bell while no other code has its waker: the alarm, and its own waker.
const ALONE: usize = 2;

/// A task's alarm, for one future.
pub(super) struct Alarm {
    bell: Arc<Bell>,
    waker: Waker,
}

/// What wakers share: any thread may ring it, at any time.
struct Bell {
    state: AtomicU8,
    sleeper: Tid,
    /// The way to the sleeper's scheduler; none when the wait for the future is over, so that a waker
    /// that is kept does not make it seem as if a wake might come.
    remote: Mutex<Option<Remote>>,
}

impl Alarm {
    /// An alarm for the task that runs.
    #[track_caller]
    pub(super) fn set() -> Self {
        let remote = call(GetRemote)
            .unwrap_or_else(|error| panic!("no waker for a future can be made: {error}"));
        let bell = Arc::new(Bell {
            state: AtomicU8::new(QUIET),
            sleeper: Tid::running().expect("a call was made, so a task runs"),
            remote: Mutex::new(Some(remote)),
        });
        let waker = Waker::from(Arc::clone(&bell));
        Self { bell, waker }
    }

    pub(super) fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Waits until it has rung.
    #[track_caller]
    pub(super) fn wait(&self) -> Result<(), Interrupted> {
        call(AwaitWake {
            alarm: self,
            lonely: false,
        })
    }

    /// Whether all its wakers lie still on this thread: then no other thread wakes.
    fn is_lonely(&self) -> bool {
        Arc::strong_count(&self.bell) <= ALONE + local_clones(&self.waker)
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        drop(self.bell.take_remote());
    }
}

impl Bell {
    fn ring(&self) {
        if self.state.swap(RUNG, AcqRel) != AWAITED {
            return;
        }
        let remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(remote) = &*remote {
            remote.wake(self.sleeper);
        }
    }

    /// Says that the task waits from now on, unless it rang before; then it is quiet again.
    fn is_to_wait(&self) -> bool {
        let begun = self.state.compare_exchange(QUIET, AWAITED, AcqRel, Acquire);
        if begun == Err(RUNG) {
            // Read once more, with all that those did before who rang it meanwhile.
            self.state.swap(QUIET, AcqRel);
            return false;
        }
        true
    }

    fn take_remote(&self) -> Option<Remote> {
        let mut remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        remote.take()
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}

/// Waits until an alarm has rung.
struct AwaitWake<'a> {
    alarm: &'a Alarm,
    /// Whether the kernel was told that no wake will come from outside.
    lonely: bool,
}

impl AwaitWake<'_> {
    fn end(&mut self, kernel: &mut Kernel) {
        if std::mem::take(&mut self.lonely) {
            outside::expect(kernel, |expected| expected.unreachable -= 1);
        }
    }
}

impl SystemCall for AwaitWake<'_> {
    type Reply = Result<(), Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Self::Reply> {
        if !self.alarm.bell.is_to_wait() {
            self.end(kernel);
            return Answer::Done(Ok(()));
        }
        if !self.lonely && self.alarm.is_lonely() {
            outside::expect(kernel, |expected| expected.unreachable += 1);
            self.lonely = true;
        }
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        self.end(kernel);
        Err(why)
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("AwaitWake(a future)")
    }
}
