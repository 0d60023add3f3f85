//! Two maps: what each task claims, and since when it is ready.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use coros::Tid;
use coros::kernel::{Pick, Policy, Runnable, SchedParams};

pub fn highest_response_ratio_next() -> Box<dyn Policy> {
    Box::new(Ratio::default())
}

#[derive(Default)]
struct Ratio {
    bursts: BTreeMap<Tid, Duration>,
    ready: BTreeMap<Tid, Duration>,
}

impl Ratio {
    fn ratio(&self, task: Tid, since: Duration, now: Duration) -> f64 {
        let burst = self.bursts[&task].as_secs_f64();
        ((now - since).as_secs_f64() + burst) / burst
    }
}

impl Policy for Ratio {
    fn name(&self) -> Cow<'static, str> {
        "ratio".into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, _now: Duration) {
        let burst = claim.burst.unwrap_or(Duration::from_millis(1));
        self.bursts.insert(task, burst);
    }

    fn enqueue(&mut self, task: Tid, _why: Runnable, now: Duration) {
        self.ready.insert(task, now);
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.remove(&task);
    }

    fn pick(&mut self, now: Duration) -> Option<Pick> {
        // From the last to the first: of equal ones, the last that is seen is the greatest.
        let ratios = self.ready.iter().rev();
        let ratios = ratios.map(|(task, since)| (*task, self.ratio(*task, *since, now)));
        let (task, _) = ratios.max_by(|one, other| one.1.total_cmp(&other.1))?;
        self.ready.remove(&task);
        Some(Pick { task, slice: None })
    }

    fn retire(&mut self, task: Tid) {
        self.bursts.remove(&task);
    }
}
