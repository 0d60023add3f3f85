//! Deadlines that a task claimed, and missed.

use std::time::Duration;

use crate::kernel::SchedParams;

/// The releases of a task, one after the other.
///
/// The work of a release is done when the task next waits, or ends. Whatever deadlines are past by then
/// were missed, each for itself; if none is, the work was that of the next release, if it was out when
/// the work began. A wait before any work, as for the first tick of an interval, proves nothing.
#[derive(Default)]
pub(super) struct Deadlines {
    /// The first release whose work is not known to be done; none if there are no more.
    next: Option<Duration>,
    /// The release before is done only if nothing more is done for it.
    unproven: Option<Duration>,
    pub(super) missed: u64,
}

/// What a task did between two waits.
#[derive(Clone, Copy)]
pub(super) struct WorkDone {
    /// When it was ready to do it.
    pub(super) began: Duration,
    pub(super) done: Duration,
    /// How much CPU time it took.
    pub(super) took: Duration,
}

impl Deadlines {
    pub(super) fn new(arrival: Duration) -> Self {
        Self {
            next: Some(arrival),
            ..Self::default()
        }
    }

    /// Work is done.
    pub(super) fn done(&mut self, claim: &SchedParams, arrival: Duration, work: WorkDone) {
        let is_early = self.next.is_none_or(|next| work.began < next);
        let unproven = self.unproven.take();
        let release = if is_early { unproven } else { self.next };
        let Some(release) = release else { return };
        let (_, Some(due)) = claim.release(arrival, release) else {
            return; // It claims none.
        };
        let period = claim.period.filter(|period| !period.is_zero());
        let passed = match work.done.checked_sub(due).filter(|late| !late.is_zero()) {
            // More than one, if it is later by whole periods.
            Some(late) => {
                let passed = period.map_or(1, |period| periods(late, period));
                self.missed = self.missed.saturating_add(passed);
                passed
            }
            None => {
                self.unproven = Some(release).filter(|_| work.took.is_zero());
                1
            }
        };
        self.next = period.and_then(|period| later(release, period, passed));
    }
}

/// How many periods it takes to fill a time.
fn periods(time: Duration, period: Duration) -> u64 {
    let count = time.as_nanos().div_ceil(period.as_nanos());
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn later(release: Duration, period: Duration, count: u64) -> Option<Duration> {
    let nanos = period.as_nanos().checked_mul(u128::from(count))?;
    let nanos = u64::try_from(nanos).ok()?;
    release.checked_add(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// How many are missed, if so much work is begun and done at these times.
    fn missed(claim: &SchedParams, arrival: u64, works: &[(u64, u64, u64)]) -> u64 {
        let mut deadlines = Deadlines::new(ms(arrival));
        for (began, done, took) in works {
            let (began, done, took) = (ms(*began), ms(*done), ms(*took));
            deadlines.done(claim, ms(arrival), WorkDone { began, done, took });
        }
        deadlines.missed
    }

    #[test]
    fn a_single_release_is_missed_once_or_not_at_all() {
        let claim = SchedParams::new().deadline(ms(10));
        let in_time = [(5, 15, 10), (90, 100, 10)];
        assert_eq!(missed(&claim, 5, &in_time), 0, "just in time");
        assert_eq!(missed(&claim, 5, &[(5, 16, 11), (90, 100, 10)]), 1);
        assert_eq!(
            missed(&SchedParams::new(), 5, &[(5, 16, 1)]),
            0,
            "nothing was claimed"
        );
    }

    #[test]
    fn each_release_that_was_missed_counts() {
        let claim = SchedParams::new().period(ms(10));
        let late_once = [(0, 3, 3), (10, 21, 3), (21, 23, 2)];
        assert_eq!(missed(&claim, 0, &[(0, 3, 3), (10, 13, 3), (20, 23, 3)]), 0);
        assert_eq!(missed(&claim, 0, &late_once), 1);
        assert_eq!(
            missed(&claim, 0, &[(0, 35, 35)]),
            3,
            "those of 0, 10 and 20"
        );
        let then_in_time = [(0, 35, 35), (35, 38, 3)];
        assert_eq!(missed(&claim, 0, &then_in_time), 3, "that of 30 is in time");
    }

    #[test]
    fn to_wait_again_before_the_next_release_changes_nothing() {
        let claim = SchedParams::new().period(ms(10)).deadline(ms(5));
        let twice = [(0, 1, 1), (2, 8, 1), (10, 12, 1)];
        assert_eq!(missed(&claim, 0, &twice), 0);
        assert_eq!(missed(&claim, 0, &[(0, 1, 1), (2, 8, 1), (10, 16, 1)]), 1);
    }

    #[test]
    fn to_wait_before_any_work_proves_nothing() {
        let claim = SchedParams::new().period(ms(10)).deadline(ms(5));
        assert_eq!(missed(&claim, 0, &[(0, 0, 0), (0, 6, 6), (10, 14, 4)]), 1);
        assert_eq!(missed(&claim, 0, &[(0, 0, 0), (0, 4, 4), (10, 16, 6)]), 1);
        assert_eq!(missed(&claim, 0, &[(0, 0, 0), (10, 10, 0), (20, 20, 0)]), 0);
        assert_eq!(missed(&claim, 0, &[(0, 0, 0), (10, 16, 0)]), 1);
    }

    #[test]
    fn a_period_of_no_length_is_none() {
        let claim = SchedParams::new().period(ms(0)).deadline(ms(1));
        assert_eq!(missed(&claim, 0, &[(0, 5, 5), (6, 9, 3)]), 1);
    }
}
