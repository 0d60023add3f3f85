//! What the kernel tells a policy is always so: a checking policy follows thousands of random programs.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer, OffCpu, Pick, Policy, Runnable, Running, SchedParams};
use coros::signal::{Signal, kill};
use coros::sync::Mutex;
use coros::syscall::{Block, Compute, GetTid, KillTask, Random, SetParams, Sleep, WaitTask};
use coros::{Builder, Clock, JoinHandle, Scheduler, Tid, call, spawn, timeout, yield_now};

use crate::common;

/// Where a task is, as far as a policy can know.
#[derive(Clone, Copy, PartialEq, Debug)]
enum At {
    Known,
    Ready,
    OnCpu,
}

/// A policy that decides at random, and panics when it is told what cannot be.
struct Checker {
    at: BTreeMap<Tid, At>,
    seed: u64,
    now: Duration,
}

impl Checker {
    fn new(seed: u64) -> Self {
        Self {
            at: BTreeMap::new(),
            seed,
            now: Duration::ZERO,
        }
    }

    fn draw(&mut self, below: usize) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize % below
    }

    fn pass(&mut self, now: Duration) {
        assert!(now >= self.now, "time goes on");
        self.now = now;
    }

    fn go(&mut self, task: Tid, from: At, to: At) {
        let at = self
            .at
            .get_mut(&task)
            .unwrap_or_else(|| panic!("{task} was never admitted"));
        assert_eq!(*at, from, "task {task} on its way to {to:?}");
        *at = to;
    }
}

impl Policy for Checker {
    fn name(&self) -> Cow<'static, str> {
        "checker".into()
    }

    fn admit(&mut self, task: Tid, _: &SchedParams, now: Duration) {
        self.pass(now);
        assert!(
            self.at.insert(task, At::Known).is_none(),
            "{task} came twice"
        );
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, now: Duration) {
        self.pass(now);
        self.go(task, At::Known, At::Ready);
    }

    fn dequeue(&mut self, task: Tid) {
        self.go(task, At::Ready, At::Known);
    }

    fn pick(&mut self, now: Duration) -> Option<Pick> {
        self.pass(now);
        let ready: Vec<Tid> = self
            .at
            .iter()
            .filter(|at| *at.1 == At::Ready)
            .map(|at| *at.0)
            .collect();
        if ready.is_empty() {
            return None;
        }
        let task = ready[self.draw(ready.len())];
        self.go(task, At::Ready, At::OnCpu);
        let slice = (self.draw(2) == 0).then(|| Duration::from_micros(self.draw(5) as u64 + 1));
        Some(Pick { task, slice })
    }

    fn stopped(&mut self, task: Tid, _: OffCpu, used: Duration, now: Duration) {
        self.pass(now);
        assert!(used <= now);
        self.go(task, At::OnCpu, At::Known);
    }

    fn preempt(&mut self, running: &[Running], now: Duration) -> Option<Tid> {
        self.pass(now);
        assert!(
            running
                .iter()
                .all(|running| self.at[&running.task] == At::OnCpu)
        );
        assert!(self.at.values().any(|at| *at == At::Ready), "asked in vain");
        let fresh = running
            .iter()
            .filter(|running| !running.used.is_zero())
            .count();
        (fresh > 0 && self.draw(3) == 0).then(|| {
            let worn = running.iter().filter(|running| !running.used.is_zero());
            worn.clone().nth(self.draw(fresh)).expect("counted").task
        })
    }

    fn tick(&mut self, _: &[Running], now: Duration) -> Option<Duration> {
        self.pass(now);
        (self.draw(2) == 0).then(|| now + Duration::from_micros(3))
    }

    fn set_params(&mut self, task: Tid, _: &SchedParams, now: Duration) {
        self.pass(now);
        assert!(self.at.contains_key(&task));
    }

    fn retire(&mut self, task: Tid) {
        assert_eq!(self.at.remove(&task), Some(At::Known), "{task} goes");
    }

    fn patience(&self) -> Option<u64> {
        None
    }
}

/// Sees that each CPU has one task at a time.
#[derive(Default)]
struct OneAtATime {
    until: BTreeMap<u32, Duration>,
    dropped: Vec<String>,
}

impl Observer for OneAtATime {
    fn observe(&mut self, event: &Event) {
        match event {
            Event::Slice(slice) => {
                assert!(slice.from <= slice.time);
                let until = self.until.insert(slice.cpu, slice.time).unwrap_or_default();
                assert!(
                    until <= slice.from,
                    "CPU {}: {:?} < {:?}",
                    slice.cpu,
                    slice.from,
                    until
                );
            }
            Event::Dropped(dropped) => self.dropped.push(dropped.reason.to_string()),
            _ => {}
        }
    }
}

/// Draws from the stream of the programs.
fn draw(below: u64) -> u64 {
    call(Random) % below
}

fn us(count: u64) -> Duration {
    Duration::from_micros(count)
}

type Handles = Rc<RefCell<Vec<JoinHandle<()>>>>;

/// Does a dozen things at random, alone and to others.
fn live(depth: u32, others: Handles, lock: Mutex<()>) {
    for _ in 0..draw(8) {
        act(depth, &others, &lock);
    }
}

fn act(depth: u32, others: &Handles, lock: &Mutex<()>) {
    let some = |n: u64| {
        others
            .borrow()
            .get(n as usize % others.borrow().len().max(1))
            .cloned_tid()
    };
    match draw(16) {
        0..=3 => drop(call(Compute(us(draw(12))))),
        4 => drop(call(Sleep(us(draw(9))))),
        5 => yield_now(),
        6 => drop(timeout(us(draw(9)), || call(Compute(us(draw(12)))))),
        7 if depth > 0 => {
            let (more, lock) = (Rc::clone(others), lock.clone());
            let builder = Builder::new().arrival(us(draw(9)));
            let child = builder.spawn(move || live(depth - 1, more, lock));
            others.borrow_mut().push(child);
        }
        8 if depth > 0 => {
            let (more, lock) = (Rc::clone(others), lock.clone());
            let child = spawn(move || live(depth - 1, more, lock));
            others.borrow_mut().push(child);
        }
        9 => {
            if let Some(tid) = some(draw(9)) {
                drop(timeout(us(draw(20)), || call(WaitTask(tid))));
            }
        }
        10 => {
            if draw(2) == 0
                && let Some(tid) = some(draw(9))
            {
                let _ = call(coros::syscall::KillTask(tid));
            }
        }
        11 => {
            let at = draw(9) as usize;
            if let Some(other) = others.borrow().get(at) {
                other.cancel("by lot");
            }
        }
        12 => {
            if let Ok(_guard) = lock.lock() {
                drop(call(Compute(us(draw(6)))));
            }
            lock.clear_poison();
        }
        13 => call(Block(us(draw(3)))),
        14 => drop(call(SetParams(
            call(GetTid),
            SchedParams::new().weight(draw(9) as u32),
        ))),
        _ => {
            let _late = common::OnDrop(|| drop(call(Compute(us(5)))));
            if draw(4) == 0 {
                resume_unwind(Box::new("by lot")); // Not a panic that is told.
            }
        }
    }
}

trait ClonedTid {
    fn cloned_tid(&self) -> Option<Tid>;
}

impl ClonedTid for Option<&JoinHandle<()>> {
    fn cloned_tid(&self) -> Option<Tid> {
        self.map(JoinHandle::tid)
    }
}

fn follow(seed: u64) {
    let seen = Rc::new(RefCell::new(OneAtATime::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .seed(seed)
        .cpus(1 + (seed % 3) as u32)
        .switch_cost(us(seed / 3 % 3))
        .policy(Checker::new(seed))
        .observer(Rc::clone(&seen))
        .build();
    let (others, lock) = (Handles::default(), Mutex::new(()));
    for _ in 0..4 {
        let (more, lock) = (Rc::clone(&others), lock.clone());
        let child = sched.spawn(move || live(2, more, lock));
        others.borrow_mut().push(child);
    }
    let ended = sched.run();
    let seen = seen.borrow();
    assert!(seen.dropped.is_empty(), "seed {seed}: {:?}", seen.dropped);
    let report = ended.unwrap_or_else(|stuck| panic!("seed {seed}: {stuck}"));
    let ends = report.returned + report.panicked + report.killed;
    assert_eq!(report.spawned, ends, "seed {seed}: nobody is lost");
    others.borrow_mut().clear();
}

#[test]
fn a_policy_is_told_what_is_so_whatever_the_tasks_do() {
    let one = std::env::var("COROS_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    match one {
        Some(seed) => follow(seed),
        None => (0..3000).for_each(follow),
    }
}

/// Runs this under the checker, and sees that the checker found no fault.
fn under_the_checker(main: impl FnOnce() + 'static) {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .policy(Checker::new(1))
        .build();
    sched.spawn(main);
    let report = sched.run().unwrap();
    assert_eq!(report.policies_dropped, 0);
}

#[test]
fn a_policy_knows_each_task_that_it_is_told_of_though_it_died_in_the_turn_of_its_birth() {
    under_the_checker(|| {
        let child = spawn(|| unreachable!("killed before its first turn"));
        call(KillTask(child.tid())).unwrap();
        yield_now();
    });
}

#[test]
fn a_task_that_is_stopped_as_its_time_comes_arrives_when_it_goes_on() {
    under_the_checker(|| {
        let child = Builder::new().arrival(us(10)).spawn(yield_now);
        kill(child.tid(), Signal::Tstp).unwrap();
        call(Sleep(us(20))).unwrap();
        kill(child.tid(), Signal::Cont).unwrap();
        child.join().unwrap();
    });
}

#[test]
fn a_task_that_is_killed_while_it_is_stopped_as_its_time_came_is_not_told_of() {
    under_the_checker(|| {
        let child = Builder::new().arrival(us(10)).spawn(yield_now);
        kill(child.tid(), Signal::Tstp).unwrap();
        call(Sleep(us(20))).unwrap();
        call(KillTask(child.tid())).unwrap();
        yield_now();
    });
}
