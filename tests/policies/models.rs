//! Policies agree with their definitions, millisecond for millisecond, on thousands of random job lists.

use std::collections::BTreeMap;
use std::time::Duration;

use coros::kernel::{Policy, Runnable, SchedParams};
use coros::policy::{Lottery, Mlfq, OnWait, Random, RoundRobin, Sjf, Stcf};
use coros::{Scheduler, Task, Tid};

use crate::dice::{Dice, for_seeds};
use crate::machine::{Job, ms, run};
use crate::ticks::{self, Levels, Timeline, Work};

/// How many job lists.
const SEEDS: u64 = 1_000;

fn works(dice: &mut Dice) -> Vec<Work> {
    let waits = !dice.once_in(3);
    let jobs = dice.within(1..=6);
    let work = |_| Work {
        start: dice.within(0..=3) * dice.within(0..=15),
        length: dice.within(1..=60),
        every: if waits { dice.within(0..=12) } else { 0 },
        io: dice.within(1..=15),
    };
    (0..jobs).map(work).collect()
}

#[track_caller]
fn check(policy: impl Policy + 'static, works: &[Work], by_definition: Timeline) {
    let job = |work: &Work| {
        let every = if work.every == 0 {
            work.length
        } else {
            work.every
        };
        let claim = SchedParams::new().burst(ms(work.length));
        let job = Job::with_io(work.length, every, work.io);
        job.at(work.start).claim(claim)
    };
    let jobs: Vec<_> = works.iter().map(job).collect();
    let line = run(policy, 1, &jobs).timeline();
    let parts = line.iter().zip(&by_definition).position(|(a, b)| a != b);
    assert_eq!(line, by_definition, "{works:?} part at {parts:?} ms");
}

#[test]
fn the_shortest_job_is_always_next() {
    for_seeds(SEEDS, |dice| {
        let works = works(dice);
        let expected = ticks::smallest_key(&works, false, |work, _| work.length);
        check(Sjf::new(), &works, expected);
    });
}

#[test]
fn the_job_with_least_left_always_runs() {
    for_seeds(SEEDS, |dice| {
        let works = works(dice);
        let expected = ticks::smallest_key(&works, true, |work, ran| work.length - ran);
        check(Stcf::new(), &works, expected);
    });
}

/// All orders of a list.
fn permutations(list: &[Work]) -> Vec<Vec<Work>> {
    if list.is_empty() {
        return vec![Vec::new()];
    }
    let first_and_rest = (0..list.len()).map(|at| {
        let mut rest = list.to_vec();
        (rest.remove(at), rest)
    });
    let all = first_and_rest.flat_map(|(first, rest)| {
        let orders = permutations(&rest).into_iter();
        orders.map(move |rest| [vec![first], rest].concat())
    });
    all.collect()
}

#[test]
fn the_order_of_the_list_makes_no_difference_to_the_least_left() {
    for_seeds(100, |dice| {
        let work = |_| Work {
            start: dice.within(0..=8),
            length: dice.within(1..=8),
            every: 0,
            io: 1,
        };
        let works: Vec<_> = (0..4).map(work).collect();
        let figures = |order: Vec<Work>| {
            let job = |work: &Work| Job::burst(work.length).at(work.start);
            let jobs: Vec<_> = order.iter().map(job).collect();
            let run = run(Stcf::new(), 1, &jobs);
            let mut ends: Vec<_> = (0..jobs.len()).map(|job| run.end(job)).collect();
            ends.sort_unstable();
            (ends, run.turnarounds().iter().sum::<u64>(), run.switches())
        };
        let mut told: Vec<_> = permutations(&works).into_iter().map(figures).collect();
        assert_eq!(told.len(), 24);
        told.dedup();
        assert_eq!(told.len(), 1, "{works:?}: {told:?}");
    });
}

#[test]
fn round_robin_goes_round() {
    for_seeds(SEEDS, |dice| {
        let works = works(dice);
        let quantum = dice.within(1..=12);
        let expected = ticks::round_robin(&works, quantum);
        check(RoundRobin::new(ms(quantum)), &works, expected);
    });
}

#[test]
fn the_feedback_queue_is_the_books() {
    for_seeds(3 * SEEDS, |dice| {
        let works = works(dice);
        let boosted = !dice.once_in(3);
        let rules = Levels {
            queues: dice.within(1..=4) as usize,
            quantum: dice.within(1..=10),
            allotment: dice.within(1..=3),
            boost: if boosted { dice.within(1..=60) } else { 0 },
            renews: dice.once_in(3),
        };
        let mut policy = Mlfq::new()
            .queues(rules.queues)
            .quantum(ms(rules.quantum))
            .allotment(ms(rules.quantum * rules.allotment));
        if rules.boost > 0 {
            policy = policy.boost(ms(rules.boost));
        }
        if rules.renews {
            policy = policy.on_wait(OnWait::Renew);
        }
        check(policy, &works, ticks::feedback_queue(&works, rules));
    });
}

/// A scheduler's tasks, for policies that are asked by hand.
fn tids(count: usize) -> (Scheduler, Vec<Tid>) {
    let mut sched = Scheduler::new();
    let task = |_| sched.create_task(Task::new(|| {}));
    let tids = (0..count).map(task).collect();
    (sched, tids)
}

/// The task that has a ticket, by counting all before it.
fn holder(tickets: &BTreeMap<Tid, u32>, draw: u64) -> Option<Tid> {
    let all: u64 = tickets.values().map(|count| u64::from(*count)).sum();
    let mut left = draw.checked_rem(all)?;
    let mut tickets = tickets.iter();
    let here = tickets.find(|(_, count)| {
        let count = u64::from(**count);
        let is_here = left < count;
        left = left.saturating_sub(count);
        is_here
    });
    here.map(|(task, _)| *task)
}

#[test]
fn a_lottery_counts_tickets_in_the_order_of_numbers() {
    let (_sched, tids) = tids(600);
    for_seeds(30, |dice| {
        let draws: Vec<_> = (0..1_000).map(|_| dice.within(0..=u64::MAX - 1)).collect();
        let mut policy = Lottery::with_draws(draws.iter().copied(), 0);
        let (mut ready, mut drawn) = (BTreeMap::new(), draws.iter());
        // At first only the lowest numbers take part.
        let mut highest = 1;
        for _ in 0..2_000 {
            highest = (highest + dice.within(0..=1)).min(tids.len() as u64 - 1);
            let task = tids[dice.within(0..=highest) as usize];
            let weight = dice.within(1..=1_000) as u32;
            let claim = SchedParams::new().weight(weight);
            if ready.contains_key(&task) && dice.once_in(2) {
                policy.set_params(task, &claim, Duration::ZERO);
                ready.insert(task, weight);
            } else if ready.remove(&task).is_some() {
                policy.dequeue(task);
            } else {
                policy.admit(task, &claim, Duration::ZERO);
                policy.enqueue(task, Runnable::New, Duration::ZERO);
                ready.insert(task, weight);
            }
            if !ready.is_empty() && dice.once_in(3) && drawn.len() > 0 {
                let expected = holder(&ready, *drawn.next().unwrap()).unwrap();
                let picked = policy.pick(Duration::ZERO).map(|pick| pick.task);
                assert_eq!(picked, Some(expected));
                ready.remove(&expected);
            }
        }
    });
}

#[test]
fn by_lot_each_is_as_likely_as_the_others() {
    let (_sched, tids) = tids(40);
    let mut policy = Random::new(1);
    for task in &tids {
        policy.enqueue(*task, Runnable::New, Duration::ZERO);
    }
    let mut picks: BTreeMap<Tid, u32> = BTreeMap::new();
    for _ in 0..40_000 {
        let task = policy.pick(Duration::ZERO).unwrap().task;
        *picks.entry(task).or_default() += 1;
        policy.enqueue(task, Runnable::Answered, Duration::ZERO);
    }
    assert_eq!(picks.len(), tids.len());
    for (task, count) in picks {
        assert!(count.abs_diff(1_000) < 200, "{task}: {count} of 1000");
    }
}
