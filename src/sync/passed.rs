//! What a task is told that has passed a barrier.

/// What a task is told that has passed a barrier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BarrierWaitResult {
    pub(super) index: usize,
    pub(super) is_leader: bool,
}

impl BarrierWaitResult {
    /// Whether this is the one of the round that is to do what one alone must do: it arrived last.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.is_leader
    }

    /// How many had arrived before.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }
}
