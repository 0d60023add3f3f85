//! Channels: tasks hand items to one another.
//!
//! | channel | senders, receivers | what it holds | a send waits |
//! |---|---|---|---|
//! | [`bounded`] | many, many | up to `n` items, in order of sending | while it is full |
//! | [`unbounded`] | many, many | any number, in order of sending | never |
//! | [`rendezvous`] | many, many | nothing | until a receiver has taken the item |
//! | [`priority`] | many, many | any number, the greatest first | never |
//! | [`oneshot()`] | one, one | one item, once: an answer to the task that asked | never |
//! | [`broadcast()`] | many, many | the last `n` items, for every receiver each | never |
//! | [`watch()`] | many, many | the latest value | never |
//!
//! The first four make a [`Sender`] and a [`Receiver`]; clones are further ends of the same channel. The channel
//! is closed by the last end of either side when it is dropped, or by [`close`](Info::close). What
//! was sent before stays there for the receivers; when the last of those is gone it is dropped. Channels
//! [between threads](crate::smp::channel()) have ends of the same types; how far they [reach](Reach) differs.
//!
//! Strictly first in, first out, among those who wait to send and among those who wait to receive:
//! none overtakes, and the `try_` versions fail while others queue. A wait that is interrupted did
//! not happen: the item comes back to its sender, and what a receiver did not take is the next one's.
//! While there is room, or an item, and no task queues, no call is made and the caller keeps its turn, for
//! as long as its budget lasts: no producer starves the rest.
//!
//! ```
//! use coros::channel::bounded;
//! use coros::{run, spawn};
//!
//! run(|| {
//!     let (jobs, inbox) = bounded(2);
//!     let jobs = jobs.named("jobs"); // as a report calls the channel
//!     spawn(move || {
//!         for job in 1..=4 {
//!             jobs.send(job).unwrap();
//!         }
//!     });
//!     assert_eq!(inbox.iter().sum::<i32>(), 10);
//! })
//! .unwrap();
//! ```

mod audience;
pub mod broadcast;
pub(crate) mod ends;
mod error;
mod info;
mod last;
mod offers;
mod one_thread;
pub mod oneshot;
mod open;
mod pipe;
mod ranks;
pub(crate) mod reach;
mod receive;
mod receive_future;
mod receiver;
mod rendezvous;
mod ring;
mod send;
mod send_future;
mod sender;
pub mod watch;

pub use broadcast::broadcast;
pub use error::{RecvError, SendError, TryRecvError, TrySendError};
pub use info::Info;
pub use one_thread::OneThread;
pub use oneshot::oneshot;
pub use open::{bounded, priority, rendezvous, unbounded};
pub use reach::Reach;
pub use receive_future::{IntoStream, RecvFuture, Stream};
pub use receiver::{IntoIter, Iter, Receiver};
pub use send_future::SendFuture;
pub use sender::Sender;
pub use watch::watch;
