//! Steps: a run, one turn at a time.

use std::panic::catch_unwind;

use coros::kernel::Ended;
use coros::syscall::Park;
use coros::task::TaskState;
use coros::{Builder, Scheduler, WaitList, call, sleep, timeout, yield_now};

use crate::common::{Log, daemon, scheduler, seconds, serve};

#[test]
fn the_step_that_ends_the_last_ordinary_task_kills_the_daemons() {
    let (mut sched, log) = (scheduler(), Log::new());
    daemon(&mut sched, &log, "daemon");
    sched.spawn(|| ());
    assert_eq!(sched.step().unwrap().unwrap().ended, []);
    let last = sched.step().unwrap().unwrap();
    assert_eq!(log.take(), ["daemon gone"]);
    let ended: Vec<_> = last.ended.iter().map(Ended::to_string).collect();
    assert_eq!(ended, ["task 1 'daemon' was killed"], "the step tells it");
    assert_eq!(sched.step().unwrap(), None);
}

#[test]
fn steps_come_to_the_same_as_a_run() {
    let program = |log: &Log| {
        let mut sched = scheduler();
        let list = WaitList::new();
        daemon(&mut sched, log, "daemon");
        for name in ["a", "b"] {
            let (log, list) = (log.clone(), list.clone());
            sched.spawn(move || {
                call(Park(&list)).unwrap();
                log.say(name);
            });
        }
        sched.spawn(move || {
            sleep(seconds(1)).unwrap();
            list.wake_all();
        });
        sched
    };
    let (ran, stepped) = (Log::new(), Log::new());
    let report = program(&ran).run().unwrap();
    let mut sched = program(&stepped);
    while sched.step().unwrap().is_some() {}
    let told = ran.take();
    assert_eq!((report, &told), (sched.report(), &stepped.take()));
    log::set_max_level(log::LevelFilter::Trace);
    assert_eq!(
        (program(&ran).run().unwrap(), ran.take()),
        (report, told),
        "traced"
    );
}

#[test]
fn a_run_after_steps_goes_on_where_they_left_off() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    sched.spawn(move || {
        (0..3).for_each(|turn| {
            said.say(turn);
            yield_now();
        });
    });
    sched.step().unwrap();
    log.say("stepped");
    sched.run().unwrap();
    assert_eq!(log.take(), ["0", "stepped", "1", "2"]);
}

#[test]
fn a_step_in_which_a_call_panics_is_one_step() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    sched.spawn(move || {
        let caught = catch_unwind(|| serve::<()>(|_, _| panic!("no")));
        assert!(caught.is_err());
        said.say("caught");
    });
    let said = log.clone();
    sched.spawn(move || said.say("other"));
    while let Some(step) = sched.step().unwrap() {
        log.say(format!("turn {} of task {}", step.turn, step.tid));
    }
    let told = log.take();
    let other = ["other", "turn 2 of task 2"];
    assert_eq!(told, ["caught", "turn 1 of task 1", other[0], other[1]]);
}

#[test]
fn a_step_tells_what_posts_did_before_it() {
    let mut sched = scheduler();
    let list = WaitList::new();
    let bell = list.clone();
    let parked = sched.spawn(move || call(Park(&bell)).unwrap()).tid();
    let idle = sched.spawn(|| {
        loop {
            yield_now();
        }
    });
    sched.step().unwrap();
    sched.step().unwrap();
    list.wake_one();
    idle.kill().unwrap();
    let step = sched.step().unwrap().unwrap();
    let ended: Vec<_> = step.ended.iter().map(|ended| ended.tid).collect();
    assert_eq!((step.woke, ended), (vec![parked], vec![idle.tid()]));
}

#[test]
fn a_posted_kill_of_the_last_ordinary_task_ends_the_daemons_too() {
    let mut sched = scheduler();
    let daemon = sched.spawn_with(coros::Builder::new().daemon(true), || {
        loop {
            yield_now();
        }
    });
    let last = sched.spawn(|| {
        loop {
            yield_now();
        }
    });
    sched.step().unwrap();
    last.kill().unwrap();
    assert!(sched.step().unwrap().is_none());
    assert!(daemon.unwrap().is_finished());
}

#[test]
fn a_task_that_has_not_arrived_is_expected_at_its_time() {
    let mut sched = scheduler();
    let late = Builder::new().name("late").arrival(seconds(3));
    sched.spawn_with(late, yield_now).unwrap();
    let sleeper = || sleep(seconds(5)).unwrap();
    sched.spawn(move || timeout(seconds(4), sleeper));
    let look = |sched: &Scheduler| -> Vec<_> {
        let tasks = sched.tasks();
        tasks.map(|task| (task.state, task.until)).collect()
    };
    let at = |count| Some(seconds(count));
    let before = [(TaskState::Expected, at(3)), (TaskState::Ready, None)];
    assert_eq!(look(&sched), before);
    let told = sched.tasks().next().unwrap().to_string();
    assert_eq!(told, "task 1 'late' is expected at 3s");
    while !matches!(look(&sched)[1], (TaskState::Waiting, Some(_))) {
        sched.step().unwrap();
    }
    assert_eq!(look(&sched)[1].1, at(4), "the scope's deadline comes first");
    while look(&sched)[0].0 == TaskState::Expected {
        sched.step().unwrap();
    }
    assert_eq!(look(&sched)[0], (TaskState::Ready, None));
}
