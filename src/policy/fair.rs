//! The completely fair scheduler.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::meter::{Meter, readable, virtual_time, weighted_patience};
use super::ranks::Ranks;
use crate::kernel::{OffCpu, Pick, Policy, Runnable, Running, SchedParams, Tid};

/// The task with the least virtual runtime, which is the CPU time that it has used, divided by its
/// [weight](SchedParams::weight): what Linux did from 2.6.23 to 6.5 (Molnár, 2007).
///
/// In each latency, every runnable task has a slice by its weight, but none shorter than the granularity.
/// A task that arrives starts at the least virtual runtime there is; one that wakes, at most half a
/// latency before that. It preempts a running one if it is behind by more than the granularity.
pub struct Fair {
    latency: Duration,
    granularity: Duration,
    tasks: BTreeMap<Tid, Entity>,
    ready: Ranks<i128>,
    on_cpus: BTreeSet<Tid>,
    meter: Meter,
    /// Ready ones that arrived or woke, and could not preempt a task yet.
    newcomers: BTreeSet<Tid>,
    /// The least virtual runtime of all runnable tasks; it never goes back.
    least: i128,
    /// The weights of all runnable tasks.
    weights: u64,
}

#[derive(Clone, Copy)]
struct Entity {
    weight: u64,
    runtime: i128,
}

impl Entity {
    /// One that claims nothing.
    const ANY: Self = Self {
        weight: SchedParams::WEIGHT as u64,
        runtime: i128::MIN,
    };
}

impl Default for Fair {
    fn default() -> Self {
        Self::new()
    }
}

impl Fair {
    /// The policy, with a latency of 48 ms and a granularity of 6 ms.
    #[must_use]
    pub fn new() -> Self {
        Self {
            latency: Duration::from_millis(48),
            granularity: Duration::from_millis(6),
            tasks: BTreeMap::new(),
            ready: Ranks::default(),
            on_cpus: BTreeSet::new(),
            meter: Meter::default(),
            newcomers: BTreeSet::new(),
            least: 0,
            weights: 0,
        }
    }

    /// Sets the time in which every runnable task should have had its share once.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the shortest slice, which is also how far a woken task has to be behind to preempt; less than
    /// a microsecond counts as one.
    #[must_use]
    pub fn granularity(mut self, granularity: Duration) -> Self {
        self.granularity = super::positive(granularity);
        self
    }

    fn entity(&self, task: Tid) -> Entity {
        self.tasks.get(&task).copied().unwrap_or(Entity::ANY)
    }

    fn charge(&mut self, task: Tid, used: Duration) {
        let entity = self.tasks.entry(task).or_insert(Entity::ANY);
        entity.runtime += virtual_time(used, entity.weight);
    }

    fn look_at(&mut self, running: &[Running]) {
        for on in running {
            let more = self.meter.look(on.task, on.used);
            self.charge(on.task, more);
        }
    }

    fn see_least(&mut self) {
        let running = self.on_cpus.iter().map(|task| self.entity(*task).runtime);
        let ready = self.ready.first().map(|(runtime, _)| runtime);
        if let Some(least) = running.chain(ready).min() {
            self.least = self.least.max(least);
        }
    }

    fn slice(&self, weight: u64) -> Duration {
        let all = u128::from(self.weights.max(weight));
        let share = self.latency.as_nanos() * u128::from(weight) / all;
        let share = Duration::from_nanos(u64::try_from(share).unwrap_or(u64::MAX));
        share.max(self.granularity)
    }
}

impl Policy for Fair {
    fn name(&self) -> Cow<'static, str> {
        "fair".into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        self.tasks.insert(task, Entity::ANY);
        self.set_params(task, claim, now);
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, _: Duration) {
        self.see_least();
        let from = match why {
            Runnable::New | Runnable::Handed => self.least,
            Runnable::Woken => self.least - virtual_time(self.latency / 2, Entity::ANY.weight),
            _ => i128::MIN,
        };
        let entity = self.tasks.entry(task).or_insert(Entity::ANY);
        entity.runtime = entity.runtime.max(from);
        self.weights += entity.weight;
        self.ready.insert(task, entity.runtime);
        if matches!(why, Runnable::New | Runnable::Woken) {
            self.newcomers.insert(task);
        }
    }

    fn dequeue(&mut self, task: Tid) {
        self.newcomers.remove(&task);
        if self.ready.remove(task).is_some() {
            self.weights -= self.entity(task).weight;
        }
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        let (_, task) = self.ready.take_first()?;
        self.newcomers.remove(&task);
        self.on_cpus.insert(task);
        let slice = Some(self.slice(self.entity(task).weight));
        Some(Pick { task, slice })
    }

    fn stopped(&mut self, task: Tid, _: OffCpu, used: Duration, _: Duration) {
        let more = self.meter.close(task, used);
        self.charge(task, more);
        self.see_least();
        if self.on_cpus.remove(&task) {
            self.weights -= self.entity(task).weight;
        }
    }

    fn preempt(&mut self, running: &[Running], _: Duration) -> Option<Tid> {
        self.look_at(running);
        let by_runtime = |task: Tid| (self.entity(task).runtime, task);
        let (last, task) = running.iter().map(|on| by_runtime(on.task)).max()?;
        let behind = |newcomer: &Tid| {
            let Entity { runtime, weight } = self.entity(*newcomer);
            runtime + virtual_time(self.granularity, weight) < last
        };
        if self.newcomers.iter().any(behind) {
            return Some(task);
        }
        self.newcomers.clear();
        None
    }

    fn tick(&mut self, running: &[Running], _: Duration) -> Option<Duration> {
        self.look_at(running);
        None
    }

    fn set_params(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        let Some(entity) = self.tasks.get_mut(&task) else {
            return;
        };
        let weight = u64::from(claim.weight.max(1));
        let before = std::mem::replace(&mut entity.weight, weight);
        if self.ready.key(task).is_some() || self.on_cpus.contains(&task) {
            self.weights = self.weights + weight - before;
        }
    }

    fn retire(&mut self, task: Tid) {
        self.tasks.remove(&task);
    }

    fn explain(&self, task: Tid) -> String {
        let runtime = self.entity(task).runtime.max(0);
        format!("virtual runtime {:?}", readable(runtime))
    }

    fn patience(&self) -> Option<u64> {
        Some(weighted_patience(self.weights, self.latency))
    }
}
