//! What tasks synchronise by: locks, semaphores, events, barriers, cells that are set once. Floor 3.
//!
//! All of these are handles: a clone means the same thing as the original, and nothing of it is
//! `Send`. A task that has to wait queues, first in, first out; none barges, and the `try_` methods
//! fail while others queue. What is free takes no call. A wait that is broken off *did not happen*:
//! what was granted before stays granted, or is passed on. Given a name, they are called by it in
//! traces and in the report of a stuck run.
//!
//! Each method that waits has a twin that is the call itself, to be one branch of
//! [`select!`](macro@crate::select): [`Mutex::lock`] and [`Mutex::locking`].
//!
//! ```
//! use coros::sync::Mutex;
//! use coros::{run, spawn, yield_now};
//!
//! let sum = Mutex::new(0).named("sum");
//! run({
//!     let sum = sum.clone();
//!     move || {
//!         for _ in 0..3 {
//!             let sum = sum.clone();
//!             spawn(move || {
//!                 let mut sum = sum.lock().unwrap();
//!                 let before = *sum;
//!                 yield_now(); // The others have their turns, and wait.
//!                 *sum = before + 1;
//!             });
//!         }
//!     }
//! })
//! .unwrap();
//! assert_eq!(*sum.lock().unwrap(), 3);
//! ```

mod barrier;
mod bounded;
mod condvar;
mod condvar_wait;
mod error;
mod event;
mod guard;
mod latch;
mod limiter;
mod lock;
mod lock_state;
mod mutex;
mod once;
mod rlock;
mod rwlock;
mod semaphore;

pub use barrier::{Barrier, BarrierWaitResult};
pub use bounded::BoundedSemaphore;
pub use condvar::Condvar;
pub use condvar_wait::CondvarError;
pub use error::{
    BarrierError, LimiterError, LockError, OnceError, OverReleased, TryAcquireError, TryLockError,
    UnlockError,
};
pub use event::Event;
pub use guard::Guard;
pub use latch::{Latch, WaitGroup, WaitToken};
pub use limiter::{CapacityLimiter, LimiterPermit};
pub use lock::Lock;
pub use mutex::{Mutex, MutexGuard};
pub use once::OnceCell;
pub use rlock::{RLock, RLockGuard};
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use semaphore::{Permit, Semaphore};
