//! Runs lists of jobs on the virtual machine, and says who was where. Times are in milliseconds.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use coros::kernel::{Event, Observer, OffCpu, Policy, SchedParams, Slice};
use coros::policy::{NAMES, Settings, by_name};
use coros::sync::Mutex;
use coros::syscall::{Compute, GetTid, KillTask, Now, SetParams, SetPolicy, Sleep, SleepUntil};
use coros::{Builder, Clock, Scheduler, Tid, call, yield_now};

/// What a task does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    Compute(u64),
    Sleep(u64),
    /// Until so long after the start.
    SleepUntil(u64),
    Yield,
    /// Takes a lock, computes, and gives it back.
    Inside(usize, u64),
    /// Puts another policy in force, by its place among the names.
    Switch(usize),
    /// Claims something else.
    SchedParams(u32),
    /// Kills a job, or nobody if it has ended.
    Kill(usize),
}

/// A task: when it arrives, what it claims, what it does.
#[derive(Clone, Debug)]
pub struct Job {
    pub arrival: u64,
    pub claim: SchedParams,
    pub acts: Vec<Act>,
}

impl Job {
    pub fn new(acts: impl Into<Vec<Act>>) -> Self {
        Self {
            arrival: 0,
            claim: SchedParams::new(),
            acts: acts.into(),
        }
    }

    /// One that computes for so long, and claims to.
    pub fn burst(length: u64) -> Self {
        Self::new([Act::Compute(length)]).claim(SchedParams::new().burst(ms(length)))
    }

    /// One that computes so much in all, and sleeps each time it has computed `every`.
    pub fn with_io(length: u64, every: u64, io: u64) -> Self {
        let mut acts = Vec::new();
        for begun in (0..length).step_by(every as usize) {
            if begun > 0 {
                acts.push(Act::Sleep(io));
            }
            acts.push(Act::Compute(every.min(length - begun)));
        }
        Self::new(acts)
    }

    pub fn at(mut self, arrival: u64) -> Self {
        self.arrival = arrival;
        self
    }

    pub fn claim(mut self, claim: SchedParams) -> Self {
        self.claim = claim;
        self
    }

    /// The CPU time that it needs.
    pub fn work(&self) -> u64 {
        let work = |act: &Act| match *act {
            Act::Compute(time) | Act::Inside(_, time) => time,
            _ => 0,
        };
        self.acts.iter().map(work).sum()
    }
}

pub fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A stay on a CPU; jobs are counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stay {
    pub job: usize,
    pub cpu: u32,
    pub from: Duration,
    pub to: Duration,
    pub why: OffCpu,
}

/// What came of a list of jobs.
pub struct Run {
    pub stays: Vec<Stay>,
    /// Who was woken when.
    pub wakes: Vec<(usize, Duration)>,
    arrivals: Vec<u64>,
}

#[derive(Default)]
struct Seen {
    stays: Vec<Stay>,
    wakes: Vec<(usize, Duration)>,
}

impl Observer for Seen {
    fn observe(&mut self, event: &Event) {
        match event {
            Event::Slice(slice) => self.stays.push(stay(slice)),
            Event::Wake(wake) => self.wakes.push((job_of(wake.tid), wake.time)),
            _ => {}
        }
    }
}

fn job_of(task: Tid) -> usize {
    task.number() as usize - 1
}

/// A policy by its place among the names, with settings that let much happen.
pub fn policy(which: usize, seed: u64) -> Box<dyn Policy> {
    let settings = Settings {
        quantum: (!seed.is_multiple_of(3)).then(|| ms(1 + seed % 5)),
        boost: seed.is_multiple_of(2).then(|| ms(7 + seed % 11)),
        seed,
        ..Settings::default()
    };
    by_name(NAMES[which], &settings).unwrap()
}

/// Runs jobs to their ends on some CPUs.
pub fn run(policy: impl Policy + 'static, cpus: u32, jobs: &[Job]) -> Run {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(cpus)
        .policy(policy)
        .observer(Rc::clone(&seen))
        .build();
    let world = World {
        start: sched.now(),
        locks: Rc::default(),
        tids: Rc::default(),
    };
    for job in jobs {
        let builder = Builder::new()
            .arrival(ms(job.arrival))
            .claim(job.claim.clone());
        let (acts, inside) = (job.acts.clone(), world.clone());
        let body = move || acts.into_iter().for_each(|act| inside.play(act));
        let handle = sched.spawn_with(builder, body).unwrap();
        world.tids.borrow_mut().push(handle.tid());
    }
    let report = sched.run().expect("nobody gets stuck");
    assert_eq!(report.policies_dropped, 0, "the policy made no mistake");
    let Seen { stays, wakes } = seen.take();
    let arrivals = jobs.iter().map(|job| job.arrival).collect();
    Run {
        stays,
        wakes,
        arrivals,
    }
}

fn stay(slice: &Slice) -> Stay {
    Stay {
        job: job_of(slice.tid),
        cpu: slice.cpu,
        from: slice.from,
        to: slice.time,
        why: slice.why,
    }
}

/// What the jobs share.
#[derive(Clone)]
struct World {
    start: Instant,
    locks: Rc<[Mutex<()>; 3]>,
    tids: Rc<RefCell<Vec<Tid>>>,
}

impl World {
    fn play(&self, act: Act) {
        match act {
            Act::Compute(time) => call(Compute(ms(time))).unwrap(),
            Act::Sleep(time) => call(Sleep(ms(time))).unwrap(),
            Act::SleepUntil(time) if call(Now) < self.start + ms(time) => {
                call(SleepUntil(self.start + ms(time))).unwrap();
            }
            Act::SleepUntil(_) => {}
            Act::Yield => yield_now(),
            Act::Inside(lock, time) => {
                let _guard = self.locks[lock].lock().unwrap();
                call(Compute(ms(time))).unwrap();
            }
            Act::Switch(which) => call(SetPolicy::to(policy(which, which as u64))),
            Act::SchedParams(number) => {
                let claim = SchedParams::new().weight(number).priority(number as i32);
                let claim = claim.burst(ms(number.into())).period(ms(number.into()));
                call(SetParams(call(GetTid), claim)).unwrap();
            }
            Act::Kill(job) => {
                let victim = self.tids.borrow()[job];
                let _ = call(KillTask(victim));
            }
        }
    }
}

impl Run {
    fn of(&self, job: usize) -> impl DoubleEndedIterator<Item = &Stay> {
        self.stays.iter().filter(move |stay| stay.job == job)
    }

    pub fn start(&self, job: usize) -> u64 {
        let first = self.of(job).map(|stay| stay.from).min();
        first.expect("it ran").as_millis() as u64
    }

    pub fn end(&self, job: usize) -> u64 {
        let last = self.of(job).map(|stay| stay.to).max();
        last.expect("it ran").as_millis() as u64
    }

    /// For each job, the time from its arrival to its end.
    pub fn turnarounds(&self) -> Vec<u64> {
        let arrivals = self.arrivals.iter().enumerate();
        arrivals
            .map(|(job, arrival)| self.end(job) - arrival)
            .collect()
    }

    /// For each job, the time from its arrival to its first stay.
    pub fn responses(&self) -> Vec<u64> {
        let arrivals = self.arrivals.iter().enumerate();
        arrivals
            .map(|(job, arrival)| self.start(job) - arrival)
            .collect()
    }

    /// The CPU time that a job has had by then.
    pub fn used(&self, job: usize, until: u64) -> Duration {
        let until = ms(until);
        let parts = self
            .of(job)
            .map(|stay| stay.to.min(until).saturating_sub(stay.from));
        parts.sum()
    }

    /// On one CPU: who was on it in each millisecond.
    pub fn timeline(&self) -> Vec<Option<usize>> {
        let end = self.stays.iter().map(|stay| stay.to).max().unwrap();
        let mut line = vec![None; end.as_millis() as usize];
        for stay in &self.stays {
            for at in stay.from.as_millis()..stay.to.as_millis() {
                let before = line[at as usize].replace(stay.job);
                assert_eq!(before, None, "one task at a time");
            }
        }
        line
    }

    /// On one CPU: how often one task follows another one, or idleness; and idleness a task.
    pub fn switches(&self) -> usize {
        self.timeline()
            .windows(2)
            .filter(|pair| pair[0] != pair[1])
            .count()
    }

    /// Who had the CPU, one after the other, in slices.
    pub fn order(&self) -> Vec<usize> {
        self.stays.iter().map(|stay| stay.job).collect()
    }
}
