//! A manager's limits.

use std::io;
use std::time::Duration;

use super::ManagerServer;
use crate::process::limits::Limits;

/// Sets the limits of a [`ManagerServer`], so that no client takes what the others need, and starts it.
///
/// ```
/// # if std::fs::read_dir("/proc/self/task").map_or(2, Iterator::count) > 1 { return Ok(()) }
/// use coros::process::manager::ManagerServer;
///
/// let server = ManagerServer::builder().message_memory(100_000).start()?;
/// let log = server.objects().list("log");
/// let error = log.push(&[0; 200_000]).unwrap_err();
/// assert!(error.to_string().contains("the server has 100000 for all messages"), "{error}");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it starts the server"]
pub struct ManagerServerBuilder(Limits);

impl ManagerServerBuilder {
    /// How many connections there are at once, unless it is set.
    pub const MAX_CLIENTS: usize = Limits::MAX_CLIENTS;

    /// How many bytes there are for messages, unless it is set: 256 MiB.
    pub const MESSAGE_MEMORY: usize = Limits::MESSAGE_MEMORY;

    /// How long the server waits for a client, unless it is set: 30 seconds.
    pub const TIMEOUT: Duration = Limits::TIMEOUT;

    pub(super) fn new() -> Self {
        Self(Limits::default())
    }

    /// The most connections at once. A process has one for each request that it makes at the same time, and
    /// keeps it for later ones. One more is refused, with an error that says so.
    pub fn max_clients(mut self, most: usize) -> Self {
        self.0.max_clients = most;
        self
    }

    /// The most memory for messages that come in or go out, of all clients, in bytes.
    ///
    /// A message waits until there is as much as it takes, first come, first served. A request that waits
    /// for longer than the server's [timeout](Self::timeout), and whatever is longer than all there is,
    /// is refused with an error that says so. Messages up to 64 KiB do not count.
    pub fn message_memory(mut self, most: usize) -> Self {
        self.0.message_memory = most;
        self
    }

    /// How long the server waits for a client: for the rest of a message, or that it takes its answer. Then
    /// the server hangs up, and what was sent in part is not done.
    ///
    /// It hangs up, too, on a client that has asked for nothing for so long; a client of this library
    /// connects again when it has something to ask. Who waits in [`Queue::take`](super::Queue::take) is
    /// not idle.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.0.timeout = limit;
        self
    }

    /// Starts the server, with no objects: start it before the first thread.
    ///
    /// # Errors
    ///
    /// As [`fork`](crate::process::fork()).
    pub fn start(self) -> io::Result<ManagerServer> {
        ManagerServer::start_within(self.0)
    }
}
