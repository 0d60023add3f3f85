//! The machine: each job is a task, on simulated CPUs and in virtual time.

use std::cell::RefCell;
use std::collections::HashMap;
use std::process::exit;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer, SchedParams};
use coros::policy::{OnWait, Settings};
use coros::syscall::{Compute, Sleep};
use coros::{Builder, Clock, Scheduler, Tid, call};

use super::jobs::Job;
use super::options::Machine;
use super::report::{Piece, Report, time, units};
use crate::progress::Progress;
use crate::{policies, term};

/// The stack of a job, which calls and does nothing else.
const STACK: usize = 16 << 10;

/// How many stays on CPUs are kept: 480 MB of them.
const MOST_STAYS: usize = 10_000_000;

/// Runs the jobs to their ends.
pub fn run(
    policy: &str,
    jobs: &[Job],
    claims: &[SchedParams],
    machine: &Machine,
) -> Result<Report, String> {
    let cost = time(machine.switch_cost);
    let work = jobs.iter().map(|job| job.burst).sum();
    let seen = Rc::new(RefCell::new(Seen::of(Progress::of(
        policy.to_owned(),
        work,
    ))));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(machine.cpus)
        .switch_cost(cost)
        .seed(machine.seed)
        .stack_size(STACK)
        .policy(policies::made(policy, &settings(machine), time(1))?)
        .observer(Rc::clone(&seen))
        .build();
    let mut started = Progress::of(format!("{policy}, jobs"), jobs.len() as u64);
    for (job, claim) in jobs.iter().zip(claims) {
        let tid = start(&mut sched, *job, claim.clone())?;
        seen.borrow_mut().jobs.push(tid);
        started.add(1);
    }
    drop(started);
    sched.run().map_err(|stuck| format!("{policy}: {stuck}"))?;
    let stays = seen.borrow_mut().pieces(policy)?;
    Ok(Report::new(policy, jobs, stays, cost))
}

fn start(sched: &mut Scheduler, job: Job, claim: SchedParams) -> Result<Tid, String> {
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
        call(Compute(time(stretch))).expect("nothing interrupts a job");
        left -= stretch;
        match job.io {
            Some(io) if left > 0 => call(Sleep(time(io.lasts))).expect("nothing interrupts a job"),
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
    /// The place of the last stay on each CPU.
    last: Vec<Option<usize>>,
    /// The policy was thrown out.
    dropped: bool,
    progress: Option<Progress>,
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
    fn of(progress: Progress) -> Self {
        Self {
            progress: Some(progress),
            ..Self::default()
        }
    }

    /// Keeps a stay; one that goes on where the last one on its CPU ended, of the same task, is one with
    /// it. Only a signal can stop the run from here, so at too many stays the process exits.
    fn keep(&mut self, stay: Stay) {
        if let Some(progress) = &mut self.progress {
            progress.add(units(stay.end - stay.start));
        }
        let cpu = stay.cpu as usize;
        self.last.resize(self.last.len().max(cpu + 1), None);
        let last = self.last[cpu].and_then(|last| self.stays.get_mut(last));
        if let Some(last) = last.filter(|last| (last.task, last.end) == (stay.task, stay.start)) {
            last.end = stay.end;
            return;
        }
        if self.stays.len() == MOST_STAYS {
            self.progress = None; // Its line is erased.
            term::refuse(format_args!(
                "more than {MOST_STAYS} stays on CPUs; give a longer --quantum, or shorter jobs"
            ));
            exit(2)
        }
        self.last[cpu] = Some(self.stays.len());
        self.stays.push(stay);
    }

    /// The stays of jobs, by their numbers.
    fn pieces(&mut self, policy: &str) -> Result<Vec<Piece>, String> {
        self.progress = None;
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
