//! Nothing grows: what has ended leaves no memory behind.

use coros::syscall::{KillTask, NewTask, Sleep};
use coros::{Task, call, spawn, yield_now};

use crate::common::{alone, park_for_ever, run, scheduler, seconds};

/// What the process has in memory, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Runs `work` so often, after a tenth of that to warm up; the process must not grow by 4 MiB.
fn does_not_grow(times: usize, mut work: impl FnMut()) {
    (0..times / 10).for_each(|_| work());
    let before = resident();
    (0..times).for_each(|_| work());
    let grown = resident().saturating_sub(before);
    assert!(grown < 4 << 10, "grew by {grown} KiB");
}

/// All in one test, in a process of its own: tests run side by side, and memory is the whole process's.
#[test]
fn nothing_that_has_ended_stays_in_memory() {
    alone(nothing_that_has_ended_stays_in_memory, || {
        a_million_tasks();
        ten_thousand_schedulers();
        a_hundred_thousand_kills();
        ten_thousand_panics();
        tasks_by_hand();
        a_thousand_sleepers_killed();
    });
}

fn a_million_tasks() {
    run(|| does_not_grow(900_000, || _ = call(NewTask::new(|| ()))));
    run(|| does_not_grow(100_000, || spawn(|| 7).join().map(drop).unwrap()));
}

fn ten_thousand_schedulers() {
    does_not_grow(10_000, || {
        let mut sched = scheduler();
        for _ in 0..3 {
            sched.spawn(yield_now);
        }
        sched.spawn(park_for_ever);
        assert!(sched.run().is_err());
    });
}

fn a_hundred_thousand_kills() {
    run(|| {
        does_not_grow(50_000, || {
            let victim = call(NewTask::new(|| _ = call(Sleep(seconds(1)))));
            call(KillTask(victim)).unwrap();
        });
    });
}

fn ten_thousand_panics() {
    run(|| {
        does_not_grow(10_000, || {
            let panics = spawn(|| std::panic::resume_unwind(Box::new([7_u8; 1_000])));
            assert!(panics.join().is_err());
        });
    });
}

fn tasks_by_hand() {
    does_not_grow(10_000, || {
        let mut task = Task::new(yield_now);
        task.run();
    });
}

fn a_thousand_sleepers_killed() {
    let mut sched = scheduler();
    does_not_grow(20, || {
        let sleep = |hours: u64| move || _ = call(Sleep(seconds(hours * 3_600)));
        let sleepers: Vec<_> = (1..=1_000)
            .map(|hours| sched.spawn(sleep(hours)).tid())
            .collect();
        for _ in 0..1_000 {
            sched.step().unwrap();
        }
        for sleeper in sleepers {
            sched.kill(sleeper).unwrap();
        }
        assert_eq!((sched.tasks().count(), sched.ready().count()), (0, 0));
    });
    let step = sched.spawn(yield_now).tid();
    assert_eq!(sched.step().unwrap().unwrap().time, seconds(0));
    sched.kill(step).unwrap();
}
