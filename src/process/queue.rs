//! Queues between processes: messages of bytes through the kernel, each whole.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```
//! use coros::process::queue;
//!
//! let (sender, receiver) = queue()?;
//! sender.send(b"hello")?;
//! sender.finish();
//! assert_eq!(receiver.recv()?.as_deref(), Some(&b"hello"[..]));
//! assert_eq!(receiver.recv()?, None);
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io;
use std::os::fd::OwnedFd;

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketFlags, SocketType, recv, send, shutdown,
    socketpair,
};

use super::wire::{attempt, hung_up};
use crate::kernel::{Interest, Source};
use crate::shown::shown;

/// The longest message, in bytes.
pub const LONGEST_MESSAGE: usize = 64 << 10;

/// Begins each message: without it one of no bytes would look like the end.
const MARK: u8 = 0;

/// Makes a queue, whose ends a process and those that it [forks](super::fork()) have in common: any may
/// send, and each message goes to one that receives.
///
/// Its room is the system's: some 200 KiB, and on many systems no more than ten messages or so.
///
/// # Errors
///
/// If the system has no descriptors left.
pub fn queue() -> io::Result<(Sender, Receiver)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (here, there) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    let sender = Sender(Source::new("process queue", here));
    let receiver = Receiver(Source::new("process queue", there));
    Ok((sender, receiver))
}

/// Puts messages into a [`queue`].
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
pub struct Sender(Source<OwnedFd>);

/// Takes messages out of a [`queue`].
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
pub struct Receiver(Source<OwnedFd>);

impl Sender {
    /// Sends a message; waits while there is no room. Inside a task only the task waits.
    ///
    /// # Errors
    ///
    /// If it is longer than [`LONGEST_MESSAGE`], no receiver is left, or the wait was
    /// [interrupted](crate::Interrupted::of): then nothing is sent.
    pub fn send(&self, message: &[u8]) -> io::Result<()> {
        if message.len() > LONGEST_MESSAGE {
            let text = format!(
                "a message of {} bytes is too long for a queue between processes: at most \
                 {LONGEST_MESSAGE}",
                message.len()
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let packet = [&[MARK], message].concat();
        let sent = attempt(&self.0, Interest::Write, |socket| {
            Ok(send(socket, &packet, SendFlags::NOSIGNAL)?)
        });
        sent.map(drop)
    }

    /// Ends the queue, for all processes that send: those that receive get what is in it, then `None`.
    ///
    /// Dropping a sender ends it only if no process has another, and a forked child has a copy of all.
    pub fn finish(self) {
        // If no receiver is left, it has ended already.
        _ = shutdown(self.0.get(), Shutdown::Write);
    }
}

impl Receiver {
    /// Waits for a message; `None` if the queue has ended. Inside a task only the task waits.
    ///
    /// # Errors
    ///
    /// An [interruption](crate::Interrupted::of): then nothing is taken.
    pub fn recv(&self) -> io::Result<Option<Vec<u8>>> {
        let mut packet = vec![0; LONGEST_MESSAGE + 1];
        let len = attempt(&self.0, Interest::Read, |socket| {
            Ok(recv(socket, &mut packet[..], RecvFlags::empty())?.1)
        })?;
        packet.truncate(len);
        Ok((len > 0).then(|| packet.split_off(1)))
    }
}

/// Sends each message to all who have subscribed, each through a queue of its own: what "publish and
/// subscribe" means between processes.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// ```
/// use coros::process::queue::Publisher;
///
/// let mut news = Publisher::default();
/// let (one, other) = (news.subscribe()?, news.subscribe()?);
/// assert_eq!(news.publish(b"extra")?, 2);
/// drop(other);
/// assert_eq!(news.publish(b"late")?, 1);
/// assert_eq!(one.recv()?.as_deref(), Some(&b"extra"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Default, Debug)]
pub struct Publisher(Vec<Sender>);

impl Publisher {
    /// A receiver of all that is published from now on: for a child that is forked after this.
    ///
    /// # Errors
    ///
    /// As [`queue`].
    pub fn subscribe(&mut self) -> io::Result<Receiver> {
        let (sender, receiver) = queue()?;
        self.0.push(sender);
        Ok(receiver)
    }

    /// Sends a message to all subscribers; says how many get it. It waits for the slowest, and forgets
    /// those that are gone.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`]; if the wait is [broken off](crate::Interrupted::of), some have got it and
    /// others not.
    pub fn publish(&mut self, message: &[u8]) -> io::Result<usize> {
        let mut at = 0;
        while let Some(subscriber) = self.0.get(at) {
            match subscriber.send(message) {
                Err(error) if hung_up(&error) => drop(self.0.remove(at)),
                sent => {
                    sent?;
                    at += 1;
                }
            }
        }
        Ok(at)
    }

    /// Ends the queues of all subscribers: they get what is in them, then `None`.
    pub fn finish(self) {
        self.0.into_iter().for_each(Sender::finish);
    }
}

shown!(impl Debug for Sender: self => "Sender of a queue between processes");

shown!(impl Debug for Receiver: self => "Receiver of a queue between processes");
