//! Several cores: schedulers in threads of their own, and what passes between them. Floor 3.
//!
//! Each core is one thread with one scheduler, and tasks never move: what they share with each other
//! stays without locks. Between cores only messages pass. (The ideas are those of thread-per-core
//! servers: Seastar, glommio.)
//!
//! | to | see |
//! |---|---|
//! | run a program on several cores | [`run`], [`Cores`] |
//! | let another core, or a scheduler seen from any thread, run something | [`Remote::spawn`] |
//! | pass items between cores, and threads of other kinds | [`channel()`] |
//! | answer once | [`oneshot()`] |
//!
//! What waits for something here may be a task, which waits alone, or a thread that runs no tasks,
//! which is blocked.
//!
//! While a task waits for another thread its run is not [stuck](crate::Stuck), even if none over
//! there will ever answer: no core sees what the others wait for.
//!
//! ```
//! use coros::smp;
//!
//! let (tx, rx) = smp::channel(8);
//! let sums = smp::run(2, move |core| match core.id() {
//!     0 => (1..=10).map(|item| tx.send(item).map(|()| 0).unwrap()).sum(),
//!     _ => rx.iter().take(10).sum::<i32>(),
//! });
//! assert_eq!(sums.unwrap(), [0, 55]);
//! ```

mod awaited;
mod channel;
mod core;
mod cores;
mod error;
mod oneshot;
mod pin;
mod remote;
mod sleeper;
mod sleeper_queue;
mod title;

pub use crate::kernel::{Remote, Stopped};
pub use channel::{AnyThread, IntoIter, Iter, Receiver, Sender, channel};
pub use core::Core;
pub use cores::{Cores, run};
pub use error::{CoreFailure, SmpError};
pub use oneshot::{OneReceiver, OneSender, oneshot};
pub use remote::{RemoteError, RemoteHandle, TryJoinError};
