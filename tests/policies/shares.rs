//! Who shares the CPU has its share: by weight, from when it comes, and nobody starves.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Policy, SchedParams};
use coros::policy::{Eevdf, Fair, Lottery, Settings, Stride, by_name};
use coros::syscall::Compute;
use coros::{Clock, Scheduler, call, yield_now};

use crate::machine::{Act, Job, ms, run};

fn boxed(policy: impl Policy + 'static) -> Box<dyn Policy> {
    Box::new(policy)
}

/// Those that share by weight.
fn sharing() -> [Box<dyn Policy>; 4] {
    [
        boxed(Lottery::new(1)),
        boxed(Stride::new()),
        boxed(Fair::new()),
        boxed(Eevdf::new()),
    ]
}

fn weighing(length: u64, weight: u32) -> Job {
    Job::burst(length).claim(SchedParams::new().weight(weight))
}

#[track_caller]
fn assert_near(used: Duration, expected: u64, tolerance: u64, policy: &str) {
    let used = used.as_millis() as u64;
    let off = used.abs_diff(expected);
    assert!(off <= tolerance, "{policy}: {used} ms, not {expected}");
}

#[test]
fn shares_are_as_weights() {
    for policy in sharing() {
        let name = policy.name().into_owned();
        let jobs = [1000, 2000, 5000].map(|weight| weighing(100_000, weight));
        let run = run(policy, 1, &jobs);
        let tolerance = if name == "lottery" { 4_000 } else { 50 };
        for (job, expected) in [10_000, 20_000, 50_000].into_iter().enumerate() {
            assert_near(run.used(job, 80_000), expected, tolerance, &name);
        }
    }
}

#[test]
fn shares_on_two_cpus_are_as_weights_as_long_as_nobody_wants_both() {
    for policy in sharing() {
        let name = policy.name().into_owned();
        let jobs = [1000, 1000, 2000].map(|weight| weighing(100_000, weight));
        let run = run(policy, 2, &jobs);
        // A lottery for each CPU: whoever is on the other one takes no part.
        let tolerance = if name == "lottery" { 8_000 } else { 100 };
        for (job, expected) in [20_000, 20_000, 40_000].into_iter().enumerate() {
            assert_near(run.used(job, 40_000), expected, tolerance, &name);
        }
    }
}

#[test]
fn nobody_saves_up_what_it_did_not_use() {
    for policy in sharing() {
        let name = policy.name().into_owned();
        let back = Job::new([Act::Sleep(10_000), Act::Compute(50_000)]);
        let late = Job::burst(50_000).at(20_000);
        let run = run(policy, 1, &[Job::burst(50_000), back, late]);
        let tolerance = if name == "lottery" { 1_500 } else { 50 };
        assert_near(run.used(1, 20_000), 5_000, tolerance, &name);
        assert_near(run.used(2, 35_000), 5_000, tolerance, &name);
    }
}

#[test]
fn a_change_of_weight_counts_from_then_on() {
    let changes = [
        Act::SchedParams(1),
        Act::Compute(10_000),
        Act::SchedParams(3),
        Act::Compute(90_000),
    ];
    let other = [Act::SchedParams(1), Act::Compute(100_000)];
    for policy in sharing() {
        let name = policy.name().into_owned();
        let run = run(policy, 1, &[Job::new(changes), Job::new(other)]);
        let changed = run.used(0, 60_000) - run.used(0, 40_000);
        let tolerance = if name == "lottery" { 1_500 } else { 100 };
        assert_near(changed, 15_000, tolerance, &name);
    }
}

/// Tasks that only make calls take no virtual time, and yet must let others get on.
#[test]
fn calls_that_take_no_time_starve_nobody() {
    let fair = [
        "fifo", "rr", "mlfq", "lottery", "stride", "fair", "eevdf", "random",
    ];
    for name in fair {
        let settings = Settings::default();
        let mut sched = Scheduler::builder()
            .clock(Clock::Virtual)
            .policy(by_name(name, &settings).unwrap())
            .build();
        let done = Rc::new(Cell::new(false));
        let seen = Rc::clone(&done);
        sched.spawn(move || {
            while !seen.get() {
                yield_now();
            }
        });
        sched.spawn(move || {
            call(Compute(ms(100))).unwrap();
            done.set(true);
        });
        let report = sched.run().unwrap();
        assert_eq!(report.policies_dropped, 0, "{name}");
    }
}

#[test]
fn small_requests_are_served_sooner_and_get_no_more() {
    let claim = |request| SchedParams::new().request(ms(request));
    let jobs = [
        Job::burst(1_000).claim(claim(50)),
        Job::burst(1_000).claim(claim(5)),
    ];
    let policy = Eevdf::new().quantum(ms(50));
    let run = run(policy, 1, &jobs);
    assert_near(run.used(0, 1_000), 500, 50, "long requests");
    let longest = |job| {
        run.stays
            .iter()
            .filter(|stay| stay.job == job)
            .map(|stay| stay.to - stay.from)
            .max()
    };
    assert_eq!(longest(0), Some(ms(50)));
    assert_eq!(longest(1), Some(ms(5)));
}
