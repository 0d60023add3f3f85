//! Priority inversion: a task of high priority waits for one of low, and one between them runs.

use std::time::Duration;

use super::scene::Scene;
use super::{Lint, Rule};
use crate::kernel::{Did, Event, Step, Tid};
use crate::watch::ledger::Ran;
use crate::watch::words::name_a_lock;

/// How many stays of others are remembered for each wait.
const STAYS: usize = 64;

/// Looks for tasks that wait for a lock whose holder is ready, and yields to a less urgent task.
///
/// How long the holder was ready is known when it runs again; so is what others did until then.
#[derive(Default)]
pub(super) struct Inversion {
    waits: Vec<UrgentWait>,
}

/// A wait of a task for one of lower priority.
struct UrgentWait {
    waiter: Tid,
    holder: Tid,
    what: String,
    from: Duration,
    until: Option<Duration>,
    /// The stays on a CPU, meanwhile, of those between the two.
    stays: Vec<(Tid, Duration, Duration)>,
}

impl UrgentWait {
    /// How long those between ran while the holder was ready: who first, and all together.
    fn overtaken(&self, ready: Duration, runs: Duration) -> Option<(Tid, Duration)> {
        let from = self.from.max(ready);
        let until = self.until.map_or(runs, |until| until.min(runs));
        let mut sum = Duration::ZERO;
        let mut first = None;
        for (tid, began, ended) in &self.stays {
            let length = until.min(*ended).saturating_sub(from.max(*began));
            if !length.is_zero() {
                sum += length;
                first = first.or(Some(*tid));
            }
        }
        Some((first?, sum))
    }
}

impl Inversion {
    fn turn(&mut self, step: &Step, scene: &Scene) {
        let (Did::Waits(_), Some(on)) = (&step.did, &step.on) else {
            return;
        };
        let [holder] = step.holders[..] else { return };
        let is_known =
            |wait: &UrgentWait| (wait.waiter, wait.holder, wait.until) == (step.tid, holder, None);
        let is_urgent = scene.priority(step.tid) > scene.priority(holder);
        if is_urgent && name_a_lock(on) && !self.waits.iter().any(is_known) {
            self.waits.push(UrgentWait {
                waiter: step.tid,
                holder,
                what: on.clone(),
                from: step.time,
                until: None,
                stays: Vec::new(),
            });
        }
    }

    fn ran(&mut self, ran: &Ran, scene: &mut Scene) {
        let runs = scene.priority(ran.tid);
        for wait in &mut self.waits {
            if wait.holder == ran.tid {
                judge(wait, ran, scene);
                continue;
            }
            let between = scene.priority(wait.holder) < runs && runs < scene.priority(wait.waiter);
            if between && wait.stays.len() < STAYS {
                wait.stays.push((ran.tid, ran.from, ran.until));
            }
        }
        let is_over = |wait: &UrgentWait| wait.until.is_some() && wait.holder == ran.tid;
        self.waits.retain(|wait| !is_over(wait));
    }

    /// A task waits no more.
    fn close(&mut self, waiter: Tid, now: Duration) {
        for wait in self.waits.iter_mut().filter(|wait| wait.waiter == waiter) {
            wait.until.get_or_insert(now);
        }
    }
}

/// The holder of what is waited for runs again: was it kept from that?
fn judge(wait: &mut UrgentWait, ran: &Ran, scene: &mut Scene) {
    let limit = scene.limits.inversion;
    let overtaken = ran
        .ready_since
        .and_then(|ready| wait.overtaken(ready, ran.from));
    wait.stays.retain(|(_, _, until)| *until > ran.from);
    let Some((third, sum)) = overtaken.filter(|(_, sum)| *sum >= limit) else {
        return;
    };
    let (holder, third) = (scene.title(wait.holder), scene.title(third));
    let what = &wait.what;
    scene.tell(Lint::PriorityInversion, wait.waiter, |who| {
        format!(
            "{who} waited for {what}, whose holder {holder} is less urgent, while {third}, which is \
             between the two, ran for {sum:?}: choose a policy that lets holders inherit"
        )
    });
}

impl Rule for Inversion {
    fn see(&mut self, event: &Event, ran: Option<&Ran>, scene: &mut Scene) {
        if let Some(ran) = ran {
            self.ran(ran, scene);
        }
        match event {
            Event::Turn(step) => self.turn(step, scene),
            Event::Wake(wake) => self.close(wake.tid, wake.time),
            Event::Hold(hold) if !hold.taken => {
                let is_given =
                    |wait: &&mut UrgentWait| wait.holder == hold.tid && *hold.what == wait.what;
                for wait in self.waits.iter_mut().filter(is_given) {
                    wait.until.get_or_insert(hold.time);
                }
            }
            Event::Death(death) => {
                self.close(death.tid, death.time);
                self.waits.retain(|wait| wait.holder != death.tid);
            }
            _ => {}
        }
    }
}
