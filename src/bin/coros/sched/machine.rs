//! The machine: each job is a task, on simulated CPUs and in virtual time.

use std::cell::RefCell;
use std::collections::HashMap;
use std::process::exit;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Claim, Event, Observer};
use coros::policy::{OnWait, Settings};
use coros::syscall::{Compute, Sleep};
use coros::{Builder, Clock, Scheduler, Tid, call};

use super::jobs::Job;
use super::options::Machine;
use super::report::{Piece, Report, time};
use crate::{policies, term};

/// The stack of a job, which calls and does nothing else.
const STACK: usize = 16 << 10;

/// How many stays on CPUs are kept: 480 MB of them.
const MOST_STAYS: usize = 10_000_000;

/// Runs the jobs to their ends.
pub fn run(
    policy: &str,
    jobs: &[Job],
    claims: &[Claim],
    machine: &Machine,
) -> Result<Report, String> {
    let cost = time(machine.switch_cost);
    let seen = Rc::new(RefCell::new(Seen::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(machine.cpus)
        .switch_cost(cost)
        .seed(machine.seed)
        .stack_size(STACK)
        .policy(policies::made(policy, &settings(machine), time(1))?)
        .observer(Rc::clone(&seen))
        .build();
    for (job, claim) in jobs.iter().zip(claims) {
        let tid = start(&mut sched, *job, claim.clone())?;
        seen.borrow_mut().jobs.push(tid);
    }
    sched.run().map_err(|stuck| format!("{policy}: {stuck}"))?;
    let stays = seen.take().pieces(policy)?;
    Ok(Report::new(policy, jobs, stays, cost))
}

fn start(sched: &mut Scheduler, job: Job, claim: Claim) -> Result<Tid, String> {
    let builder = Builder::new().claim(claim).arrival(time(job.arrival));
    let started = sched.spawn_with(builder, move || work(job));
    started
        .map(|task| task.tid())
        .map_err(|error| format!("no room for so many jobs: {error}"))
}

/// What a job does: it computes, with waits for I/O in between.
fn work(job: Job) {
    let mut left = job.burst;
    let every = job.io.map_or(left, |io| io.every);
    loop {
        let stretch = every.min(left);
        call(Compute(time(stretch))).expect("nobody interrupts a job");
        left -= stretch;
        match job.io {
            Some(io) if left > 0 => call(Sleep(time(io.lasts))).expect("nobody interrupts a job"),
            _ => return,
        }
    }
}

fn settings(machine: &Machine) -> Settings {
    Settings {
        quantum: machine.quantum.map(time),
        queues: Some(machine.queues),
        allotment: machine.allotment.map(time),
        boost: machine.boost.map(time),
        on_wait: match machine.stay_on_io {
            true => OnWait::Renew,
            false => OnWait::Keep,
        },
        seed: machine.seed,
        draws: machine
            .draws
            .as_ref()
            .map_or(Vec::new(), super::lists::List::all),
    }
}

/// What an observer has seen of the jobs.
#[derive(Default)]
struct Seen {
    /// Their tasks, in order.
    jobs: Vec<Tid>,
    stays: Vec<Stay>,
    /// The policy was thrown out.
    dropped: bool,
}

struct Stay {
    task: Tid,
    cpu: u32,
    start: Duration,
    end: Duration,
}

impl Observer for Seen {
    fn sees_turns(&self) -> bool {
        false
    }

    fn observe(&mut self, event: &Event) {
        match event {
            Event::Slice(slice) if slice.from < slice.time => self.keep(Stay {
                task: slice.tid,
                cpu: slice.cpu,
                start: slice.from,
                end: slice.time,
            }),
            Event::Dropped(_) => self.dropped = true,
            _ => {}
        }
    }
}

impl Seen {
    /// Keeps a stay. Nobody but a signal stops a run, so that one that takes too much room ends us.
    fn keep(&mut self, stay: Stay) {
        if self.stays.len() == MOST_STAYS {
            term::refuse(format_args!(
                "more than {MOST_STAYS} stays on CPUs; give a longer --quantum, or shorter jobs"
            ));
            exit(2)
        }
        self.stays.push(stay);
    }

    /// The stays of jobs, by their numbers.
    fn pieces(self, policy: &str) -> Result<Vec<Piece>, String> {
        if self.dropped {
            return Err(format!(
                "the policy {policy} was thrown out; the log says why"
            ));
        }
        let numbers: HashMap<_, _> = self
            .jobs
            .iter()
            .enumerate()
            .map(|(id, tid)| (*tid, id))
            .collect();
        let piece = |stay: &Stay| {
            numbers.get(&stay.task).map(|job| Piece {
                start: stay.start,
                end: stay.end,
                cpu: stay.cpu,
                job: *job,
            })
        };
        Ok(self.stays.iter().filter_map(piece).collect())
    }
}
