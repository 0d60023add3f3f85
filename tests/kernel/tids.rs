//! Tids: small numbers that name one task for ever.

use std::collections::HashSet;

use coros::syscall::{GetTid, KillTask, NewTask, WaitError, WaitTask};
use coros::{NoSuchTask, Task, Tid, call, offload, spawn, yield_now};

use crate::common::{self, park_for_ever, run, scheduler, serve, waiter};

#[test]
fn tasks_are_numbered_from_one() {
    let mut sched = scheduler();
    let tids: Vec<_> = (0..3).map(|_| sched.spawn(|| call(GetTid))).collect();
    sched.run().unwrap();
    let seen: Vec<_> = tids.iter().map(|task| task.join().unwrap()).collect();
    assert_eq!(
        seen,
        tids.iter().map(coros::JoinHandle::tid).collect::<Vec<_>>()
    );
    let printed: Vec<_> = seen.iter().map(ToString::to_string).collect();
    assert_eq!(printed, ["1", "2", "3"]);
}

#[test]
fn the_main_task_is_task_one() {
    assert_eq!(coros::run(|| call(GetTid).number()).unwrap(), 1);
}

#[test]
fn a_number_is_never_used_twice() {
    let numbers = run(|| {
        let mut numbers = HashSet::new();
        for _ in 0..1_000 {
            assert!(numbers.insert(call(NewTask::new(|| ()))));
            let killed = call(NewTask::new(park_for_ever));
            call(KillTask(killed)).unwrap();
            assert!(numbers.insert(killed));
        }
        numbers
    });
    let highest = numbers.iter().max().unwrap();
    assert_eq!((numbers.len(), highest.number()), (2_000, 2_001));
}

#[test]
fn a_stale_tid_never_reaches_the_task_that_came_after() {
    run(|| {
        let stale = call(NewTask::new(|| ()));
        let newer = spawn(|| {
            yield_now();
            "alive"
        });
        assert_eq!(call(KillTask(stale)), Err(NoSuchTask(stale)));
        assert_eq!(call(WaitTask(stale)), Err(WaitError::NoSuchTask(stale)));
        assert!(!serve(|kernel, _| kernel.wake(stale)));
        assert_eq!(newer.join().unwrap(), "alive");
        assert_ne!(stale, newer.tid());
    });
}

#[test]
fn a_tid_of_another_scheduler_reaches_nobody() {
    let (mut here, mut there) = (scheduler(), scheduler());
    let foreign = there.spawn(park_for_ever).tid();
    let own = here.spawn(park_for_ever).tid();
    assert_eq!(foreign.to_string(), own.to_string());
    assert_ne!(foreign, own);
    assert_eq!(here.kill(foreign), Err(NoSuchTask(foreign)));
    here.spawn(move || {
        assert_eq!(call(KillTask(foreign)), Err(NoSuchTask(foreign)));
        assert_eq!(call(WaitTask(foreign)), Err(WaitError::NoSuchTask(foreign)));
        call(KillTask(own)).unwrap();
    });
    assert_eq!(here.run().unwrap().killed, 1);
}

#[test]
fn ps_lists_tasks_by_age_and_in_words() {
    let (mut sched, log) = (scheduler(), common::Log::new());
    let first = waiter(&mut sched, &log, "first").tid();
    let builder = coros::Builder::new().name("second").daemon(true);
    let second = sched.spawn_with(builder, yield_now).unwrap().tid();
    sched.step().unwrap();
    let tasks: Vec<_> = sched.tasks().collect();
    assert_eq!(
        tasks.iter().map(|task| task.tid).collect::<Vec<_>>(),
        [first, second]
    );
    assert_eq!((tasks[0].daemon, tasks[1].daemon), (false, true));
    assert_eq!(tasks[1].to_string(), "task 2 'second' is ready");
    let start = "task 1 is waiting in Park(nowhere) since 0ns at tests/kernel/../common/mod.rs:";
    assert!(tasks[0].to_string().starts_with(start), "{}", tasks[0]);
}

#[test]
fn errors_name_the_task() {
    let gone = run(|| {
        let gone = call(NewTask::new(|| ()));
        call(KillTask(gone)).unwrap_err()
    });
    let text = "no such task: 2 (it has ended, or is another scheduler's)";
    assert_eq!(gone.to_string(), text);
}

#[test]
fn the_running_task_is_known_without_a_call() {
    assert_eq!(Tid::current(), None, "outside tasks");
    let mut by_hand = Task::new(|| {
        assert_eq!(Tid::current(), None, "driven by hand, it has no number");
        yield_now();
    });
    by_hand.run();
    assert_eq!(Tid::current(), None);
    run(|| {
        let turns = spawn(|| {
            let mine = Tid::current();
            yield_now();
            (mine, Tid::current(), call(GetTid))
        });
        let (before, after, asked) = turns.join().unwrap();
        assert_eq!((before, after), (Some(asked), Some(asked)));
        assert_eq!(offload(Tid::current).unwrap(), None, "on another thread");
        let outer = Tid::current();
        let inner = coros::run(Tid::current).unwrap();
        assert_ne!(inner, outer, "the innermost");
        assert_eq!(Tid::current(), outer);
    });
}

#[test]
fn a_destructor_knows_its_task_also_while_it_is_killed() {
    struct Notes(std::rc::Rc<std::cell::Cell<Option<Tid>>>);

    impl Drop for Notes {
        fn drop(&mut self) {
            self.0.set(Tid::current());
        }
    }

    let seen = std::rc::Rc::default();
    let notes = Notes(std::rc::Rc::clone(&seen));
    run(move || {
        let victim = spawn(move || {
            let _notes = notes;
            park_for_ever();
        });
        yield_now();
        victim.kill().unwrap();
        assert_eq!(seen.get(), Some(victim.tid()));
    });
}
