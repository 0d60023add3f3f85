//! The life of a task, as the loop sees it: one byte in the task's line.

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
///   stopped ──▶ Stopped ──▶ goes on: Ready, or Woken
///   On simulated CPUs: picked ──▶ Arriving ──▶ served ──▶ Computing ──▶ Woken
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::kernel) struct State(u8);

#[allow(non_upper_case_globals)] // Read as the variants that they are; a bare byte is what is fast.
impl State {
    /// In the ready queue; new, or with an answered call.
    pub(in crate::kernel) const Ready: State = State(0);
    /// In the ready queue; its call waits to be served again.
    pub(in crate::kernel) const Woken: State = State(1);
    /// Not in the ready queue: its call waits, or it runs up to its next one. A wake counts.
    pub(in crate::kernel) const Waiting: State = State(2);
    /// Unwinds, since it was killed.
    pub(in crate::kernel) const Dying: State = State(3);
    /// Not in the ready queue: it is on a simulated CPU, and computes there. A wake does not count.
    pub(in crate::kernel) const Computing: State = State(4);
    /// Not in the ready queue: a simulated CPU is switching to it.
    pub(in crate::kernel) const Arriving: State = State(5);

    /// Not in the ready queue: it was stopped by a signal. A wake does not count.
    pub(in crate::kernel) const Stopped: State = State(6);

    /// A mark beside the state: the task is in a queue, or has a timer.
    const ENROLLED: u8 = 1 << 7;

    /// Another: an interruption has ended its wait, so its call is to be abandoned.
    const INTERRUPTED: u8 = 1 << 6;
    const MARKS: u8 = Self::ENROLLED | Self::INTERRUPTED;

    #[inline(always)]
    pub(in crate::kernel) fn of(task: &TaskRef) -> State {
        State(task.state.get() & !Self::MARKS)
    }

    /// Whether the task is in the state and its wait slot is empty: one comparison, for the loop.
    #[inline(always)]
    pub(in crate::kernel) fn is_just(self, task: &TaskRef) -> bool {
        task.state.get() == self.0
    }

    #[inline(always)]
    pub(in crate::kernel) fn put(self, task: &TaskRef) {
        task.state.set(task.state.get() & Self::MARKS | self.0);
    }

    /// As `put`, where the wait slot is known to be empty.
    #[inline(always)]
    pub(in crate::kernel) fn put_just(self, task: &TaskRef) {
        task.state.set(self.0);
    }

    /// Marks that the task is in a queue, or has a timer.
    #[inline(always)]
    pub(in crate::kernel) fn set_enrolled(task: &TaskRef) {
        task.state.set(task.state.get() | Self::ENROLLED);
    }

    /// Marks that the task is in no queue, and has no timer.
    #[inline(always)]
    pub(in crate::kernel) fn set_idle(task: &TaskRef) {
        task.state.set(task.state.get() & !Self::ENROLLED);
    }

    /// Marks that an interruption has ended the task's wait.
    pub(in crate::kernel) fn set_interrupted(task: &TaskRef) {
        task.state.set(task.state.get() | Self::INTERRUPTED);
    }

    /// Whether that mark was set; takes it away.
    pub(in crate::kernel) fn take_interrupted(task: &TaskRef) -> bool {
        let state = task.state.get();
        task.state.set(state & !Self::INTERRUPTED);
        state & Self::INTERRUPTED != 0
    }

    pub(in crate::kernel) fn is_enrolled(task: &TaskRef) -> bool {
        task.state.get() & Self::ENROLLED != 0
    }
}

/// Whether the task that runs was killed, and unwinds or has caught that.
pub(crate) fn is_dying() -> bool {
    TaskRef::with_running(|task| State::of(task) == State::Dying).unwrap_or(false)
}
