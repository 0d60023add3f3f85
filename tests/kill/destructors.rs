//! Destructors never suspend: what they ask for while their task unwinds is answered in place.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread::panicking;

use coros::syscall::{GetTid, KillTask, NewTask, Now, Park, Sleep, WaitTask, WakeOne};
use coros::{
    Answer, Interrupted, JoinError, Kernel, Scheduler, SystemCall, Task, Tid, WaitList, call,
    spawn, yield_now,
};

use crate::common::{Log, OnDrop, park_for_ever, scheduler, seconds, waiter};

/// Makes all kinds of calls, and tells what came of them.
fn ask_for_everything(log: &Log, other: Tid) {
    let me = call(GetTid);
    log.say(format!("tid {me}"));
    log.say(format!(
        "sleep {:?}",
        call(Sleep(seconds(1))).map_err(|e| e.why())
    ));
    let parked = call(Park(&WaitList::new()));
    log.say(format!("park {:?}", parked.map_err(|e| e.why())));
    let waited = call(WaitTask(other)).is_err_and(|e| e.to_string().contains("never waits"));
    log.say(format!("wait interrupted: {waited}"));
    let waited = call(WaitTask(me)).is_err();
    log.say(format!("wait for myself fails: {waited}"));
    yield_now();
    let child = log.clone();
    call(NewTask::new(move || child.say("the new task runs")));
    let child = log.clone();
    let handle = spawn(move || child.say("the spawned task runs"));
    log.say(format!("joined: {}", handle.join().is_ok()));
    log.say(format!("kill other: {:?}", call(KillTask(other)).is_ok()));
    call(Now);
    log.say(format!("panicking: {}", panicking()));
}

const ANSWERS: [&str; 8] = [
    "sleep Err(Unwinding)",
    "park Err(Unwinding)",
    "wait interrupted: true",
    "wait for myself fails: true",
    "joined: false",
    "kill other: true",
    "panicking: true",
    "end of the destructor",
];

/// Something whose drop asks for everything.
fn asker(log: &Log, other: Tid) -> impl Sized + 'static {
    let log = log.clone();
    OnDrop(move || {
        ask_for_everything(&log, other);
        log.say("end of the destructor");
    })
}

/// Checks that the destructor in task 2 was answered, and takes what was said after it.
fn check_answers(log: &Log) -> Vec<String> {
    let mut said = log.take();
    let after = said.split_off(ANSWERS.len() + 1);
    assert_eq!(said[0], "tid 2");
    assert_eq!(said[1..], ANSWERS);
    assert!(!panicking());
    after
}

/// A scheduler in which task 1 waits and task 2 holds an asker.
fn with_asker(log: &Log, end: impl FnOnce() + 'static) -> (Scheduler, Tid) {
    let mut sched = scheduler();
    let other = waiter(&mut sched, log, "other").tid();
    let asker = asker(log, other);
    let tid = sched.spawn(move || {
        let _asker = asker;
        end();
    });
    (sched, tid.tid())
}

#[test]
fn a_killed_tasks_destructors_are_answered() {
    let log = Log::new();
    let (mut sched, victim) = with_asker(&log, park_for_ever);
    sched.step().unwrap();
    sched.step().unwrap();
    sched.kill(victim).unwrap();
    sched.run().unwrap();
    let after = check_answers(&log);
    assert_eq!(
        after,
        ["other gone", "the new task runs", "the spawned task runs"]
    );
}

#[test]
fn a_panicking_tasks_destructors_are_answered() {
    let log = Log::new();
    let (mut sched, _) = with_asker(&log, || panic!("ouch"));
    let report = sched.run().unwrap();
    let after = check_answers(&log);
    assert_eq!(
        after,
        ["other gone", "the new task runs", "the spawned task runs"]
    );
    assert_eq!((report.panicked, report.killed, report.returned), (1, 1, 2));
}

#[test]
fn what_a_task_that_never_ran_holds_is_answered() {
    let log = Log::new();
    let (mut sched, victim) = with_asker(&log, || unreachable!("it never runs"));
    sched.step().unwrap();
    sched.kill(victim).unwrap();
    sched.run().unwrap();
    let after = check_answers(&log);
    assert_eq!(
        after,
        ["other gone", "the new task runs", "the spawned task runs"]
    );
}

#[test]
fn destructors_are_answered_while_their_scheduler_is_dropped() {
    let log = Log::new();
    let (mut sched, _) = with_asker(&log, park_for_ever);
    sched.step().unwrap();
    sched.step().unwrap();
    drop(sched);
    assert_eq!(
        check_answers(&log),
        ["other gone"],
        "what they spawn never runs"
    );
}

#[test]
fn destructors_are_answered_while_the_thread_unwinds() {
    let log = Log::new();
    let dropped = log.clone();
    let caught = catch_unwind(AssertUnwindSafe(move || {
        let (mut sched, _) = with_asker(&dropped, park_for_ever);
        sched.step().unwrap();
        sched.step().unwrap();
        resume_unwind(Box::new("main unwinds"));
    }));
    assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"main unwinds"));
    assert_eq!(check_answers(&log), ["other gone"]);
}

#[test]
fn destructors_of_a_task_by_hand_are_answered() {
    let log = Log::new();
    let said = log.clone();
    let mut task = Task::new(move || {
        let _asker = OnDrop(|| {
            said.say(format!(
                "{:?}",
                call(Sleep(seconds(1))).map_err(|e| e.why())
            ));
            let child = said.clone();
            said.say(spawn(move || child.say("runs")).join().is_ok());
        });
        yield_now();
    });
    task.run();
    drop(task);
    assert_eq!(log.take(), ["Err(Unwinding)", "false"]);
    assert!(!panicking());
}

#[test]
fn a_kill_asked_for_while_unwinding_acts_before_the_next_task_is_picked() {
    let (mut sched, log) = (scheduler(), Log::new());
    let other = waiter(&mut sched, &log, "other").tid();
    let said = log.clone();
    sched.spawn(move || {
        let _killer = OnDrop(|| {
            call(KillTask(other)).unwrap();
            said.say("asked");
        });
        panic!("ouch");
    });
    let said = log.clone();
    sched.spawn(move || said.say("next task"));
    sched.run().unwrap();
    assert_eq!(log.take(), ["asked", "other gone", "next task"]);
}

/// Waits, and when that is broken off kills somebody.
struct KillWhenAbandoned(Tid);

impl SystemCall for KillWhenAbandoned {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        Answer::Wait
    }
    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, _: Interrupted) {
        kernel.kill(self.0).unwrap();
    }
}

#[test]
fn a_call_that_is_broken_off_may_kill() {
    let (mut sched, log) = (scheduler(), Log::new());
    let first = waiter(&mut sched, &log, "first").tid();
    let bye = log.on_drop("second gone");
    let second = sched.spawn(move || {
        let _bye = bye;
        call(KillWhenAbandoned(first));
    });
    sched.spawn(move || second.kill().unwrap());
    let report = sched.run().unwrap();
    assert_eq!(
        (log.take(), report.killed),
        (vec!["first gone".into(), "second gone".into()], 2)
    );
}

#[test]
fn a_destructor_may_wake_others() {
    let (mut sched, list) = (scheduler(), WaitList::new());
    let (parked, woken) = (list.clone(), list.clone());
    let heard = sched.spawn(move || call(Park(&parked)).is_ok());
    let both = sched.spawn(move || call(Park(&list)).is_ok());
    sched.spawn(move || {
        let _wakes = OnDrop(|| {
            woken.wake_one();
            assert!(call(WakeOne(&woken)).is_some());
        });
        panic!("ouch");
    });
    sched.run().unwrap();
    assert!(heard.join().unwrap() && both.join().unwrap());
}

#[test]
fn a_destructor_of_a_panicking_task_may_make_very_many_calls() {
    let mut sched = scheduler();
    let task = sched.spawn(|| {
        let _last = OnDrop(|| (0..300_000).for_each(|_| _ = call(GetTid)));
        panic!("enough");
    });
    sched.run().unwrap();
    assert!(matches!(task.join(), Err(JoinError::Panicked(_))));
}
