//! The rules of single policies: inheritance, preemption, ties, and what they say of themselves.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Policy, Runnable, SchedParams};
use coros::policy::{
    Edf, Eevdf, Fair, Fifo, Lottery, Mlfq, NAMES, Priority, Random, RoundRobin, Scripted, Settings,
    Sjf, Stcf, Stride, by_name,
};
use coros::sync::Mutex;
use coros::syscall::Compute;
use coros::{Builder, Clock, Scheduler, Task, Tid, call, yield_now};

use crate::machine::{Act, Job, Run, ms, run};

/// Starts a task of some priority after a while; says when it ends.
fn start(
    sched: &mut Scheduler,
    priority: i32,
    after: u64,
    body: impl FnOnce() + 'static,
) -> Rc<Cell<Duration>> {
    let ended = Rc::new(Cell::new(Duration::MAX));
    let (said, start) = (Rc::clone(&ended), sched.now());
    let claim = SchedParams::new().priority(priority);
    let builder = Builder::new().arrival(ms(after)).claim(claim);
    let body = move || {
        body();
        said.set(call(coros::syscall::Now) - start);
    };
    sched.spawn_with(builder, body).unwrap();
    ended
}

fn by_priority() -> Scheduler {
    let builder = Scheduler::builder().clock(Clock::Virtual);
    builder.policy(Priority::new()).build()
}

fn hold(lock: &Mutex<()>, time: u64) -> impl FnOnce() + 'static {
    let lock = lock.clone();
    move || {
        let _guard = lock.lock().unwrap();
        call(Compute(ms(time))).unwrap();
    }
}

#[test]
fn a_holder_is_as_urgent_as_whoever_waits_for_it() {
    let (mut sched, lock) = (by_priority(), Mutex::new(()));
    let low = start(&mut sched, 1, 0, hold(&lock, 10));
    let middle = start(&mut sched, 2, 2, || call(Compute(ms(100))).unwrap());
    let high = start(&mut sched, 3, 4, hold(&lock, 5));
    sched.run().unwrap();
    // Alone for 2 ms; the middle one has 2; then the holder has its 8, and the high one its 5.
    assert_eq!(high.get(), ms(17));
    assert_eq!(middle.get(), ms(115));
    assert_eq!(low.get(), ms(12));
}

#[test]
fn urgency_reaches_through_chains_of_holders() {
    let (mut sched, first, second) = (by_priority(), Mutex::new(()), Mutex::new(()));
    start(&mut sched, 1, 0, hold(&first, 10));
    let (outer, inner) = (second.clone(), first.clone());
    start(&mut sched, 2, 2, move || {
        let _outer = outer.lock().unwrap();
        hold(&inner, 3)();
    });
    let hog = start(&mut sched, 5, 4, || call(Compute(ms(100))).unwrap());
    let high = start(&mut sched, 9, 5, hold(&second, 1));
    sched.run().unwrap();
    // The hog has one millisecond before the high one comes, and the chain of 6 + 3 + 1 goes first.
    assert_eq!(high.get(), ms(15));
    assert_eq!(hog.get(), ms(114));
}

#[test]
fn a_preempted_task_goes_on_before_its_equals_with_the_rest_of_its_quantum() {
    let urgent = SchedParams::new().priority(1);
    let jobs = [
        Job::burst(8),
        Job::burst(8),
        Job::burst(2).at(3).claim(urgent),
    ];
    let run = run(Priority::new().quantum(ms(4)), 1, &jobs);
    let ends = |run: &Run| {
        run.stays
            .iter()
            .map(|stay| (stay.job, stay.to.as_millis()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ends(&run),
        [(0, 3), (2, 5), (0, 6), (1, 10), (0, 14), (1, 18)]
    );
}

#[test]
fn a_sleeper_preempts_a_hog_that_is_far_ahead() {
    let sleeper = Job::new([Act::Sleep(50), Act::Compute(1)]);
    let ended = run(Fair::new(), 1, &[sleeper, Job::burst(100)]).end(0);
    assert_eq!(ended, 51);
}

#[test]
fn whoever_wakes_just_behind_waits_for_the_slice() {
    let sleeper = Job::new([Act::Sleep(4), Act::Compute(1)]);
    let ended = run(Fair::new(), 1, &[sleeper, Job::burst(100)]).end(0);
    assert_eq!(ended, 49, "the hog had its latency of 48 ms first");
}

#[test]
fn who_has_no_deadline_comes_last() {
    let soon = SchedParams::new().deadline(ms(50));
    let late = SchedParams::new().deadline(ms(80));
    let jobs = [
        Job::burst(10),
        Job::burst(10).claim(late.clone()),
        Job::burst(10).claim(late),
        Job::burst(10).at(5).claim(soon),
    ];
    assert_eq!(run(Edf::new(), 1, &jobs).turnarounds(), [40, 20, 30, 10]);
}

#[test]
fn an_equal_key_is_no_reason_to_preempt() {
    // When the first job comes, both have 5 ms left, the same weight, priority and period, and their
    // deadlines at 40 ms.
    let claim = |burst, deadline| {
        let claim = SchedParams::new().burst(ms(burst)).deadline(ms(deadline));
        claim.period(ms(50))
    };
    let jobs = [
        Job::burst(5).at(3).claim(claim(5, 37)),
        Job::burst(8).claim(claim(8, 40)),
    ];
    let never_equal = ["rr", "lottery", "stride", "eevdf", "random"];
    for name in NAMES.iter().filter(|name| !never_equal.contains(name)) {
        let settings = Settings {
            quantum: (*name == "mlfq").then_some(ms(20)),
            ..Settings::default()
        };
        let run = run(by_name(name, &settings).unwrap(), 1, &jobs);
        assert_eq!(run.turnarounds(), [10, 8], "{name}");
        assert_eq!(run.switches(), 1, "{name}");
    }
}

#[test]
fn on_several_cpus_an_equal_key_preempts_nobody_either() {
    let claim = |burst, deadline| SchedParams::new().burst(ms(burst)).deadline(ms(deadline));
    let jobs = [
        Job::burst(6).at(2).claim(claim(6, 28)),
        Job::burst(8).claim(claim(8, 30)),
        Job::burst(8).claim(claim(8, 30)),
    ];
    for name in ["stcf", "priority", "rm", "edf", "mlfq", "fair"] {
        let policy = by_name(name, &Settings::default()).unwrap();
        assert_eq!(run(policy, 2, &jobs).turnarounds(), [12, 8, 8], "{name}");
    }
}

#[test]
fn unclaimed_bursts_are_guessed_by_those_before() {
    // Guesses: 10, then 6, then 4; the claims in between tell them.
    let guessed = Job::new([
        Act::Compute(2),
        Act::Sleep(10),
        Act::Compute(2),
        Act::Sleep(30),
        Act::Compute(2),
    ]);
    let claims = |arrival, length| Job::burst(length).at(arrival);
    let blocker = claims(11, 10);
    let jobs = [guessed, blocker, claims(12, 5), claims(13, 7)];
    let run = run(Sjf::new().first_guess(ms(10)), 1, &jobs);
    let order: Vec<_> = run.stays.iter().map(|stay| stay.job).collect();
    assert_eq!(order, [0, 1, 2, 0, 3, 0]);
}

#[test]
fn on_several_cpus_the_least_urgent_makes_room() {
    let claim = |burst, priority, period| {
        let claim = SchedParams::new().burst(ms(burst)).priority(priority);
        claim.period(ms(period))
    };
    let jobs = [
        Job::burst(10).claim(claim(10, 2, 50)),
        Job::burst(20).claim(claim(20, 1, 80)),
        Job::burst(5).claim(claim(5, 3, 30)).at(2),
    ];
    for name in ["stcf", "priority", "rm", "edf"] {
        let policy = by_name(name, &Settings::default()).unwrap();
        assert_eq!(run(policy, 2, &jobs).turnarounds(), [10, 25, 5], "{name}");
    }
}

#[test]
fn a_claim_that_changes_counts_for_a_task_that_is_ready() {
    let better = SchedParams::new().burst(ms(1)).priority(1).period(ms(1));
    for name in ["sjf", "stcf", "priority", "rm", "edf"] {
        let mut policy = by_name(name, &Settings::default()).unwrap();
        let (_sched, tids) = two_ready(&mut policy, &SchedParams::new());
        policy.set_params(tids[1], &better, ms(3));
        let picked = policy.pick(ms(3)).map(|pick| pick.task);
        assert_eq!(picked, Some(tids[1]), "{name}");
    }
}

#[test]
fn a_script_is_followed_to_its_end() {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .policy(Scripted::new([3, 3, 1, 2]))
        .build();
    for _ in 0..3 {
        sched.spawn(|| {
            yield_now();
            yield_now();
        });
    }
    let mut order = Vec::new();
    while let Some(step) = sched.step().unwrap() {
        order.push(step.tid.number());
    }
    assert_eq!(order, [3, 3, 1, 2, 3, 1, 2, 1, 2]);
    assert_eq!(sched.report().policies_dropped, 0);
}

#[test]
fn a_script_that_names_nobody_who_is_ready_is_thrown_out() {
    for wrong in [2, 9] {
        let mut sched = Scheduler::builder()
            .clock(Clock::Virtual)
            .policy(Scripted::new([1, wrong]))
            .build();
        sched.spawn(yield_now);
        sched
            .spawn_with(Builder::new().arrival(ms(5)), || {})
            .unwrap();
        let report = sched.run().unwrap();
        assert_eq!(report.policies_dropped, 1, "{wrong}");
    }
}

#[test]
fn an_unknown_policy_is_told_which_there_are() {
    let error = by_name("cfs", &Settings::default())
        .err()
        .unwrap()
        .to_string();
    assert!(error.starts_with("no such policy: cfs"), "{error}");
    for name in NAMES {
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn every_policy_bears_its_name() {
    for name in NAMES {
        assert_eq!(by_name(name, &Settings::default()).unwrap().name(), name);
    }
}

#[test]
fn settings_of_nothing_do_no_harm() {
    let nothing = Settings {
        quantum: Some(Duration::ZERO),
        queues: Some(0),
        allotment: Some(Duration::ZERO),
        boost: Some(Duration::ZERO),
        ..Settings::default()
    };
    let claim = SchedParams::new()
        .weight(0)
        .request(Duration::ZERO)
        .period(Duration::ZERO);
    for name in NAMES {
        let policy = by_name(name, &nothing).unwrap();
        let jobs = [(); 2].map(|()| Job::new([Act::Compute(1)]).claim(claim.clone()));
        assert_eq!(run(policy, 2, &jobs).turnarounds(), [1, 1], "{name}");
    }
}

#[test]
fn settings_without_measure_do_no_harm() {
    let most = Settings {
        quantum: Some(Duration::MAX),
        queues: Some(usize::MAX),
        allotment: Some(Duration::MAX),
        boost: Some(Duration::MAX),
        ..Settings::default()
    };
    let claim = SchedParams::new()
        .weight(u32::MAX)
        .priority(i32::MAX)
        .burst(Duration::MAX)
        .request(Duration::MAX)
        .period(Duration::MAX)
        .deadline(Duration::MAX);
    for name in NAMES {
        let policy = by_name(name, &most).unwrap();
        let acts = [Act::Compute(1), Act::Sleep(1), Act::Compute(1)];
        let jobs = [(); 2].map(|()| Job::new(acts).claim(claim.clone()));
        assert_eq!(run(policy, 2, &jobs).turnarounds(), [3, 3], "{name}");
    }
}

/// Two tasks of a scheduler that are ready under a policy.
fn two_ready(policy: &mut impl Policy, claim: &SchedParams) -> (Scheduler, [Tid; 2]) {
    let mut sched = Scheduler::new();
    let tids = [(); 2].map(|()| sched.create_task(Task::new(|| {})));
    for tid in tids {
        policy.admit(tid, claim, ms(2));
        policy.enqueue(tid, Runnable::New, ms(2));
    }
    (sched, tids)
}

/// What a policy says of the second of two tasks.
fn said(mut policy: impl Policy) -> String {
    let claim = SchedParams::new().burst(ms(7)).weight(250);
    let claim = claim.priority(3).period(ms(40));
    let (_sched, tids) = two_ready(&mut policy, &claim);
    policy.explain(tids[1])
}

#[test]
fn policies_say_by_what_they_choose() {
    assert_eq!(said(Fifo::new()), "");
    assert_eq!(said(RoundRobin::new(ms(1))), "");
    assert_eq!(said(Random::new(1)), "");
    assert_eq!(said(Sjf::new()), "7ms long");
    assert_eq!(said(Stcf::new()), "7ms left");
    assert_eq!(said(Priority::new()), "priority 3");
    assert_eq!(said(Priority::rate_monotonic()), "period 40ms");
    assert_eq!(said(Mlfq::new().quantum(ms(8))), "level 0, 8ms left");
    assert_eq!(said(Lottery::new(1)), "250 of 500 tickets");
    assert_eq!(said(Stride::new()), "pass 0");
    assert_eq!(said(Fair::new()), "virtual runtime 0ns");
    assert_eq!(said(Edf::new()), "due at 42ms");
    assert_eq!(
        said(Eevdf::new()),
        "eligible now, due in 40.96ms of virtual time"
    );
}

#[test]
fn a_policy_takes_over_who_is_ready() {
    let stcf = NAMES.iter().position(|name| *name == "stcf").unwrap();
    let first = Job::new([Act::Compute(30), Act::Switch(stcf)]);
    let run = run(Fifo::new(), 1, &[first, Job::burst(20), Job::burst(10)]);
    assert_eq!(
        run.turnarounds(),
        [30, 60, 40],
        "in order of arrival until the change"
    );
}
