//! Time: sleeps, deadlines and clocks.

use std::time::Duration;

use coros::syscall::{Now, SleepUntil};
use coros::{Clock, Scheduler, call, sleep, spawn, yield_now};

use crate::common::{self, Log, run, scheduler, seconds};

/// Sleeps in a task of its own, then says its name.
fn sleeper(log: &Log, name: &'static str, duration: Duration) {
    let log = log.clone();
    spawn(move || {
        sleep(duration).unwrap();
        log.say(name);
    });
}

#[test]
fn sleepers_wake_in_the_order_of_their_deadlines() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        sleeper(&said, "third", seconds(3));
        sleeper(&said, "first", seconds(1));
        sleeper(&said, "second", seconds(2));
    });
    assert_eq!(log.take(), ["first", "second", "third"]);
}

#[test]
fn equal_deadlines_fire_in_the_order_in_which_they_were_set() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let until = call(Now) + seconds(2);
        sleeper(&said, "a", seconds(2));
        let other = said.clone();
        spawn(move || {
            call(SleepUntil(until)).unwrap();
            other.say("b");
        });
        sleeper(&said, "c", seconds(2));
        sleep(seconds(1)).unwrap();
        sleeper(&said, "d", seconds(1));
    });
    assert_eq!(log.take(), ["a", "b", "c", "d"]);
}

#[test]
fn virtual_time_stands_still_while_any_task_is_ready() {
    let elapsed = run(|| {
        let before = call(Now);
        spawn(|| sleep(seconds(1)).unwrap());
        for _ in 0..1_000 {
            yield_now();
        }
        call(Now) - before
    });
    assert_eq!(elapsed, Duration::ZERO);
}

#[test]
fn virtual_time_jumps_to_the_next_deadline() {
    let elapsed = run(|| {
        let before = call(Now);
        sleep(seconds(3_600)).unwrap();
        call(SleepUntil(before + seconds(7_200))).unwrap();
        call(Now) - before
    });
    assert_eq!(elapsed, seconds(7_200));
}

#[test]
fn a_moment_that_is_past_has_come_already() {
    let elapsed = run(|| {
        sleep(seconds(5)).unwrap();
        let now = call(Now);
        call(SleepUntil(now - seconds(3))).unwrap();
        call(Now) - now
    });
    assert_eq!(elapsed, Duration::ZERO);
}

#[test]
fn a_moment_before_the_scheduler_was_made_has_come_already() {
    let long_ago = std::time::Instant::now();
    run(move || call(SleepUntil(long_ago)).unwrap());
}

#[test]
fn a_sleep_of_no_length_lets_every_ready_task_have_its_turn() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    sched.spawn(move || {
        sleep(Duration::ZERO).unwrap();
        said.say("slept");
    });
    for name in ["a", "b"] {
        let said = log.clone();
        sched.spawn(move || said.say(name));
    }
    sched.run().unwrap();
    assert_eq!(log.take(), ["a", "b", "slept"]);
}

#[test]
fn the_longest_sleep_ends_after_all_others() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        sleeper(&said, "for ever", Duration::MAX);
        sleeper(&said, "a century", seconds(100 * 365 * 24 * 3_600));
        sleep(Duration::ZERO).unwrap();
        said.say("at once");
    });
    assert_eq!(log.take(), ["at once", "a century", "for ever"]);
}

#[test]
fn ready_tasks_do_not_starve_sleepers_in_real_time() {
    let mut sched = Scheduler::builder().clock(Clock::Real).build();
    let slept = sched.spawn(|| sleep(Duration::from_micros(1)).unwrap());
    let spinner = sched.spawn_with(coros::Builder::new().daemon(true), || {
        loop {
            yield_now();
        }
    });
    sched
        .run()
        .expect("the sleeper ends, though a daemon is always ready");
    assert!(slept.join().is_ok());
    assert!(spinner.unwrap().is_finished());
}

#[test]
fn sleepers_do_not_starve_ready_tasks_in_real_time() {
    let mut sched = Scheduler::builder().clock(Clock::Real).build();
    let naps = coros::Builder::new().daemon(true);
    let naps = sched.spawn_with(naps, || {
        loop {
            sleep(Duration::ZERO).unwrap();
        }
    });
    sched.spawn(|| (0..1_000).for_each(|_| yield_now()));
    sched.run().unwrap();
    assert!(naps.unwrap().is_finished());
}

#[test]
fn a_killed_sleeper_leaves_no_timer() {
    let mut sched = scheduler();
    let sleepers: Vec<_> = (0..1_000)
        .map(|hours| {
            sched
                .spawn(move || sleep(seconds(3_600 * (hours + 1))))
                .tid()
        })
        .collect();
    let elapsed = sched.spawn(move || {
        let before = call(Now);
        for sleeper in sleepers {
            call(coros::syscall::KillTask(sleeper)).unwrap();
        }
        sleep(seconds(1)).unwrap();
        call(Now) - before
    });
    let report = sched.run().unwrap();
    assert_eq!(elapsed.join().unwrap(), seconds(1));
    sched.spawn(common::park_for_ever);
    assert!(sched.run().is_err(), "no timer is left to wait for");
    assert_eq!(report.killed, 1_000);
}

#[test]
fn two_schedulers_keep_their_own_time() {
    let (mut slow, mut fast) = (scheduler(), scheduler());
    let slept = |duration| {
        move || {
            let before = call(Now);
            sleep(duration).unwrap();
            call(Now) - before
        }
    };
    let (a, b) = (slow.spawn(slept(seconds(1))), fast.spawn(slept(seconds(9))));
    fast.run().unwrap();
    slow.run().unwrap();
    assert_eq!(
        (a.join().unwrap(), b.join().unwrap()),
        (seconds(1), seconds(9))
    );
}
