//! What a task claims from the policy that schedules it.

use std::time::Duration;

/// What a task claims from the [policy](crate::kernel::Policy) that schedules it; each policy looks at
/// what it understands, and the default one at nothing.
///
/// ```
/// use std::time::Duration;
/// use coros::{Builder, kernel::SchedParams};
///
/// let claim = SchedParams::new().burst(Duration::from_millis(100)).weight(3).priority(7);
/// let builder = Builder::new().name("batch").claim(claim);
/// # drop(builder);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(default, deny_unknown_fields))]
#[non_exhaustive]
#[must_use]
pub struct SchedParams {
    /// The CPU time that it needs in all, if it is known.
    #[cfg_attr(feature = "record", serde(skip_serializing_if = "Option::is_none"))]
    pub burst: Option<Duration>,
    /// Its share of the CPU, against the weights of others: the tickets of a lottery. At least 1.
    pub weight: u32,
    /// How urgent it is; the higher, the sooner.
    pub priority: i32,
    /// When its work is to be done, counted from each release.
    #[cfg_attr(feature = "record", serde(skip_serializing_if = "Option::is_none"))]
    pub deadline: Option<Duration>,
    /// How often it is released, from its arrival on; once, if nothing is said.
    #[cfg_attr(feature = "record", serde(skip_serializing_if = "Option::is_none"))]
    pub period: Option<Duration>,
    /// How much CPU time it asks for at a time.
    #[cfg_attr(feature = "record", serde(skip_serializing_if = "Option::is_none"))]
    pub request: Option<Duration>,
}

impl Default for SchedParams {
    fn default() -> Self {
        Self {
            burst: None,
            weight: Self::WEIGHT,
            priority: 0,
            deadline: None,
            period: None,
            request: None,
        }
    }
}

impl SchedParams {
    /// The weight of a task that claims none.
    pub const WEIGHT: u32 = 1024;

    /// What a task claims that claims nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Claims that it needs this much CPU time in all.
    pub fn burst(mut self, burst: Duration) -> Self {
        self.burst = Some(burst);
        self
    }

    /// Claims a share, against the weights of others; 0 counts as 1.
    pub fn weight(mut self, weight: u32) -> Self {
        self.weight = weight.max(1);
        self
    }

    /// Claims a priority: the higher, the sooner.
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Claims that its work is to be done so long after each release.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Claims to be released each time so much has passed since its arrival; unless it claims a deadline
    /// too, its work is to be done by the next release.
    pub fn period(mut self, period: Duration) -> Self {
        self.period = Some(period);
        self
    }

    /// Claims so much CPU time at a time.
    pub fn request(mut self, request: Duration) -> Self {
        self.request = Some(request);
        self
    }

    /// The last release at or before `now` of a task that arrived at `arrival`, and when the work of that
    /// release is to be done, if that was claimed; all counted from the scheduler's start.
    #[must_use]
    pub fn release(&self, arrival: Duration, now: Duration) -> (Duration, Option<Duration>) {
        let period = self.period.filter(|period| !period.is_zero());
        let released = match period {
            Some(period) => {
                let since = now.saturating_sub(arrival).as_nanos();
                let past = since - since % period.as_nanos();
                arrival.saturating_add(Duration::from_nanos(
                    u64::try_from(past).unwrap_or(u64::MAX),
                ))
            }
            None => arrival,
        };
        let allowed = self.deadline.or(period);
        (
            released,
            allowed.map(|allowed| released.saturating_add(allowed)),
        )
    }
}
