//! The life of a task, as the loop sees it: one byte in the task's line.

use crate::kernel::abi::TaskState;
use crate::machine::TaskRef;

/// Where a task is in its life; kept in its line, where the loop sees it.
///
/// ```text
///             created                      woken
///                │               ┌──────────────────────┐
///                ▼      picked   │    waits             │
///           ┌───────┐        ┌───▼────┐         ┌───────┴─┐
///           │ Ready │───────▶│ served │────────▶│ Waiting │
///           └───────┘◀───────└────────┘         └─────────┘
///                    answered    │ ▲
///                                │ │ picked; its call is served again
///             returns or panics  │ └──── Woken ◀── a wake (of Waiting)
///                                ▼
///   killed ──▶ Dying ────────▶ (gone)
///
///   held by a module ──▶ Held ──▶ released: Ready, or Woken
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct State(u8);

#[allow(non_upper_case_globals)] // Read as the variants that they are; a bare byte is what is fast.
impl State {
    /// In the run queue; new, or with an answered call.
    pub(crate) const Ready: State = State(0);
    /// In the run queue; its call waits to be served again.
    pub(crate) const Woken: State = State(1);
    /// Not in the run queue: its call waits, or it runs up to its next one. A wake counts.
    pub(crate) const Waiting: State = State(2);
    /// Unwinds, since it was killed.
    pub(crate) const Dying: State = State(3);
    /// Not in the run queue: a module keeps it off, as one that computes on a simulated CPU, or was stopped
    /// by a signal. A wake does not count, since it looks again when it is released.
    pub(crate) const Held: State = State(4);

    /// A mark beside the state: the task is in a queue, or has a timer.
    const ENROLLED: u8 = 1 << 7;

    /// Another: an interruption has ended its wait, so its call is to be abandoned.
    const INTERRUPTED: u8 = 1 << 6;
    const MARKS: u8 = Self::ENROLLED | Self::INTERRUPTED;

    #[inline(always)]
    pub(crate) fn of(task: &TaskRef) -> State {
        State(task.state.get() & !Self::MARKS)
    }

    /// Whether the task is in the state and its wait slot is empty: one comparison, for the loop.
    #[inline(always)]
    pub(crate) fn is_exactly(self, task: &TaskRef) -> bool {
        task.state.get() == self.0
    }

    #[inline(always)]
    pub(crate) fn set(self, task: &TaskRef) {
        task.state.set(task.state.get() & Self::MARKS | self.0);
    }

    /// As `set`, where the wait slot is known to be empty.
    #[inline(always)]
    pub(crate) fn set_exactly(self, task: &TaskRef) {
        task.state.set(self.0);
    }

    /// Marks that the task is in a queue, or has a timer.
    #[inline(always)]
    pub(crate) fn set_enrolled(task: &TaskRef) {
        task.state.set(task.state.get() | Self::ENROLLED);
    }

    /// Marks that the task is in no queue, and has no timer.
    #[inline(always)]
    pub(crate) fn set_idle(task: &TaskRef) {
        task.state.set(task.state.get() & !Self::ENROLLED);
    }

    /// Marks that an interruption has ended the task's wait.
    pub(crate) fn set_interrupted(task: &TaskRef) {
        task.state.set(task.state.get() | Self::INTERRUPTED);
    }

    /// Whether that mark was set; takes it away.
    pub(crate) fn take_interrupted(task: &TaskRef) -> bool {
        let state = task.state.get();
        task.state.set(state & !Self::INTERRUPTED);
        state & Self::INTERRUPTED != 0
    }

    pub(crate) fn is_enrolled(task: &TaskRef) -> bool {
        task.state.get() & Self::ENROLLED != 0
    }
}

/// What is known of a task that is held.
#[derive(Clone, Copy, Default)]
pub(crate) struct Held {
    /// What it was before: Ready if its call is answered, else Waiting.
    pub(crate) before: State,
    /// How many modules hold it: it goes on when the last of them has released it.
    pub(crate) count: u8,
    /// Whether it has not arrived yet: it is held from its birth on, and was never in the run queue.
    pub(crate) is_expected: bool,
    /// As what `ps` shows it.
    pub(crate) shown: TaskState,
}

/// Whether the task that runs was killed, and unwinds or has caught that.
pub(crate) fn is_dying() -> bool {
    TaskRef::with_running(|task| State::of(task) == State::Dying).unwrap_or(false)
}
