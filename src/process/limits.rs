//! What a server grants its clients: how many, how much of their messages, and how long it waits.

use std::time::Duration;

/// Limits of a server, so that no client takes what the others need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The most connections at once.
    pub(super) max_clients: usize,
    /// The most memory for messages that come or go, in bytes, of all connections; small ones aside.
    pub(super) message_memory: usize,
    /// How long it waits for a client: for the next message, the rest of one, or that it takes an answer.
    pub(super) timeout: Duration,
}

impl Limits {
    pub(super) const MAX_CLIENTS: usize = 512;
    pub(super) const MESSAGE_MEMORY: usize = 256 << 20;
    pub(super) const TIMEOUT: Duration = Duration::from_secs(30);
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_clients: Self::MAX_CLIENTS,
            message_memory: Self::MESSAGE_MEMORY,
            timeout: Self::TIMEOUT,
        }
    }
}
