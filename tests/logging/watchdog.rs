//! The watchdog: a task that runs long without a call is told of once, by name.

use std::time::{Duration, Instant};

use coros::{Builder, Clock, Scheduler, yield_now};

use crate::warnings_of;

/// Computes for at least this long.
fn compute(duration: Duration) {
    let began = Instant::now();
    while began.elapsed() < duration {
        std::hint::spin_loop();
    }
}

const LONG: Duration = Duration::from_millis(5);

fn run_hog(sched: &mut Scheduler) -> u64 {
    let hog = move || {
        for _ in 0..3 {
            compute(LONG);
            yield_now();
        }
    };
    sched.spawn_with(Builder::new().name("hog"), hog).unwrap();
    sched.spawn(|| (0..9).for_each(|_| yield_now()));
    sched.run().unwrap().overran
}

#[test]
fn a_task_that_runs_too_long_is_told_of_once_with_name_and_duration() {
    let lines = warnings_of(|| {
        let limit = Duration::from_millis(4);
        let mut sched = Scheduler::builder().watchdog(limit).build();
        assert!(run_hog(&mut sched) >= 1);
    });
    let of_hog: Vec<_> = lines.iter().filter(|line| line.contains("'hog'")).collect();
    assert_eq!(of_hog.len(), 1, "{lines:?}");
    assert!(of_hog[0].starts_with("task 1 'hog' ran for "), "{lines:?}");
    assert!(of_hog[0].contains("tests/logging/watchdog.rs"), "{lines:?}");
}

#[test]
fn one_that_ends_without_a_call_is_told_of_by_name() {
    let lines = warnings_of(|| {
        let limit = Duration::from_millis(4);
        let mut sched = Scheduler::builder().watchdog(limit).build();
        let hog = || compute(LONG);
        sched.spawn_with(Builder::new().name("brief"), hog).unwrap();
        sched.run().unwrap();
    });
    assert!(lines[0].starts_with("task 1 'brief' ran for"), "{lines:?}");
}

#[test]
fn a_watchdog_that_is_off_tells_nothing() {
    let lines = warnings_of(|| {
        let mut sched = Scheduler::builder().watchdog(None).build();
        assert_eq!(run_hog(&mut sched), 0);
        let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
        assert_eq!(run_hog(&mut sched), 0);
    });
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn a_sleep_of_the_loop_counts_for_nobody() {
    let lines = warnings_of(|| {
        let limit = Duration::from_millis(200);
        let mut sched = Scheduler::builder().watchdog(limit).build();
        sched.spawn(|| coros::sleep(Duration::from_millis(250)).unwrap());
        assert_eq!(sched.run().unwrap().overran, 0);
    });
    assert!(lines.is_empty(), "{lines:?}");
}
