//! A run that is told to stop ends: cancel, wait, kill, report.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use coros::kernel::Why;
use coros::syscall::GetRemote;
use coros::{Clock, JoinError, Scheduler, call, shield, sleep, spawn, stop, yield_now};

const SECOND: Duration = Duration::from_secs(1);

fn virtual_time() -> Scheduler {
    Scheduler::builder().clock(Clock::Virtual).build()
}

#[test]
fn all_tasks_are_interrupted_and_the_run_ends() {
    let mut sched = virtual_time();
    let sleeper = sched.spawn(|| sleep(3600 * SECOND).unwrap_err());
    let stopper = sched.spawn(|| {
        sleep(SECOND).unwrap();
        stop(SECOND);
        sleep(SECOND).unwrap_err()
    });
    let began = sched.now();
    let report = sched.run().unwrap();
    assert!(report.stopped);
    assert_eq!(report.overdue, 0);
    assert_eq!(sleeper.join().unwrap().why(), Why::Cancelled);
    let why = stopper.join().unwrap();
    assert_eq!(why.reason(), Some("the run is stopping"));
    assert_eq!(why.by().unwrap().number(), 2);
    assert_eq!(sched.now() - began, SECOND);
}

#[test]
fn who_outlives_its_grace_is_killed_and_counted() {
    struct Dropped(Rc<Cell<bool>>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let dropped = Rc::new(Cell::new(false));
    let mut sched = virtual_time();
    let guard = Dropped(Rc::clone(&dropped));
    let stubborn = sched.spawn(move || {
        let _guard = guard;
        loop {
            _ = shield(3600 * SECOND, || sleep(SECOND));
        }
    });
    sched.spawn(|| stop(10 * SECOND));
    let began = sched.now();
    let report = sched.run().unwrap();
    assert_eq!(
        (report.stopped, report.overdue, report.killed),
        (true, 1, 1)
    );
    assert_eq!(sched.now() - began, 10 * SECOND);
    assert!(dropped.get());
    assert!(stubborn.join().is_err());
}

#[test]
fn a_run_whose_tasks_all_wait_ends_with_its_grace_and_is_not_stuck() {
    let mut sched = virtual_time();
    sched.spawn(|| {
        spawn(|| _ = shield(9999 * SECOND, || sleep(3600 * SECOND)));
        stop(SECOND);
    });
    let report = sched.run().unwrap();
    assert_eq!(report.overdue, 1);
}

#[test]
fn a_task_that_is_born_into_the_end_learns_of_it() {
    let mut sched = virtual_time();
    let late = sched.spawn(|| {
        stop(SECOND);
        let child = spawn(|| sleep(SECOND).is_err());
        shield(SECOND, || child.join().unwrap())
    });
    sched.run().unwrap();
    assert!(late.join().unwrap().unwrap());
}

#[test]
fn the_earlier_end_counts() {
    for [first, second] in [[5, 2], [2, 5]] {
        let mut sched = virtual_time();
        sched.spawn(|| _ = shield(9999 * SECOND, || sleep(3600 * SECOND)));
        sched.spawn(move || {
            stop(first * SECOND);
            stop(second * SECOND);
        });
        let began = sched.now();
        assert!(sched.run().unwrap().stopped);
        assert_eq!(sched.now() - began, 2 * SECOND);
    }
}

#[test]
fn the_next_run_of_the_scheduler_is_not_stopped() {
    let mut sched = virtual_time();
    sched.spawn(|| stop(SECOND));
    sched.run().unwrap();
    let slept = sched.spawn(|| sleep(SECOND).is_ok());
    assert!(!sched.run().unwrap().stopped);
    assert!(slept.join().unwrap());
}

#[test]
fn another_thread_stops_it() {
    let mut sched = Scheduler::new();
    let remote = sched.remote().unwrap();
    let sleeper = sched.spawn(|| sleep(3600 * SECOND).unwrap_err().why());
    let thread = std::thread::spawn(move || {
        remote.stop(SECOND).unwrap();
        while !remote.is_closed() {
            std::thread::yield_now();
        }
        remote.stop(SECOND)
    });
    assert!(sched.run().unwrap().stopped);
    assert_eq!(sleeper.join().unwrap(), Why::Cancelled);
    assert!(thread.join().unwrap().is_err(), "it was stopped before");
}

#[test]
fn a_run_that_is_stopping_drops_the_work_that_others_send() {
    let mut sched = virtual_time();
    let work = Arc::new(());
    let sent = Arc::clone(&work);
    let task = sched.spawn(move || {
        let remote = call(GetRemote).unwrap();
        stop(SECOND);
        let thread = std::thread::spawn(move || {
            let refused = remote.spawn(move || drop(sent));
            refused.is_err() && Arc::strong_count(&work) == 1
        });
        // Its grace is not over: this run takes nothing, and is still there.
        thread.join().unwrap()
    });
    assert!(sched.run().unwrap().stopped);
    assert!(task.join().unwrap(), "it is refused, and dropped");
}

#[test]
fn what_was_stopped_takes_work_again_when_it_runs_again() {
    let mut sched = Scheduler::new();
    let remote = sched.remote().unwrap();
    sched.spawn(|| stop(SECOND));
    sched.run().unwrap();
    assert!(remote.is_closed());
    assert!(remote.spawn(|| 1).is_err());
    let theirs = remote.clone();
    let spawned = sched.spawn(move || theirs.spawn(|| 2).unwrap().join().unwrap());
    sched.run().unwrap();
    assert_eq!(spawned.join().unwrap(), 2);
}

#[test]
fn a_scheduler_that_is_gone_cannot_be_stopped() {
    let mut sched = Scheduler::new();
    let remote = sched.remote().unwrap();
    drop(sched);
    assert!(remote.stop(SECOND).is_err());
}

#[test]
fn simulated_cpus_stop_too() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).cpus(2).build();
    let computing = sched.spawn(|| coros::compute(3600 * SECOND).is_err());
    sched.spawn(|| {
        sleep(SECOND).unwrap();
        stop(SECOND);
    });
    let began = sched.now();
    assert!(sched.run().unwrap().stopped);
    assert!(computing.join().unwrap());
    assert_eq!(sched.now() - began, SECOND);
}

#[test]
fn stepping_comes_to_the_end_too() {
    let mut sched = virtual_time();
    let task = sched.spawn(|| _ = shield(9999 * SECOND, || sleep(3600 * SECOND)));
    sched.spawn(|| {
        _ = call(GetRemote).unwrap();
        yield_now();
        stop(SECOND);
    });
    while sched.step().unwrap().is_some() {}
    assert_eq!(sched.tasks().count(), 0);
    let slept = sched.spawn(|| sleep(SECOND).is_ok());
    while sched.step().unwrap().is_some() {}
    assert!(slept.join().unwrap(), "the stop was over with its run");
    assert!(matches!(task.join(), Err(JoinError::Killed(_))));
}
