//! A kill acts at once, whatever its victim is doing.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use coros::syscall::{GetTid, KillTask, NewTask, Sleep, WaitError, WaitTask};
use coros::{Builder, Exit, JoinError, JoinHandle, NoSuchTask, Scheduler, call, spawn, yield_now};

use crate::common::{Log, OnDrop, park_for_ever, run, scheduler, seconds, waiter};

#[test]
fn a_task_that_kills_itself_does_not_go_on() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let child = said.clone();
        let child = spawn(move || {
            let _bye = child.on_drop("dropped");
            let _ = call(KillTask(call(GetTid)));
            child.say("went on");
        });
        assert!(matches!(child.join(), Err(JoinError::Killed(_))));
    });
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn a_task_may_kill_itself_through_its_handle() {
    let mut sched = scheduler();
    let own = Rc::new(RefCell::new(None::<JoinHandle<()>>));
    let handle = Rc::clone(&own);
    *own.borrow_mut() = Some(sched.spawn(move || {
        let _ = handle.borrow().as_ref().unwrap().kill();
        unreachable!("killing oneself does not return");
    }));
    assert_eq!(sched.run().unwrap().killed, 1);
}

#[test]
fn a_dead_task_cannot_be_killed() {
    run(|| {
        let child = call(NewTask::new(|| ()));
        assert_eq!(call(KillTask(child)), Err(NoSuchTask(child)));
        let child = spawn(|| ());
        yield_now();
        assert_eq!(child.kill(), Err(NoSuchTask(child.tid())));
    });
}

#[test]
fn a_dying_task_cannot_be_killed() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let child = spawn(move || {
            let me = call(GetTid);
            let _bye = OnDrop(move || said.say(format!("{:?}", call(KillTask(me)))));
            park_for_ever();
        });
        yield_now();
        yield_now();
        child.kill().unwrap();
    });
    assert_eq!(log.take(), ["Err(NoSuchTask(Tid(2)))"]);
}

#[test]
fn a_dying_task_cannot_be_killed_through_its_handle() {
    let (mut sched, log) = (scheduler(), Log::new());
    let own = Rc::new(RefCell::new(None::<JoinHandle<()>>));
    let (handle, said) = (Rc::clone(&own), log.clone());
    let victim = sched.spawn(move || {
        let _bye = OnDrop(|| said.say(handle.borrow().as_ref().unwrap().kill().is_err()));
        park_for_ever();
    });
    let tid = victim.tid();
    own.replace(Some(victim));
    sched.step().unwrap();
    sched.kill(tid).unwrap();
    assert_eq!(log.take(), ["true"]);
}

#[test]
fn those_who_wait_for_the_victim_are_woken_in_their_order() {
    let (mut sched, log) = (scheduler(), Log::new());
    let victim = waiter(&mut sched, &log, "victim");
    for name in ["a", "b"] {
        let (tid, log) = (victim.tid(), log.clone());
        sched.spawn(move || log.say(format!("{name}: {:?}", call(WaitTask(tid)))));
    }
    let killed = log.clone();
    sched.spawn(move || {
        victim.kill().unwrap();
        killed.say("killer");
    });
    sched.run().unwrap();
    assert_eq!(
        log.take(),
        ["victim gone", "a: Ok(Killed)", "b: Ok(Killed)", "killer"]
    );
}

#[test]
fn a_child_may_kill_its_parent() {
    let mut sched = scheduler();
    let parent = sched.spawn(|| {
        let me = call(GetTid);
        spawn(move || call(KillTask(me)).unwrap()).join().unwrap();
        unreachable!("it was killed");
    });
    let report = sched.run().unwrap();
    assert!(matches!(parent.join(), Err(JoinError::Killed(_))));
    assert_eq!((report.killed, report.returned), (1, 1));
}

#[test]
fn a_daemon_may_be_killed_and_may_kill() {
    let mut sched = scheduler();
    let daemon = Builder::new().daemon(true);
    let idle = sched.spawn_with(daemon.clone(), park_for_ever).unwrap();
    let main = sched.spawn(park_for_ever).tid();
    let killer = move || call(KillTask(main)).unwrap();
    sched.spawn_with(daemon, killer).unwrap();
    let other = sched.spawn(|| call(Sleep(seconds(1))).unwrap());
    idle.kill().unwrap();
    let report = sched.run().unwrap();
    assert_eq!((report.killed, report.returned), (2, 2));
    assert!(idle.is_finished() && other.is_finished());
}

#[test]
fn a_handle_kills_from_outside_before_the_next_turn() {
    let (mut sched, log) = (scheduler(), Log::new());
    let victim = waiter(&mut sched, &log, "victim");
    let said = log.clone();
    sched.spawn(move || said.say("other"));
    sched.step().unwrap();
    victim.kill().unwrap();
    sched.run().unwrap();
    assert_eq!(log.take(), ["victim gone", "other"]);
}

#[test]
fn a_wait_that_is_broken_off_does_not_return() {
    let mut sched = scheduler();
    let victim = sched.spawn(|| {
        let caught = catch_unwind(|| call(Sleep(seconds(1))));
        assert!(caught.is_err(), "it unwinds, and has no reply");
    });
    sched.step().unwrap();
    sched.kill(victim.tid()).unwrap();
    assert!(
        matches!(victim.join(), Err(JoinError::Killed(_))),
        "though it returned"
    );
}

/// Kills a task that catches its unwinding `times` times and then returns; says how often it caught
/// one, and how it ended for those who wait.
fn swallows(sched: &mut Scheduler, times: usize) -> (usize, Result<Exit, WaitError>) {
    let caught = Rc::new(RefCell::new(0));
    let count = Rc::clone(&caught);
    let victim = sched.spawn(move || {
        while *count.borrow() < times {
            if catch_unwind(AssertUnwindSafe(park_for_ever)).is_err() {
                *count.borrow_mut() += 1;
            }
        }
    });
    let tid = victim.tid();
    let seen = sched.spawn(move || call(WaitTask(tid)));
    sched.spawn(move || call(KillTask(tid)).unwrap());
    sched.run().unwrap();
    assert!(matches!(victim.join(), Err(JoinError::Killed(_))));
    let caught = *caught.borrow();
    (caught, seen.join().unwrap())
}

#[test]
fn a_task_that_catches_its_unwinding_is_unwound_again_at_its_next_call() {
    let mut sched = scheduler();
    assert_eq!(swallows(&mut sched, 3), (3, Ok(Exit::Killed)));
    assert_eq!(sched.report().abandoned, 0);
}

#[test]
fn a_task_that_catches_its_unwinding_for_ever_is_abandoned() {
    let mut sched = scheduler();
    let (caught, exit) = swallows(&mut sched, usize::MAX);
    assert_eq!((caught, exit), (1 + 16, Ok(Exit::Killed)));
    assert_eq!((sched.report().killed, sched.report().abandoned), (1, 1));
    assert!(!std::thread::panicking());
    sched.spawn(yield_now);
    sched.run().unwrap();
}

#[test]
fn the_dead_are_not_mentioned_when_the_rest_is_stuck() {
    let (mut sched, log) = (scheduler(), Log::new());
    let victim = waiter(&mut sched, &log, "victim");
    let left = waiter(&mut sched, &log, "left");
    sched.spawn(move || victim.kill().unwrap());
    let stuck = sched.run().unwrap_err();
    let tids: Vec<_> = stuck.tasks().iter().map(|task| task.tid).collect();
    assert_eq!(tids, [left.tid()]);
}
