//! What a server grants its clients: how many, how much of their messages, and how long it waits.

use std::time::Duration;

/// Limits of a server, so that no client takes what the others need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The most connections at once.
    pub(super) clients: usize,
    /// The most memory for messages that come or go, in bytes, of all connections; small ones aside.
    pub(super) bytes: usize,
    /// How long it waits for a client: for the next message, the rest of one, or that it takes an answer.
    pub(super) patience: Duration,
}

impl Limits {
    pub(super) const CLIENTS: usize = 512;
    pub(super) const BYTES: usize = 256 << 20;
    pub(super) const PATIENCE: Duration = Duration::from_secs(30);
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            clients: Self::CLIENTS,
            bytes: Self::BYTES,
            patience: Self::PATIENCE,
        }
    }
}
