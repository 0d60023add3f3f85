//! In virtual time results come in the order in which work was asked for, whatever time it takes: so each
//! run of a program is the same.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Seek, Write};
use std::panic::{catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use coros::fs::{self, File};
use coros::kernel::{Event, Observer};
use coros::net::ToAddrs;
use coros::offload::Pool;
use coros::syscall::{Compute, KillTask, Random};
use coros::{Clock, JoinHandle, Scheduler, call, offload, select, sleep, timeout};
use coros::{Tid, yield_now};

use crate::common::{Folder, Log, scheduler};

/// Writes down all that happens.
struct Scribe(Arc<Mutex<Vec<String>>>);

impl Observer for Scribe {
    fn observe(&mut self, event: &Event) {
        let mut event = event.clone();
        if let Event::Turn(step) = &mut event {
            // Where on its page a stack begins is no one's business.
            step.depth = 0;
        }
        self.0.lock().unwrap().push(format!("{event:?}"));
    }
}

/// What the tasks of a program share.
struct World {
    narrow: Pool,
    file: File,
    folder: Folder,
    tasks: RefCell<Vec<(Tid, JoinHandle<()>)>>,
    said: Log,
}

/// A number below `bound`, drawn from the scheduler's seed.
fn below(bound: u64) -> u64 {
    call(Random) % bound
}

fn micros() -> Duration {
    Duration::from_micros(below(50))
}

/// Work that takes real time, another one in each run.
fn work(value: u64) -> impl FnOnce() -> u64 + Send {
    move || {
        let lot = RandomState::new().hash_one(value);
        let time = Duration::from_micros(lot % 200);
        let began = Instant::now();
        match lot >> 32 & 1 {
            0 => std::thread::sleep(time),
            _ => while began.elapsed() < time {},
        }
        value
    }
}

/// A life of a few random acts; what comes of them is said.
fn live(world: &Rc<World>, name: u64) {
    for act in 0..2 + below(6) {
        let came = match below(3) {
            0 => timeout(micros(), || do_one(world, name)).unwrap_or_else(|why| why.to_string()),
            _ => do_one(world, name),
        };
        world.said.say(format!("{name}.{act}: {came}"));
    }
}

fn do_one(world: &Rc<World>, name: u64) -> String {
    let value = below(1000);
    match below(12) {
        0 | 1 => format!("{:?}", offload(work(value))),
        2 | 3 => format!("{:?}", world.narrow.run(work(value))),
        4 => raced(world, value),
        5 => panicked(value),
        6 => of_own_file(world, name, value),
        7 => of_shared_file(world, value),
        8 => format!("{:?}", ("localhost", 80).to_addrs().map_err(|e| e.kind())),
        9 => format!("{:?}", sleep(micros())),
        10 => format!("{:?}", call(Compute(micros()))),
        _ => disturb(world),
    }
}

fn raced(world: &World, value: u64) -> String {
    let first = select! {
        wide = coros::offload::offloading(work(value)) => format!("wide {wide:?}"),
        narrow = world.narrow.running(work(value)) => format!("narrow {narrow:?}"),
        slept = coros::syscall::Sleep(micros()) => format!("slept {slept:?}"),
    };
    format!("{first:?}")
}

fn panicked(value: u64) -> String {
    let act = move || {
        let value = work(value)();
        resume_unwind(Box::new(value))
    };
    let caught = catch_unwind(|| offload(act)).map_err(|payload| payload.downcast::<u64>().ok());
    format!("{caught:?}")
}

fn of_own_file(world: &World, name: u64, value: u64) -> String {
    let path = world.folder.at(&format!("of {name}"));
    let written = fs::write(&path, value.to_string()).map_err(|e| e.kind());
    // What was given up may come about later.
    if written.is_err() {
        return format!("{written:?}");
    }
    format!(
        "{:?}",
        fs::metadata(&path)
            .map(|it| it.is_file())
            .map_err(|e| e.kind())
    )
}

fn of_shared_file(world: &World, value: u64) -> String {
    let mut file = &world.file;
    let mut text = String::new();
    let done = write!(file, "{value:04}")
        .and_then(|()| file.rewind())
        .and_then(|()| file.read_to_string(&mut text));
    format!("{:?}", done.map(|_| text).map_err(|e| e.kind()))
}

/// Gives another task something to think about.
fn disturb(world: &World) -> String {
    let tasks = world.tasks.borrow();
    let (tid, handle) = &tasks[below(tasks.len() as u64) as usize];
    let (tid, which) = (*tid, below(4));
    match which {
        0 => handle.cancel("on a whim"),
        1 => {
            drop(tasks);
            return format!("{:?}", call(KillTask(tid)));
        }
        _ => {
            drop(tasks);
            (0..below(200)).for_each(|_| yield_now());
        }
    }
    "disturbed".to_owned()
}

/// All that happens in a run of the program of this seed, and what its tasks have said.
fn happened(seed: u64) -> (Vec<String>, Vec<String>) {
    let events = Arc::<Mutex<Vec<String>>>::default();
    let builder = Scheduler::builder().clock(Clock::Virtual).seed(seed);
    let builder = match seed % 3 {
        0 => builder.cpus(2),
        _ => builder,
    };
    let mut sched = builder.observer(Scribe(Arc::clone(&events))).build();
    let folder = Folder::new();
    let mut options = std::fs::File::options();
    let shared = options.read(true).write(true).create(true).truncate(false);
    let world = Rc::new(World {
        narrow: Pool::new(1 + seed as usize % 3),
        file: File::from_std(shared.open(folder.at("shared")).unwrap()).unwrap(),
        folder,
        tasks: RefCell::default(),
        said: Log::new(),
    });
    for name in 0..3 + seed % 4 {
        let own = Rc::clone(&world);
        let task = sched.spawn(move || live(&own, name));
        world.tasks.borrow_mut().push((task.tid(), task));
    }
    sched.run().unwrap();
    drop(sched);
    let events = events.lock().unwrap().clone();
    (events, world.said.take())
}

fn assert_same(seed: u64, one: &[String], other: &[String]) {
    let differs = one.iter().zip(other).position(|(one, other)| one != other);
    if let Some(at) = differs.or((one.len() != other.len()).then(|| one.len().min(other.len()))) {
        let of = |all: &[String]| all[at.saturating_sub(3)..all.len().min(at + 2)].join("\n");
        panic!(
            "seed {seed}, from line {at}:\n{}\nand\n{}",
            of(one),
            of(other)
        );
    }
}

#[test]
fn a_program_takes_the_same_turns_in_each_run() {
    for seed in 0..150 {
        // Both run at the same time, so that they take threads from each other.
        let other = std::thread::spawn(move || happened(seed));
        let (events, said) = happened(seed);
        let other = other.join().unwrap();
        assert_same(seed, &said, &other.1);
        assert_same(seed, &events, &other.0);
        let within = crate::common::run(move || happened(seed));
        assert_same(seed, &events, &within.0);
    }
}

#[test]
fn what_is_asked_for_first_is_told_first_though_it_takes_longer() {
    let mut sched = scheduler();
    let log = Log::new();
    let (ends, ended) = channel();
    let slow = move || {
        ended.recv().unwrap();
        // The result of the other is on its way by now.
        std::thread::sleep(Duration::from_millis(1));
        "first"
    };
    let quick = move || ends.send(()).map(|()| "second").unwrap();
    let (first, second) = (log.clone(), log.clone());
    sched.spawn(move || first.say(offload(slow).unwrap()));
    sched.spawn(move || second.say(offload(quick).unwrap()));
    sched.run().unwrap();
    assert_eq!(log.take(), ["first", "second"]);
}

#[test]
fn what_was_given_up_holds_nobody_up() {
    let mut sched = scheduler();
    let (open, gate) = channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let gated = || {
        let gate = Arc::clone(&gate);
        move || offload(move || gate.lock().unwrap().recv().is_ok()).is_ok()
    };
    let (cancelled, killed) = (sched.spawn(gated()), sched.spawn(gated()));
    let last = sched.spawn(move || {
        cancelled.cancel("too slow");
        call(KillTask(killed.tid())).unwrap();
        let value = offload(|| 7).unwrap();
        drop(open);
        (value, cancelled.join().unwrap(), killed.join().is_ok())
    });
    sched.run().unwrap();
    assert_eq!(last.join().unwrap(), (7, false, false));
}

/// Whether a thread had begun with it is chance, so it must not matter.
#[test]
fn what_was_given_up_is_done_all_the_same() {
    let mut sched = scheduler();
    let (lane, (open, gate)) = (Pool::new(1), channel::<()>());
    let done = Arc::new(AtomicBool::new(false));
    let first = sched.spawn({
        let lane = lane.clone();
        move || lane.run(move || gate.recv().is_err()).unwrap()
    });
    let second = sched.spawn({
        let (lane, done) = (lane.clone(), done.clone());
        move || lane.run(move || done.store(true, SeqCst)).is_ok()
    });
    let last = sched.spawn(move || {
        second.cancel("not today");
        assert!(!second.join().unwrap());
        drop(open);
        lane.run(|| ()).unwrap();
    });
    sched.run().unwrap();
    last.join().unwrap();
    assert!(first.join().unwrap() && done.load(SeqCst));
}

#[test]
fn work_may_wait_for_tasks_that_are_ready() {
    let mut sched = scheduler();
    let (open, gate) = channel();
    let worker = sched.spawn(move || offload(move || gate.recv().unwrap()).unwrap());
    sched.spawn(move || {
        (0..1000).for_each(|_| yield_now());
        open.send(7).unwrap();
    });
    sched.run().unwrap();
    assert_eq!(worker.join().unwrap(), 7);
}

#[test]
fn tasks_that_never_rest_get_results_too_after_as_many_turns_each_time() {
    let turns = || {
        let mut sched = scheduler();
        let worker = sched.spawn(|| offload(work(1)).unwrap());
        sched.spawn(move || {
            while !worker.is_finished() {
                yield_now();
            }
        });
        sched.run().unwrap().turns
    };
    assert_eq!(turns(), turns());
}

/// Time stands still for as long as work goes on, but not until its caller has a CPU.
#[test]
fn a_result_comes_while_another_task_computes() {
    let mut sched = scheduler();
    let worker = sched.spawn(|| offload(work(1)).unwrap());
    let long = sched.spawn(|| call(Compute(Duration::from_secs(1))).is_ok());
    sched.run().unwrap();
    assert_eq!((worker.join().unwrap(), long.join().unwrap()), (1, true));
}
