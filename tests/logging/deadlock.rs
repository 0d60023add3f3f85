//! Deadlocks are found: in the report of a stuck run, and in the log while others run on.

mod certain;
mod likely;

use std::cell::RefCell;
use std::rc::Rc;

use coros::kernel::{Event, Observer};
use coros::sync::{Mutex, RwLock, Semaphore};
use coros::{Builder, Scheduler, sleep, spawn, timeout, yield_now};

use crate::common::{run, scheduler, seconds};
use crate::{KEEPER, warnings_of};

/// Runs a scene; the warnings that it left.
fn warned(scene: impl FnOnce(&mut Scheduler)) -> Vec<String> {
    warnings_of(|| scene(&mut scheduler()))
}

/// A task that locks one mutex, and then the other.
fn locks(sched: &mut Scheduler, name: &'static str, first: &Mutex<()>, then: &Mutex<()>) {
    let (first, then) = (first.clone(), then.clone());
    let task = move || {
        let _first = first.lock().unwrap();
        yield_now();
        let _then = then.lock().unwrap();
    };
    sched.spawn_with(Builder::new().name(name), task).unwrap();
}

fn two() -> (Mutex<()>, Mutex<()>) {
    (Mutex::new(()).named("m1"), Mutex::new(()).named("m2"))
}

const CYCLE: &str = "deadlock: task 2 'B' waits for mutex 'm1' held by task 1 'A'; \
                      task 1 'A' waits for mutex 'm2' held by task 2 'B'";

#[test]
fn two_mutexes_locked_crosswise_are_named_in_the_report() {
    let warnings = warned(|sched| {
        let (m1, m2) = two();
        locks(sched, "A", &m1, &m2);
        locks(sched, "B", &m2, &m1);
        let stuck = sched.run().unwrap_err();
        let report = stuck.to_string();
        let lines: Vec<_> = report.lines().collect();
        assert!(lines[1].starts_with("  task 1 'A' is waiting in Lock(mutex 'm2') since 0ns at "));
        assert!(lines[1].contains("tests/logging/deadlock.rs:"), "{report}");
        assert_eq!(
            lines[3..],
            [
                "  cycle: task 1 'A' waits for mutex 'm2' held by task 2 'B'",
                "         task 2 'B' waits for mutex 'm1' held by task 1 'A'",
            ]
        );
        assert_eq!((m1.waiters(), m2.waiters()), (1, 1));
    });
    assert_eq!(warnings, [CYCLE]);
}

#[test]
fn a_deadlock_of_some_is_logged_while_others_run_on() {
    let warnings = warned(|sched| {
        let (m1, m2) = two();
        locks(sched, "A", &m1, &m2);
        locks(sched, "B", &m2, &m1);
        sched.spawn(|| {
            sleep(seconds(1)).unwrap();
            let told = KEEPER.lines.lock().unwrap().len();
            assert_eq!(told, 1, "told when it came to be");
            sleep(seconds(9)).unwrap();
        });
        assert_eq!(sched.run().unwrap_err().tasks().len(), 2);
    });
    assert_eq!(warnings, [CYCLE]);
}

/// Keeps what it is told of deadlocks.
#[derive(Clone, Default)]
struct Told(Rc<RefCell<Vec<String>>>);

impl Observer for Told {
    fn observe(&mut self, event: &Event) {
        if let Event::Deadlock(deadlock) = event {
            self.0.borrow_mut().push(deadlock.waits.join("; "));
        }
    }
}

#[test]
fn observers_are_told_of_a_deadlock_in_the_words_of_the_log() {
    let told = Told::default();
    let warnings = warned(|sched| {
        sched.observe(told.clone());
        let (m1, m2) = two();
        locks(sched, "A", &m1, &m2);
        locks(sched, "B", &m2, &m1);
        sched.run().unwrap_err();
    });
    assert_eq!(warnings, [CYCLE]);
    let told = told.0.take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(format!("deadlock: {}", told[0]), CYCLE);
}

#[test]
fn a_lock_that_is_waited_for_with_a_deadline_is_no_deadlock() {
    let warnings = warned(|sched| {
        let (m1, m2) = two();
        locks(sched, "A", &m1, &m2);
        sched.spawn(move || {
            let _second = m2.lock().unwrap();
            yield_now();
            assert!(timeout(seconds(1), || m1.lock().is_ok()).is_err());
        });
        sched.run().unwrap();
    });
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn waiting_for_one_that_was_just_cancelled_is_no_deadlock() {
    let warnings = warnings_of(|| {
        run(|| {
            let m = Mutex::new(0);
            let held = m.lock().unwrap();
            let n = m.clone();
            let b = spawn(move || n.lock().is_err());
            yield_now();
            b.cancel("enough");
            assert!(b.join().unwrap());
            drop(held);
        });
    });
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn waiting_for_one_that_was_just_given_a_permit_is_no_deadlock() {
    let warnings = warnings_of(|| {
        run(|| {
            let s = Semaphore::new(2);
            let one = s.acquire().unwrap();
            let two = s.acquire().unwrap();
            let n = s.clone();
            let b = spawn(move || n.acquire().is_ok());
            yield_now();
            drop(one);
            assert!(b.join().unwrap());
            drop(two);
        });
    });
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn a_writer_and_one_of_its_readers_can_be_a_cycle_though_other_readers_run() {
    let warnings = warned(|sched| {
        let (lock, mutex) = (RwLock::new(()).named("map"), Mutex::new(()).named("m"));
        let theirs = lock.clone();
        sched.spawn(move || {
            let _read = theirs.read().unwrap();
            sleep(seconds(60)).unwrap();
        });
        let theirs = (lock.clone(), mutex.clone());
        sched.spawn(move || {
            let _read = theirs.0.read().unwrap();
            yield_now();
            let _guard = theirs.1.lock().unwrap();
        });
        sched.spawn(move || {
            let _guard = mutex.lock().unwrap();
            let _write = lock.write().unwrap();
        });
        assert_eq!(sched.run().unwrap_err().tasks().len(), 2);
    });
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("waits for read-write lock 'map' held by"));
    assert!(warnings[0].contains("waits for mutex 'm' held by"));
}

#[test]
fn a_guard_dropped_by_another_task_is_warned_of() {
    let warnings = warned(|sched| {
        let mutex: &'static Mutex<()> = Box::leak(Box::new(Mutex::new(()).named("m")));
        sched.spawn(move || {
            let guard = mutex.lock().unwrap();
            spawn(move || drop(guard));
        });
        sched.run().unwrap();
    });
    let told = "mutex 'm' was unlocked by task 2, which dropped the guard of task 1";
    assert_eq!(warnings, [told]);
}

#[test]
fn a_group_and_a_lock_can_be_a_cycle_though_another_member_runs() {
    let lines = warned(|sched| {
        let pen = Mutex::new(()).named("pen");
        let parent = sched.spawn(move || {
            let _guard = pen.lock().unwrap();
            let _ = coros::group(|g| {
                g.spawn(|| pen.lock().map(drop));
                g.spawn(|| (0..9).for_each(|_| yield_now()));
            });
        });
        let stuck = sched.run().unwrap_err();
        assert_eq!(stuck.tasks().len(), 2, "{stuck}");
        assert_eq!(stuck.tasks()[0].tid, parent.tid());
    });
    let told: Vec<_> = lines
        .iter()
        .filter(|line| line.contains("deadlock"))
        .collect();
    assert_eq!(told.len(), 1, "{lines:?}");
    assert!(told[0].contains("mutex 'pen' held by task 1"), "{lines:?}");
    assert!(
        told[0].contains("task 1 waits for a group held by"),
        "{lines:?}"
    );
}
