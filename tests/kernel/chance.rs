//! What is drawn by lot comes of the seed alone, in streams that do not touch one another.

use coros::syscall::{Fault, Random};
use coros::{Clock, Scheduler, call, run, select, yield_now};

/// Runs a program with a seed, in virtual time.
fn seeded<T: 'static>(seed: u64, main: impl FnOnce() -> T + 'static) -> T {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .seed(seed)
        .build();
    let main = sched.spawn(main);
    sched.run().unwrap();
    main.join().unwrap()
}

fn draws() -> Vec<u64> {
    (0..20).map(|_| call(Random)).collect()
}

#[test]
fn one_seed_draws_the_same_numbers_and_another_draws_others() {
    assert_eq!(seeded(1, draws), seeded(1, draws));
    assert_ne!(seeded(1, draws), seeded(2, draws));
    let all = (0..100)
        .map(|seed| seeded(seed, draws))
        .collect::<std::collections::BTreeSet<_>>();
    assert_eq!(all.len(), 100);
}

#[test]
fn faults_and_choices_do_not_disturb_what_programs_draw() {
    let disturbed = || {
        let draw = |_| {
            call(Fault::once_in(2));
            let _ = select! {
                _ = coros::syscall::Yield => 1,
                _ = coros::syscall::Yield => 2,
            };
            call(Random)
        };
        (0..20).map(draw).collect::<Vec<_>>()
    };
    assert_eq!(seeded(7, draws), seeded(7, disturbed));
}

#[test]
fn a_fault_happens_as_often_as_it_should() {
    let count = |times| {
        seeded(3, move || {
            (0..6000).filter(|_| call(Fault::once_in(times))).count()
        })
    };
    assert_eq!((count(0), count(1)), (0, 6000));
    assert!((1800..2200).contains(&count(3)), "{}", count(3));
}

#[test]
fn which_ready_branch_a_select_takes_comes_of_the_seed() {
    let choices = || {
        let choose = |_| {
            yield_now();
            select! {
                _ = coros::syscall::Yield => 1,
                _ = coros::syscall::Yield => 2,
            }
            .unwrap()
        };
        (0..40).map(choose).collect::<Vec<_>>()
    };
    assert_eq!(seeded(5, choices), seeded(5, choices));
    assert_ne!(seeded(5, choices), seeded(6, choices));
}

#[test]
fn without_a_seed_there_is_one_all_the_same() {
    assert_eq!(run(draws).unwrap(), seeded(0, draws));
}
