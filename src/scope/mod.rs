//! Scopes: deadlines and cancellation for a part of a program. Floor 3, on calls only.

mod handle;

use std::time::{Duration, Instant};

pub use handle::Scope;

use crate::kernel::{Expiry, Interrupted, ScopeId, Shield, cancel, spend_on_reading};
use crate::shown::error;

/// The time was over before the work was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimedOut;

error! {
    TimedOut { Self => "timed out: a wait was broken off since its time was over" }
    // The [interruption](Interrupted::of) of the wait.
    source { Self => Interrupted::late() }
}

impl From<TimedOut> for std::io::Error {
    fn from(error: TimedOut) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, error)
    }
}

/// Runs `f`, and breaks off whatever wait it is in when the duration has passed, and every later one.
///
/// The wait in question returns `Err(Interrupted)`, and so does each that follows in `f`: so `f` comes
/// to its end, without a wait. Timeouts nest, the earliest deadline wins; a timeout further out is
/// reported there, not here. What does not wait is not interrupted.
///
/// # Errors
///
/// If a wait in `f` was broken off because this time was over, whatever `f` made of it. A deadline
/// that passes without breaking off a wait is no error: the work was done.
///
/// # Panics
///
/// Outside a task, and where `f` does.
///
/// ```
/// use std::time::Duration;
/// use coros::{Clock, Scheduler, sleep, timeout};
///
/// let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
/// let tried = sched.spawn(|| {
///     let fast = timeout(Duration::from_secs(2), || sleep(Duration::from_secs(1)));
///     let slow = timeout(Duration::from_secs(2), || sleep(Duration::from_secs(3)));
///     (fast.is_ok(), slow.is_err())
/// });
/// sched.run().unwrap();
/// assert_eq!(tried.join().unwrap(), (true, true));
/// ```
#[track_caller]
pub fn timeout<T>(duration: Duration, f: impl FnOnce() -> T) -> Result<T, TimedOut> {
    within(Shield::Open, Expiry::After(duration), f)
}

/// As [`timeout`], up to a moment.
///
/// # Errors
///
/// As [`timeout`].
///
/// # Panics
///
/// Outside a task, and where `f` does.
///
/// ```
/// use std::time::Duration;
/// use coros::{call, deadline, run, sleep, syscall::Now};
///
/// run(|| {
///     let soon = call(Now) + Duration::from_millis(1);
///     assert!(deadline(soon, || sleep(Duration::from_secs(60))).is_err());
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn deadline<T>(at: Instant, f: impl FnOnce() -> T) -> Result<T, TimedOut> {
    within(Shield::Open, Expiry::At(at), f)
}

/// Runs `f` so that no interruption from outside reaches its waits, for as long as the duration: for
/// cleanup that has to wait after its task was cancelled.
///
/// A kill is no interruption, and is not held up.
///
/// # Errors
///
/// If a wait in `f` was broken off because the duration had passed.
///
/// # Panics
///
/// Outside a task, and where `f` does.
///
/// ```
/// use std::time::Duration;
/// use coros::{run, shield, sleep, spawn, yield_now};
///
/// run(|| {
///     let worker = spawn(|| {
///         assert!(sleep(Duration::from_secs(60)).is_err(), "cancelled");
///         let cleanup = || sleep(Duration::from_millis(1));
///         shield(Duration::from_secs(1), cleanup).unwrap()
///     });
///     yield_now();
///     worker.cancel("enough");
///     assert_eq!(worker.join().unwrap(), Ok(()));
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn shield<T>(duration: Duration, f: impl FnOnce() -> T) -> Result<T, TimedOut> {
    within(Shield::Closed, Expiry::After(duration), f)
}

/// Runs `f` so that nothing at all breaks off its waits; for the crate's own cleanup, which is short.
#[track_caller]
pub(crate) fn shielded<T>(f: impl FnOnce() -> T) -> T {
    let entered = Entered::enter(Shield::Closed, Expiry::Never);
    let value = f();
    _ = entered.leave();
    value
}

#[track_caller]
fn within<T>(shield: Shield, expiry: Expiry, f: impl FnOnce() -> T) -> Result<T, TimedOut> {
    let entered = Entered::enter(shield, expiry);
    let value = f();
    match entered.leave() {
        None => Ok(value),
        Some(_) => Err(TimedOut),
    }
}

/// What is said where no scheduler could break off a wait.
const NO_SCOPES: &str = "time limits, scopes and groups take a task of a scheduler: use coros::run, or \
    Scheduler::spawn and then Scheduler::run";

/// Leaves its scope, however it ends: normally, or by unwinding.
pub(crate) struct Entered(ScopeId);

impl Entered {
    /// Lets the caller enter a scope. Not a call, but once in a while it yields: a task may enter scopes for
    /// as long as it likes.
    ///
    /// # Panics
    ///
    /// Outside a task, and in one that is driven by hand.
    #[track_caller]
    pub(crate) fn enter(shield: Shield, expiry: Expiry) -> Self {
        spend_on_reading();
        let entered = cancel::enter(shield, expiry);
        Self(entered.unwrap_or_else(|| panic!("{NO_SCOPES}")))
    }

    pub(crate) fn id(&self) -> ScopeId {
        self.0
    }

    /// Leaves it; says what waits inside were told of it.
    pub(crate) fn leave(self) -> Option<Interrupted> {
        let id = self.0;
        std::mem::forget(self);
        cancel::leave(id)
    }
}

impl Drop for Entered {
    /// While its caller unwinds.
    fn drop(&mut self) {
        _ = cancel::leave(self.0);
    }
}
