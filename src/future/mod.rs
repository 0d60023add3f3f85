//! Futures within tasks: a task waits for one as for anything else. Floor 3, on calls only.
//!
//! [`block_on`] polls a future on the task's own stack, so the future may borrow from it, and need not be
//! `Send`. Other tasks run while it is pending. [`spawn_future`] gives a future a task of its own.
//!
//! What runs on any runtime runs here: combinators, streams, channels between threads. What needs a
//! runtime of its own (the sockets and timers of tokio) does not find it here. The other way round,
//! what tasks wait for can be awaited: [`Receiver::recv_async`](crate::channel::Receiver::recv_async),
//! [`Receiver::stream`](crate::channel::Receiver::stream),
//! [`Sender::send_async`](crate::channel::Sender::send_async), a [`JoinHandle`]; also in the middle of
//! other futures, as long as a task polls them.
//!
//! ```
//! use coros::channel::bounded;
//! use coros::{block_on, run, spawn};
//!
//! run(|| {
//!     let (tx, rx) = bounded(1);
//!     spawn(move || (1..=3).for_each(|item| tx.send(item).unwrap()));
//!     let sum = block_on(async {
//!         let mut sum = 0;
//!         while let Ok(item) = rx.recv_async().await {
//!             sum += item;
//!         }
//!         sum
//!     });
//!     assert_eq!(sum, Ok(6));
//! })
//! .unwrap();
//! ```

mod joined;
mod task_waker;

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::task::{Context, Poll};

pub use joined::Joined;

use crate::join::JoinHandle;
use crate::kernel::{Interrupted, Tid, call};
use crate::syscall::KillTask;
use crate::task::Builder;
use task_waker::TaskWaker;

/// Waits until a future is ready, and hands over its output.
///
/// The future is polled at once, and again whenever it was woken, each time on the stack of the calling
/// task; a poll allocates nothing. Its waker may be used on any thread and at any time, also when the
/// wait, the task or the scheduler is long gone: then it does nothing. A wake that comes before the
/// wait begins is not lost. While only the future's own task could wake it, a run in which nothing
/// else goes on is [stuck](crate::Stuck).
///
/// If the future panics, so does this. (That a poll needs a stack and a waker, and nothing else, is the
/// idea of `pollster` and `futures_lite::future::block_on`, which block the thread.)
///
/// # Errors
///
/// If the wait is interrupted: by a timeout or a cancellation. The future is dropped then, and how much of
/// it has happened is its own affair.
///
/// # Panics
///
/// Outside a task, and if the system has no descriptors left for what wakes a sleeping thread.
///
/// ```
/// use std::time::Duration;
/// use coros::{block_on, run, timeout};
///
/// run(|| {
///     let name = String::from("borrowed");
///     assert_eq!(block_on(async { name.len() }), Ok(8));
///
///     let late = timeout(Duration::from_millis(1), || block_on(std::future::pending::<()>()));
///     assert!(late.is_err());
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn block_on<F: IntoFuture>(future: F) -> Result<F::Output, Interrupted> {
    let mut future = pin!(future.into_future());
    let waker = TaskWaker::of_caller();
    let mut context = Context::from_waker(waker.waker());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Ok(output);
        }
        waker.wait()?;
    }
}

/// Makes a new task that waits for a future.
///
/// A kill drops the future, and so does [`JoinHandle::cancel`]: then [`JoinHandle::join`] says that the
/// task was killed. A panic of the future is the task's own.
///
/// # Panics
///
/// Outside a task, and if there is no memory for a stack.
///
/// ```
/// use coros::{run, spawn_future};
///
/// run(|| {
///     let one = spawn_future(async { 1 });
///     let two = spawn_future(async { 1 + one.await.unwrap() });
///     assert_eq!(two.join().unwrap(), 2);
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn spawn_future<F: IntoFuture + 'static>(future: F) -> JoinHandle<F::Output> {
    Builder::new().spawn_future(future)
}

impl Builder {
    /// Makes a task that waits for a future, as [`spawn_future`] does.
    ///
    /// # Panics
    ///
    /// Outside a task, and if there is no stack of that size to be had.
    #[track_caller]
    pub fn spawn_future<F: IntoFuture + 'static>(self, future: F) -> JoinHandle<F::Output> {
        self.spawn(move || match block_on(future) {
            Ok(output) => output,
            Err(_) => die(),
        })
    }
}

/// Ends the calling task, which has nothing to return.
fn die() -> ! {
    loop {
        let this = Tid::running().expect("a future's task runs");
        // It does not come back from this.
        _ = call(KillTask(this));
    }
}
