//! What became of a CPU's time: whom it worked for, and how often that changed.

use std::time::Duration;

use crate::kernel::Tid;

/// A CPU, as one sees it in a timeline.
#[derive(Clone, Copy, Default)]
pub(super) struct Processor {
    pub(super) busy: Duration,
    pub(super) switches: u64,
    pub(super) pieces: u64,
    /// Who was on it last, also for no time.
    last: Option<Tid>,
    /// Who was on it last for any time, and until when.
    shown: Option<Tid>,
    until: Option<Duration>,
}

impl Processor {
    /// A task had it for some time. It takes `cost` to switch to another task than the one before.
    pub(super) fn ran(&mut self, tid: Tid, stay: (Duration, Duration), cost: Duration) {
        let (from, until) = stay;
        let is_other = self.last.is_some_and(|last| last != tid);
        self.switches += u64::from(is_other);
        self.last = Some(tid);
        if from >= until {
            return;
        }
        self.busy += until - from;
        let since = self.until.unwrap_or_default();
        let cost = if is_other { cost } else { Duration::ZERO };
        let was_idle = from.saturating_sub(since) > cost;
        self.pieces += u64::from(was_idle);
        self.pieces += u64::from(was_idle || self.shown != Some(tid));
        self.shown = Some(tid);
        self.until = Some(until);
    }

    /// A CPU whose timeline begins at this moment.
    pub(super) fn since(began: Duration) -> Self {
        Self {
            until: Some(began),
            ..Self::default()
        }
    }
}
