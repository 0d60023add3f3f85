//! What it takes of those who hold something to end the waits for it.

/// What it takes of the holders of a [`WaitList`](crate::WaitList) to end a wait on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Holding {
    /// Any one of them can, and nobody else: as with a mutex, or the permits of a semaphore.
    #[default]
    Any,
    /// All of them have to: as the readers of a lock that somebody wants to write under.
    All,
    /// They may, but so may others: as whoever sent last through a channel. A circle through such a
    /// list is told in the report of a stuck run, and not before.
    Perhaps,
}
