//! When a run ends, and what is left then.

use std::rc::Rc;

use coros::syscall::WaitTask;
use coros::{Builder, Exit, Report, RunError, call, sleep, spawn, yield_now};

use crate::common::{Log, OnDrop, daemon, park_for_ever, run, scheduler, seconds, waiter};

#[test]
fn a_scheduler_without_tasks_ends_at_once() {
    let mut sched = scheduler();
    assert_eq!(sched.run().unwrap(), Report::default());
    assert_eq!(sched.step().unwrap(), None);
}

#[test]
fn a_run_ends_when_no_ordinary_task_is_left() {
    let (mut sched, log) = (scheduler(), Log::new());
    daemon(&mut sched, &log, "daemon");
    let said = log.clone();
    sched.spawn(move || {
        let child = said.clone();
        spawn(move || {
            sleep(seconds(1)).unwrap();
            child.say("child ends");
        });
        said.say("parent ends");
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["parent ends", "child ends", "daemon gone"]);
}

#[test]
fn daemons_are_killed_newest_first() {
    let (mut sched, log) = (scheduler(), Log::new());
    for name in ["first", "second", "third"] {
        daemon(&mut sched, &log, name);
    }
    sched.spawn(yield_now);
    let report = sched.run().unwrap();
    assert_eq!(log.take(), ["third gone", "second gone", "first gone"]);
    assert_eq!((report.killed, sched.tasks().count()), (3, 0));
}

#[test]
fn daemons_alone_do_not_run() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    let never = move || said.say("ran");
    sched
        .spawn_with(Builder::new().daemon(true), never)
        .unwrap();
    assert_eq!(sched.run().unwrap().killed, 1);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn what_a_dying_daemon_spawns_still_runs() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    let builder = Builder::new().daemon(true);
    let idle = move || {
        let _last = OnDrop(|| {
            let said = said.clone();
            spawn(move || said.say("last words"));
        });
        park_for_ever();
    };
    sched.spawn_with(builder, idle).unwrap();
    sched.spawn(yield_now);
    sched.run().unwrap();
    assert_eq!(log.take(), ["last words"]);
}

#[test]
fn the_report_counts_every_end() {
    let (mut sched, log) = (scheduler(), Log::new());
    daemon(&mut sched, &log, "daemon");
    let victim = waiter(&mut sched, &log, "victim");
    sched.spawn(|| panic!("ouch"));
    sched.spawn(move || victim.kill().unwrap());
    let report = sched.run().unwrap();
    let ends = [
        report.returned,
        report.panicked,
        report.killed,
        report.abandoned,
    ];
    assert_eq!((report.spawned, ends), (4, [1, 1, 2, 0]));
    let text = format!(
        "{} turns; 4 tasks: 1 returned, 1 panicked, 2 killed",
        report.turns
    );
    assert_eq!((report.to_string(), report.turns), (text, 5));
    assert_eq!(report, sched.report());
}

#[test]
fn a_scheduler_can_be_run_again() {
    let mut sched = scheduler();
    for round in 1..=3 {
        let value = sched.spawn(move || round);
        assert_eq!(sched.run().unwrap().returned, round);
        assert_eq!(value.join().unwrap(), round);
    }
}

#[test]
fn dropping_a_scheduler_kills_what_is_left_newest_first() {
    let (mut sched, log) = (scheduler(), Log::new());
    waiter(&mut sched, &log, "parked");
    daemon(&mut sched, &log, "daemon");
    let said = log.clone();
    let sleeper = sched.spawn(move || {
        let _bye = said.on_drop("sleeper gone");
        sleep(seconds(1))
    });
    sched.step().unwrap();
    sched.step().unwrap();
    sched.step().unwrap();
    let bye = log.on_drop("never ran");
    sched.spawn(move || drop(bye));
    drop(sched);
    assert_eq!(
        log.take(),
        ["never ran", "sleeper gone", "daemon gone", "parked gone"]
    );
    assert!(sleeper.is_finished() && sleeper.kill().is_err());
}

#[test]
fn what_destructors_spawn_while_a_scheduler_is_dropped_is_dropped_too() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    sched.spawn(move || {
        let _spawns = OnDrop(|| {
            let bye = said.on_drop("heir dropped");
            spawn(move || drop(bye));
        });
        park_for_ever();
    });
    sched.step().unwrap();
    drop(sched);
    assert_eq!(log.take(), ["heir dropped"]);
}

#[test]
fn all_who_wait_for_a_task_get_its_exit() {
    let (mut sched, log) = (scheduler(), Log::new());
    let target = sched.spawn(|| sleep(seconds(1)).unwrap()).tid();
    for _ in 0..1_000 {
        let log = log.clone();
        sched.spawn(move || log.say(call(WaitTask(target)).unwrap()));
    }
    sched.run().unwrap();
    assert_eq!(log.take(), vec!["returned"; 1_000]);
}

#[test]
fn a_late_join_of_a_kept_handle_gets_the_value() {
    let mut sched = scheduler();
    let value = Rc::new(sched.spawn(|| "value"));
    let late = Rc::clone(&value);
    let joined = sched.spawn(move || {
        sleep(seconds(1)).unwrap();
        assert!(
            call(WaitTask(late.tid())).is_err(),
            "the kernel has forgotten it"
        );
        late.join().unwrap()
    });
    let after = sched.spawn(|| "after all");
    sched.run().unwrap();
    drop(sched);
    assert_eq!(
        (joined.join().unwrap(), after.join().unwrap()),
        ("value", "after all")
    );
}

#[test]
fn booting_waits_for_all_and_hands_the_value_back() {
    let log = Log::new();
    let said = log.clone();
    let value = coros::run(move || {
        spawn(move || {
            yield_now();
            said.say("child");
        });
        "value"
    });
    assert_eq!(
        (value.unwrap(), log.take()),
        ("value", vec!["child".to_owned()])
    );
    let killed = coros::run(|| {
        let me = call(coros::syscall::GetTid);
        call(coros::syscall::KillTask(me)).unwrap();
    });
    assert!(matches!(killed, Err(RunError::Killed)));
    assert!(matches!(coros::run(park_for_ever), Err(RunError::Stuck(_))));
}

#[test]
fn a_task_that_has_ended_is_finished() {
    run(|| {
        let child = spawn(yield_now);
        assert!(!child.is_finished());
        assert_eq!(call(WaitTask(child.tid())), Ok(Exit::Returned));
        assert!(child.is_finished());
    });
}
