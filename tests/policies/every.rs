//! What holds for every policy: whatever tasks do, all get done, and no CPU is idle that could be used.

use std::time::Duration;

use coros::kernel::{OffCpu, SchedParams};
use coros::policy::NAMES;

use crate::dice::{Dice, OnPanic, for_seeds};
use crate::machine::{Act, Job, Run, Stay, ms, policy, run};

/// How many programs for each policy.
const SEEDS: u64 = 150;

/// What a program may do beside computing, sleeping and yielding.
#[derive(Clone, Copy, PartialEq)]
enum Mix {
    Locks,
    Kills,
    Changes,
}

fn act(dice: &mut Dice, mix: Mix, jobs: u64) -> Act {
    match dice.within(0..=9) {
        0..=4 => Act::Compute(dice.within(0..=15)),
        5 | 6 => Act::Sleep(dice.within(0..=15)),
        7 => Act::Yield,
        _ => match mix {
            Mix::Locks => Act::Inside(dice.within(0..=2) as usize, dice.within(0..=9)),
            Mix::Kills => Act::Kill(dice.within(0..=jobs - 1) as usize),
            Mix::Changes if dice.once_in(2) => Act::Switch(dice.within(0..=12) as usize),
            Mix::Changes => Act::SchedParams(dice.within(0..=9) as u32),
        },
    }
}

fn claim(dice: &mut Dice) -> SchedParams {
    let mut claim = SchedParams::new();
    if dice.once_in(2) {
        claim = claim.weight(dice.within(0..=2000) as u32);
    }
    if dice.once_in(2) {
        claim = claim.priority(dice.within(0..=3) as i32 - 1);
    }
    if dice.once_in(2) {
        claim = claim.burst(ms(dice.within(0..=40)));
    }
    if dice.once_in(2) {
        claim = claim.period(ms(dice.within(0..=40)));
    }
    if dice.once_in(2) {
        claim = claim.request(ms(dice.within(1..=20)));
    }
    claim
}

fn program(dice: &mut Dice, mix: Mix) -> Vec<Job> {
    let jobs = dice.within(1..=8);
    let job = |_| {
        let acts = dice.within(0..=8);
        let acts: Vec<_> = (0..acts).map(|_| act(dice, mix, jobs)).collect();
        let arrival = dice.within(0..=3) * dice.within(0..=10);
        Job::new(acts).at(arrival).claim(claim(dice))
    };
    (0..jobs).map(job).collect()
}

/// Runs random programs on 1 to 4 CPUs under every policy.
fn for_programs(mix: Mix, test: impl Fn(&Run, &[Job], u32)) {
    for (which, name) in NAMES.iter().enumerate() {
        for_seeds(SEEDS, |dice| {
            let jobs = program(dice, mix);
            let cpus = dice.within(1..=4) as u32;
            let policy = policy(which, dice.within(0..=100));
            let context = OnPanic(format!("{name} on {cpus} CPUs: {jobs:?}"));
            test(&run(policy, cpus, &jobs), &jobs, cpus);
            drop(context);
        });
    }
}

/// What two stays have in common.
fn overlap(a: &Stay, b: &Stay) -> Duration {
    a.to.min(b.to).saturating_sub(a.from.max(b.from))
}

/// Nobody is on two CPUs at once, and no CPU has two tasks.
fn assert_no_overlaps(run: &Run) {
    for (at, a) in run.stays.iter().enumerate() {
        for b in &run.stays[at + 1..] {
            let related = a.job == b.job || a.cpu == b.cpu;
            assert!(!related || overlap(a, b).is_zero(), "{a:?} and {b:?}");
        }
    }
}

/// While somebody is ready, all CPUs are busy.
fn assert_work_conserving(run: &Run, cpus: u32) {
    for (at, next) in run.stays.iter().enumerate() {
        // Ready since it last left a CPU, or since it was woken.
        let before = run.stays[..at].iter().rfind(|stay| stay.job == next.job);
        let Some(before) = before else { continue };
        let since = match before.why {
            OffCpu::Blocked => {
                let wakes = run.wakes.iter().filter(|(job, _)| *job == next.job);
                let times = wakes.map(|(_, time)| *time);
                times.filter(|time| *time <= next.from).max()
            }
            _ => Some(before.to),
        };
        let Some(since) = since else { continue };
        let waited = Stay {
            from: since,
            to: next.from.max(since),
            ..*next
        };
        let busy: Duration = run.stays.iter().map(|stay| overlap(stay, &waited)).sum();
        assert_eq!(
            busy,
            (waited.to - waited.from) * cpus,
            "{waited:?} was in vain"
        );
    }
}

fn assert_all_done(run: &Run, jobs: &[Job]) {
    for (job, wanted) in jobs.iter().enumerate() {
        assert_eq!(run.used(job, u64::MAX / 2), ms(wanted.work()), "job {job}");
        let ends = run
            .stays
            .iter()
            .filter(|stay| stay.job == job && stay.why == OffCpu::Ended);
        assert_eq!(ends.count(), 1, "job {job}");
    }
}

#[test]
fn all_that_is_asked_for_gets_done() {
    for_programs(Mix::Locks, |run, jobs, cpus| {
        assert_all_done(run, jobs);
        assert_no_overlaps(run);
        assert_work_conserving(run, cpus);
    });
}

#[test]
fn policies_and_claims_may_change_in_the_middle() {
    for_programs(Mix::Changes, |run, jobs, cpus| {
        assert_all_done(run, jobs);
        assert_no_overlaps(run);
        assert_work_conserving(run, cpus);
    });
}

#[test]
fn killed_tasks_leave_the_others_in_order() {
    for_programs(Mix::Kills, |run, jobs, cpus| {
        for (job, wanted) in jobs.iter().enumerate() {
            assert!(
                run.used(job, u64::MAX / 2) <= ms(wanted.work()),
                "job {job}"
            );
        }
        assert_no_overlaps(run);
        assert_work_conserving(run, cpus);
    });
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for (which, name) in NAMES.iter().enumerate() {
        for_seeds(20, |dice| {
            let jobs = program(dice, Mix::Locks);
            let [first, second] = [0, 0].map(|_| run(policy(which, 7), 2, &jobs).stays);
            assert_eq!(first, second, "{name}");
        });
    }
}
