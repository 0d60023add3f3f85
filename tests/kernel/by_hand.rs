//! Tasks driven by hand, without a scheduler.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread::panicking;

use coros::syscall::{GetTid, KillTask, Sleep};
use coros::task::Ran;
use coros::{Builder, Exit, Task, Tid, call, spawn, yield_now};

use crate::common::{self, Log, OnDrop, run, scheduler, seconds};

fn yielded() -> Ran {
    Ran::Trapped("Yield".into())
}

#[test]
fn a_task_runs_up_to_each_trap_and_then_to_its_end() {
    let log = Log::new();
    let said = log.clone();
    let mut task = Task::new(move || {
        for turn in 0..2 {
            said.say(turn);
            yield_now();
        }
    });
    assert_eq!(log.take(), [""; 0], "it begins at the first run");
    assert_eq!((task.run(), log.take()), (yielded(), vec!["0".into()]));
    assert_eq!((task.run(), log.take()), (yielded(), vec!["1".into()]));
    assert_eq!(task.run(), Ran::Ended(Exit::Returned));
}

#[test]
fn a_task_that_has_ended_stays_so() {
    let mut task = Task::new(|| ());
    for _ in 0..3 {
        assert_eq!(task.run(), Ran::Ended(Exit::Returned));
    }
    let mut task = Task::new(|| panic!("ouch"));
    for _ in 0..3 {
        assert_eq!(task.run(), Ran::Ended(Exit::Panicked("ouch".into())));
    }
    assert!(!panicking());
}

#[test]
fn any_call_but_yield_panics_inside_the_task() {
    let mut task = Task::new(|| _ = call(GetTid));
    let message = "no scheduler serves this call: GetTid";
    assert_eq!(task.run(), Ran::Ended(Exit::Panicked(message.into())));
}

#[test]
fn the_panic_of_a_call_that_nobody_serves_can_be_caught() {
    let log = Log::new();
    let said = log.clone();
    let mut task = Task::new(move || {
        let caught = catch_unwind(|| call(Sleep(seconds(1)))).unwrap_err();
        said.say(caught.downcast_ref::<String>().unwrap());
        yield_now();
    });
    assert_eq!(task.run(), yielded());
    assert_eq!(log.take(), ["no scheduler serves this call: Sleep(1s)"]);
    assert_eq!(task.run(), Ran::Ended(Exit::Returned));
}

#[test]
fn dropping_an_unfinished_task_runs_its_destructors() {
    let log = Log::new();
    let (held, bye) = (log.on_drop("captured"), log.on_drop("local"));
    let mut task = Task::new(move || {
        let _held = held;
        let _bye = bye;
        yield_now();
    });
    assert_eq!(task.run(), yielded());
    drop(task);
    assert_eq!(log.take(), ["local", "captured"]);
    let held = log.on_drop("never ran");
    drop(Task::new(move || drop(held)));
    assert_eq!(log.take(), ["never ran"]);
}

#[test]
fn dropping_a_task_while_the_thread_unwinds_runs_its_destructors() {
    let log = Log::new();
    let said = log.clone();
    let caught = catch_unwind(AssertUnwindSafe(move || {
        let mut task = Task::new(move || {
            let _bye = OnDrop(|| {
                yield_now();
                said.say(call(Sleep(seconds(1))).is_err());
            });
            yield_now();
        });
        task.run();
        resume_unwind(Box::new(()));
    }));
    assert!(caught.is_err() && !panicking());
    assert_eq!(log.take(), ["true"]);
}

#[test]
fn destructors_are_answered_when_a_task_by_hand_panics() {
    let log = Log::new();
    let said = log.clone();
    let mut task = Task::new(move || {
        let _asks = OnDrop(|| {
            let me: Tid = call(GetTid);
            let _ = call(KillTask(me));
            said.say(spawn(|| ()).join().is_ok());
            said.say(call(Sleep(seconds(1))).is_ok());
        });
        panic!("ouch");
    });
    assert_eq!(task.run(), Ran::Ended(Exit::Panicked("ouch".into())));
    assert_eq!(log.take(), ["false", "false"]);
    assert!(!panicking());
}

#[test]
fn a_task_that_swallows_its_unwinding_is_given_up_when_it_is_dropped() {
    let mut task = Task::new(|| {
        loop {
            let _ = catch_unwind(yield_now);
        }
    });
    task.run();
    drop(task);
    assert!(!panicking());
}

#[test]
fn a_scheduler_takes_a_task_over_where_it_is() {
    let log = Log::new();
    let said = log.clone();
    let builder = Builder::new().name("by hand");
    let mut task = builder.task(move || {
        said.say("by hand");
        yield_now();
        said.say(format!("task {}", call(GetTid)));
    });
    assert_eq!(task.as_mut().unwrap().run(), yielded());
    let mut sched = scheduler();
    let tid = sched.create_task(task.unwrap());
    assert_eq!(&*sched.tasks().next().unwrap().name, "by hand");
    assert_eq!(sched.run().unwrap().returned, 1);
    assert_eq!(
        (log.take(), tid.number()),
        (vec!["by hand".into(), "task 1".into()], 1)
    );
}

#[test]
fn a_scheduler_has_nothing_to_run_of_a_task_that_has_ended() {
    let mut task = Task::new(|| ());
    task.run();
    let mut sched = scheduler();
    let tid = sched.create_task(task);
    assert!(sched.kill(tid).is_err());
    assert_eq!(sched.run().unwrap().turns, 0);
}

#[test]
fn a_task_taken_over_and_killed_runs_its_destructors() {
    let log = Log::new();
    let bye = log.on_drop("dropped");
    let mut task = Task::new(move || {
        let _bye = bye;
        yield_now();
    });
    task.run();
    let mut sched = scheduler();
    let tid = sched.create_task(task);
    sched.kill(tid).unwrap();
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn a_task_may_drive_another_by_hand() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let inside = said.clone();
        let mut task = Task::new(move || {
            for turn in 0..3 {
                inside.say(turn);
                yield_now();
            }
        });
        while let Ran::Trapped(_) = task.run() {
            said.say(format!("task {}", call(GetTid)));
        }
    });
    assert_eq!(log.take(), ["0", "task 1", "1", "task 1", "2", "task 1"]);
}

#[test]
fn a_daemon_stays_a_daemon_when_it_is_taken_over() {
    let mut sched = scheduler();
    let idle = Builder::new().daemon(true).task(common::park_for_ever);
    sched.create_task(idle.unwrap());
    sched.spawn(yield_now);
    assert_eq!(sched.run().unwrap().killed, 1);
}

#[test]
fn tasks_driven_by_hand_own_their_locks_each_for_itself() {
    let mutex = coros::sync::Mutex::new(0);
    let inside = mutex.clone();
    let mut owner = Task::new(move || {
        let _guard = inside.lock().unwrap();
        let again = inside.try_lock().unwrap_err();
        assert_eq!(again, coros::sync::TryLockError::WouldDeadlock);
        yield_now();
    });
    assert_eq!(owner.run(), yielded());
    let inside = mutex.clone();
    let mut other = Task::new(move || {
        let tried = inside.try_lock().unwrap_err();
        assert_eq!(tried, coros::sync::TryLockError::WouldBlock);
    });
    assert_eq!(other.run(), Ran::Ended(Exit::Returned));
    assert_eq!(owner.run(), Ran::Ended(Exit::Returned));
    assert!(!mutex.is_locked());
}

#[test]
fn a_task_driven_by_hand_is_the_same_after_a_call_of_its_destructor() {
    let mutex = coros::sync::Mutex::new(0);
    let inside = mutex.clone();
    let mut task = Task::new(move || {
        let guard = inside.lock().unwrap();
        let _ = catch_unwind(|| {
            let _asks = OnDrop(|| assert!(call(Sleep(seconds(1))).is_err()));
            resume_unwind(Box::new(()));
        });
        coros::sync::MutexGuard::unlock(guard).expect("the guard is still its own");
    });
    assert_eq!(task.run(), Ran::Ended(Exit::Returned));
    assert!(!mutex.is_locked());
}
