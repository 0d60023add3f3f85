//! The watchdog: tells of tasks that run long without a call, and so hold up all the others.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::devices::Clock;
use crate::kernel::abi::info::{title, title_of};
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::log::{log_warn, target};
use crate::machine::inspect;

/// What a task may take for one turn, unless it is said.
const DEFAULT_LIMIT: Duration = Duration::from_millis(50);

/// The limit where nothing is said: reading the clock in each turn is for development.
pub(in crate::kernel) fn default_limit(clock: Clock) -> Option<Duration> {
    (cfg!(debug_assertions) && clock == Clock::Real).then_some(DEFAULT_LIMIT)
}

/// How long turns may take, and what is known of the one that goes on.
#[derive(Default)]
pub(in crate::kernel) struct Watchdog {
    limit: Option<Duration>,
    began: Option<Instant>,
    /// The last task that ended, and its name: the kernel has forgotten it when the turn is over.
    ended: Option<(Tid, Option<Arc<str>>)>,
}

impl Watchdog {
    pub(in crate::kernel) fn new(limit: Option<Duration>) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    pub(in crate::kernel) fn is_on(&self) -> bool {
        self.limit.is_some()
    }

    /// Notes that a task is about to run: time that the loop slept before does not count.
    pub(in crate::kernel) fn begin_turn(&mut self) {
        if self.is_on() {
            self.began = Some(Instant::now());
        }
    }

    /// Notes the name of a task that has ended.
    pub(in crate::kernel) fn note_end(&mut self, tid: Tid, name: Option<&Arc<str>>) {
        if self.is_on() {
            self.ended = Some((tid, name.cloned()));
        }
    }

    /// How long the turn took and was allowed to, if it took too long.
    fn overrun(&self) -> Option<(Duration, Duration)> {
        let (took, limit) = (self.began?.elapsed(), self.limit?);
        (took > limit).then_some((took, limit))
    }
}

impl Core {
    /// Tells of the task whose turn is just over, if that took too long.
    pub(in crate::kernel) fn look_for_overrun(&mut self, tid: Tid) {
        if let Some((took, limit)) = self.watchdog.overrun() {
            self.tell_of_overrun(tid, took, limit);
        }
    }

    /// Tells of a task that held up the others, once.
    fn tell_of_overrun(&mut self, tid: Tid, took: Duration, limit: Duration) {
        let (title, place) = match self.table.find(tid) {
            Some(task) => {
                if task.facts().extra().overran.replace(true) {
                    return;
                }
                (title_of(&task), inspect::place(&task))
            }
            None => {
                let ended = self.watchdog.ended.take().filter(|ended| ended.0 == tid);
                let name = ended.and_then(|ended| ended.1).unwrap_or_default();
                (title(tid.number(), &name), None)
            }
        };
        self.report.overran += 1;
        let up_to = place.map_or(String::new(), |place| format!(", up to {place}"));
        log_warn(
            target::WATCHDOG,
            format_args!(
                "{title} ran for {took:.1?} without a call{up_to}; the limit is {limit:?}: let it call \
                 yield_now now and then"
            ),
        );
    }
}
