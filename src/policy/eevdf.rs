//! Earliest eligible virtual deadline first.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use super::meter::{LEAST, Meter, readable, virtual_time, weighted_patience};
use super::ranks::Ranks;
use crate::devices::nanoseconds;
use crate::kernel::{OffCpu, Pick, Policy, Runnable, Running, SchedParams, Tid};

/// Earliest eligible virtual deadline first (Stoica and Abdel-Wahab, 1995), which Linux follows since 6.6.
///
/// Virtual time passes by the CPU time that all use, divided by all runnable tasks' weights. Each task
/// asks for CPU time by [requests](SchedParams::request), of a quantum if it says nothing. A request is eligible
/// once the task has had no more than its share, and due when its share would have sufficed for it. Next
/// is, for a quantum at most, the eligible one that is due first; of equal ones, the later task's. So a
/// task that asks for little at a time is served sooner, but has no larger share.
///
/// A task that arrives, or comes back from a wait with less than its share, starts anew; one that has had
/// more still has.
pub struct Eevdf {
    quantum: Duration,
    clients: BTreeMap<Tid, Client>,
    /// The virtual time.
    now: i128,
    /// The weights of all runnable tasks.
    weights: u64,
    meter: Meter,
    /// Ready, but ahead of their shares; by the virtual time at which they are eligible.
    ahead: Ranks<i128>,
    /// By virtual deadline, then the later one first.
    eligible: Ranks<(i128, Reverse<Tid>)>,
}

#[derive(Clone, Copy)]
struct Client {
    weight: u64,
    request: Duration,
    /// The virtual time at which its request is eligible.
    from: i128,
    /// What it has had of its request.
    served: Duration,
    on_cpu: bool,
}

impl Client {
    /// The virtual time at which its request is due.
    fn deadline(&self) -> i128 {
        self.from + virtual_time(self.request, self.weight)
    }

    /// Takes note of CPU time that it has had; a request that is served makes room for the next.
    fn serve(&mut self, used: Duration) {
        let [served, request] = [self.served.saturating_add(used), self.request].map(nanoseconds);
        let whole = served - served % request;
        self.from += virtual_time(Duration::from_nanos(whole), self.weight);
        self.served = Duration::from_nanos(served - whole);
    }

    /// Starts anew if it has had less than its share.
    fn come_back(&mut self, now: i128) {
        if self.from + virtual_time(self.served, self.weight) < now {
            (self.from, self.served) = (now, Duration::ZERO);
        }
    }
}

impl Default for Eevdf {
    fn default() -> Self {
        Self::new()
    }
}

impl Eevdf {
    /// The policy, with a quantum of 10 ms.
    #[must_use]
    pub fn new() -> Self {
        Self {
            quantum: super::QUANTUM,
            clients: BTreeMap::new(),
            now: 0,
            weights: 0,
            meter: Meter::default(),
            ahead: Ranks::default(),
            eligible: Ranks::default(),
        }
    }

    /// Sets the quantum of CPU time; less than a microsecond counts as one.
    #[must_use]
    pub fn quantum(mut self, quantum: Duration) -> Self {
        self.quantum = super::positive(quantum);
        self
    }

    fn client(&self, task: Tid) -> Client {
        let unknown = Client {
            weight: u64::from(SchedParams::WEIGHT),
            request: self.quantum,
            from: self.now,
            served: Duration::ZERO,
            on_cpu: false,
        };
        self.clients.get(&task).copied().unwrap_or(unknown)
    }

    /// Lets virtual time pass for CPU time that was used.
    fn pass(&mut self, used: Duration) {
        self.now += virtual_time(used, self.weights);
    }

    fn queue(&mut self, task: Tid) {
        let client = self.client(task);
        if client.from > self.now {
            self.ahead.insert(task, client.from);
        } else {
            self.eligible
                .insert(task, (client.deadline(), Reverse(task)));
        }
    }

    fn unqueue(&mut self, task: Tid) -> bool {
        self.ahead.remove(task).is_some() || self.eligible.remove(task).is_some()
    }

    /// Finds out who is eligible by now.
    fn catch_up(&mut self) {
        if self.eligible.len() == 0
            && let Some((from, _)) = self.ahead.first()
        {
            // All that could run are ahead: the time in which they are not has to pass unused.
            self.now = self.now.max(from);
        }
        while let Some((from, task)) = self.ahead.first()
            && from <= self.now
        {
            self.ahead.remove(task);
            self.queue(task);
        }
    }
}

impl Policy for Eevdf {
    fn name(&self) -> Cow<'static, str> {
        "eevdf".into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        self.clients.insert(task, self.client(task));
        self.set_params(task, claim, now);
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, _: Duration) {
        let mut client = self.client(task);
        if matches!(why, Runnable::New | Runnable::Woken | Runnable::Handed) {
            client.come_back(self.now);
        }
        self.weights += client.weight;
        self.clients.insert(task, client);
        self.queue(task);
    }

    fn dequeue(&mut self, task: Tid) {
        if self.unqueue(task) {
            self.weights -= self.client(task).weight;
        }
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        self.catch_up();
        let (_, task) = self.eligible.take_first()?;
        let client = self.clients.get_mut(&task)?;
        client.on_cpu = true;
        let left = client.request.saturating_sub(client.served);
        let slice = Some(self.quantum.min(left));
        Some(Pick { task, slice })
    }

    fn stopped(&mut self, task: Tid, _: OffCpu, used: Duration, _: Duration) {
        let more = self.meter.close(task, used);
        self.pass(more);
        let Some(client) = self.clients.get_mut(&task) else {
            return;
        };
        client.serve(used.max(LEAST));
        if std::mem::take(&mut client.on_cpu) {
            self.weights -= client.weight;
        }
    }

    fn tick(&mut self, running: &[Running], _: Duration) -> Option<Duration> {
        for on in running {
            let more = self.meter.look(on.task, on.used);
            self.pass(more);
        }
        None
    }

    fn set_params(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        let ready = self.unqueue(task);
        let request = super::positive(claim.request.unwrap_or(self.quantum));
        let Some(client) = self.clients.get_mut(&task) else {
            return;
        };
        let weight = u64::from(claim.weight.max(1));
        let before = std::mem::replace(&mut client.weight, weight);
        client.request = request;
        client.serve(Duration::ZERO);
        if ready || client.on_cpu {
            self.weights = self.weights + weight - before;
        }
        if ready {
            self.queue(task);
        }
    }

    fn retire(&mut self, task: Tid) {
        self.clients.remove(&task);
    }

    fn explain(&self, task: Tid) -> String {
        let client = self.client(task);
        let from = (client.from - self.now).max(0);
        let due = (client.deadline() - self.now).max(0);
        match from {
            0 => format!("eligible now, due in {:?} of virtual time", readable(due)),
            from => format!("eligible in {:?} of virtual time", readable(from)),
        }
    }

    fn patience(&self) -> Option<u64> {
        Some(weighted_patience(self.weights, self.quantum))
    }
}
