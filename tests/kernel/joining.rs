//! What a join hands over, to whom, and how often.

use std::cell::RefCell;
use std::rc::Rc;

use coros::syscall::{KillTask, WaitError, WaitTask};
use coros::{Exit, JoinError, JoinHandle, call, sleep, spawn, yield_now};

use crate::common::{Log, park_for_ever, run, scheduler, seconds};

#[test]
fn a_join_waits_for_the_value() {
    let value = run(|| {
        spawn(|| {
            sleep(seconds(1)).unwrap();
            "value"
        })
        .join()
    });
    assert_eq!(value.unwrap(), "value");
}

#[test]
fn a_join_of_a_task_that_has_ended_does_not_end_the_turn() {
    let (mut sched, log) = (scheduler(), Log::new());
    let ended = sched.spawn(|| 1);
    sched.step().unwrap();
    let said = log.clone();
    sched.spawn(move || {
        ended.join().unwrap();
        said.say("joined");
    });
    let said = log.clone();
    sched.spawn(move || said.say("other"));
    sched.run().unwrap();
    assert_eq!(log.take(), ["joined", "other"]);
}

#[test]
fn the_value_is_handed_over_once() {
    run(|| {
        let child = spawn(|| "value");
        assert_eq!(child.join().unwrap(), "value");
        assert!(matches!(child.join(), Err(JoinError::Taken(tid)) if tid == child.tid()));
    });
}

#[test]
fn of_two_who_join_one_handle_the_first_gets_the_value() {
    let (mut sched, log) = (scheduler(), Log::new());
    let shared = Rc::new(sched.spawn(|| sleep(seconds(1)).map(|()| "value").unwrap()));
    for name in ["a", "b"] {
        let (handle, said) = (Rc::clone(&shared), log.clone());
        sched.spawn(move || said.say(format!("{name} {:?}", handle.join().ok())));
    }
    sched.run().unwrap();
    assert_eq!(log.take(), ["a Some(\"value\")", "b None"]);
}

#[test]
fn a_joiner_that_is_killed_leaves_the_value_to_the_next() {
    let mut sched = scheduler();
    let shared = Rc::new(sched.spawn(|| sleep(seconds(1)).map(|()| "value").unwrap()));
    let handle = Rc::clone(&shared);
    let joiner = sched.spawn(move || handle.join().unwrap());
    sched.spawn(move || joiner.kill().unwrap());
    sched.run().unwrap();
    assert_eq!(shared.join().unwrap(), "value");
}

#[test]
fn a_killed_task_has_no_value() {
    run(|| {
        let child = spawn(park_for_ever);
        yield_now();
        child.kill().unwrap();
        let error = child.join().unwrap_err();
        assert!(matches!(error, JoinError::Killed(_)));
        assert_eq!(error.to_string(), "task 2 was killed");
    });
}

#[test]
fn a_task_cannot_join_itself() {
    let mut sched = scheduler();
    let own = Rc::new(RefCell::new(None::<JoinHandle<bool>>));
    let handle = Rc::clone(&own);
    let task = sched.spawn(move || {
        let handle = handle.take().unwrap();
        let waits = call(WaitTask(handle.tid()));
        assert_eq!(waits, Err(WaitError::WaitsForItself(handle.tid())));
        matches!(handle.join(), Err(JoinError::WaitsForItself(_)))
    });
    let tid = task.tid();
    own.replace(Some(task));
    let exit = sched.spawn(move || call(WaitTask(tid)).unwrap());
    sched.run().unwrap();
    assert_eq!(exit.join().unwrap(), Exit::Returned);
}

#[test]
fn a_task_of_another_scheduler_cannot_be_joined() {
    let (mut here, mut there) = (scheduler(), scheduler());
    let foreign = there.spawn(|| "value");
    let joined = here.spawn(move || {
        assert!(matches!(foreign.join(), Err(JoinError::OtherScheduler(_))));
        foreign
    });
    here.run().unwrap();
    there.run().unwrap();
    assert_eq!(
        joined.join().unwrap().join().unwrap(),
        "value",
        "when it has ended it can"
    );
}

#[test]
fn dropping_a_handle_leaves_the_task_alone() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        drop(spawn(move || {
            sleep(seconds(1)).unwrap();
            said.say("ran to its end");
        }));
    });
    assert_eq!(log.take(), ["ran to its end"]);
}

#[test]
fn the_value_of_a_task_without_a_handle_is_dropped_by_that_task() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let value = said.on_drop("value dropped");
        drop(spawn(move || value));
        said.say("parent goes on");
    });
    assert_eq!(log.take(), ["parent goes on", "value dropped"]);
}

#[test]
fn the_value_lives_as_long_as_the_handle() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let value = said.on_drop("value dropped");
        let handle = spawn(move || value);
        yield_now();
        said.say("ended");
        drop(handle);
    });
    assert_eq!(log.take(), ["ended", "value dropped"]);
}

#[test]
fn a_handle_that_the_task_itself_holds_makes_no_ring() {
    let (mut sched, log) = (scheduler(), Log::new());
    let own = Rc::new(RefCell::new(None));
    let (handle, bye) = (Rc::clone(&own), log.on_drop("value dropped"));
    let task = sched.spawn(move || {
        let _own = handle;
        bye
    });
    own.replace(Some(task));
    drop(own);
    sched.run().unwrap();
    assert_eq!(log.take(), ["value dropped"]);
}

#[test]
fn a_killed_parent_leaves_its_children_alone() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    let parent = sched.spawn(move || {
        spawn(move || {
            sleep(seconds(1)).unwrap();
            said.say("child ends");
        })
        .join()
        .unwrap();
    });
    sched.spawn(move || {
        yield_now();
        call(KillTask(parent.tid())).unwrap();
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["child ends"]);
}

#[test]
fn errors_travel_between_threads_like_any_others() {
    fn travels<E: std::error::Error + Send + Sync + 'static>() {}
    travels::<JoinError>();
    travels::<coros::Stuck>();
    travels::<coros::RunError>();
    travels::<coros::Interrupted>();
    travels::<coros::NoSuchTask>();
    travels::<coros::task::SpawnError>();
    travels::<coros::syscall::WaitError>();
}
