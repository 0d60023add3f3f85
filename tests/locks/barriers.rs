//! Barriers: rounds, and what breaks them.

use coros::kernel::Why;
use coros::sync::{Barrier, BarrierError, BarrierWaitResult};
use coros::{JoinHandle, Scope, spawn, timeout, yield_now};

use crate::common::{self, run, scheduler, seconds};

type Passed = Result<BarrierWaitResult, BarrierError>;

/// A task that has come to the barrier.
fn party(barrier: &Barrier) -> JoinHandle<Passed> {
    let barrier = barrier.clone();
    let party = spawn(move || barrier.wait());
    yield_now();
    party
}

#[test]
fn all_parties_pass_together_round_after_round() {
    run(|| {
        let barrier = Barrier::new(3);
        for _ in 0..5 {
            let parties = [(); 3].map(|()| party(&barrier));
            let passed = parties.map(|party| party.join().unwrap().unwrap());
            assert_eq!(passed.map(|passed| passed.index()), [0, 1, 2]);
            assert_eq!(
                passed.map(|passed| passed.is_leader()),
                [false, false, true]
            );
        }
        assert_eq!((barrier.waiting(), barrier.parties()), (0, 3));
    });
}

#[test]
fn a_barrier_for_one_keeps_nobody_waiting() {
    run(|| assert!(Barrier::new(1).wait().unwrap().is_leader()));
}

#[test]
#[should_panic(expected = "a barrier without parties: no task could pass it")]
fn a_barrier_for_nobody_is_refused() {
    let _ = Barrier::new(0);
}

#[test]
fn a_cancelled_waiter_breaks_the_barrier_for_the_others() {
    run(|| {
        let barrier = Barrier::new(3);
        let [first, second] = [(); 2].map(|()| party(&barrier));
        first.cancel("no time");
        match first.join().unwrap() {
            Err(BarrierError::Interrupted(why)) => assert_eq!(why.why(), Why::Cancelled),
            other => panic!("{other:?}"),
        }
        assert_eq!(second.join().unwrap(), Err(BarrierError::Broken));
        assert_eq!(barrier.wait(), Err(BarrierError::Broken), "newcomers, too");
        assert!(barrier.is_broken() && barrier.waiting() == 0);
    });
}

#[test]
fn a_waiter_that_is_killed_or_out_of_time_breaks_the_barrier() {
    run(|| {
        let barrier = Barrier::new(3);
        let [killed, other] = [(); 2].map(|()| party(&barrier));
        killed.kill().unwrap();
        assert_eq!(other.join().unwrap(), Err(BarrierError::Broken));
        barrier.reset();
        assert!(!barrier.is_broken());
        let other = party(&barrier);
        assert!(timeout(seconds(1), || barrier.wait()).is_err());
        assert_eq!(other.join().unwrap(), Err(BarrierError::Broken));
        assert_eq!(barrier.waiting(), 0);
    });
}

#[test]
fn a_cancel_after_the_last_arrival_comes_too_late() {
    run(|| {
        let barrier = Barrier::new(2);
        let first = party(&barrier);
        let cancels = spawn({
            let (barrier, tid) = (barrier.clone(), first.tid());
            move || {
                let passed = barrier.wait().unwrap();
                (passed.is_leader(), tid)
            }
        });
        yield_now();
        first.cancel("too late");
        assert!(first.join().unwrap().is_ok());
        assert!(cancels.join().unwrap().0);
        assert!(!barrier.is_broken());
    });
}

#[test]
fn a_cancel_posted_in_the_step_of_the_last_arrival_tears_no_round_apart() {
    run(|| {
        let (barrier, scope) = (Barrier::new(2), Scope::new());
        let first = spawn({
            let (barrier, scope) = (barrier.clone(), scope.clone());
            move || scope.run(|| barrier.wait())
        });
        while barrier.waiting() == 0 {
            yield_now();
        }
        scope.cancel("in the same step");
        assert!(barrier.wait().is_ok());
        let passed = first.join().unwrap();
        assert!(passed.expect("no wait was broken off").is_ok());
    });
}

#[test]
fn abort_breaks_the_barrier_until_it_is_reset() {
    run(|| {
        let barrier = Barrier::new(3);
        let parties = [(); 2].map(|()| party(&barrier));
        barrier.abort();
        barrier.reset();
        parties
            .into_iter()
            .for_each(|party| assert_eq!(party.join().unwrap(), Err(BarrierError::Broken)));
        let parties = [(); 3].map(|()| party(&barrier));
        parties
            .into_iter()
            .for_each(|party| assert!(party.join().unwrap().is_ok()));
    });
}

#[test]
fn a_reset_turns_away_those_who_wait() {
    run(|| {
        let barrier = Barrier::new(2);
        let old = party(&barrier);
        barrier.reset();
        let new = [(); 2].map(|()| party(&barrier));
        assert_eq!(old.join().unwrap(), Err(BarrierError::Broken));
        new.into_iter()
            .for_each(|party| assert!(party.join().unwrap().is_ok()));
    });
}

#[test]
fn a_thousand_timed_out_waits_leave_no_entry() {
    run(|| {
        let barrier = Barrier::new(2);
        for _ in 0..1_000 {
            assert!(timeout(seconds(1), || barrier.wait()).is_err());
            barrier.reset();
        }
        yield_now();
        assert_eq!(barrier.waiting(), 0);
    });
}

#[test]
fn a_stuck_run_names_the_party_that_does_not_come() {
    let mut sched = scheduler();
    let barrier = Barrier::new(2).named("lap");
    let [faithful, faithless] = [2, 1].map(|laps| {
        let barrier = barrier.clone();
        sched.spawn(move || {
            for _ in 0..laps {
                barrier.wait().unwrap();
            }
            if laps == 1 {
                common::park_for_ever();
            }
        })
    });
    let stuck = sched.run().unwrap_err();
    let waits = |tid| stuck.tasks().iter().find(|task| task.tid == tid).unwrap();
    assert_eq!(waits(faithful.tid()).holders, [faithless.tid()]);
    assert!(stuck.to_string().contains("barrier 'lap'"), "{stuck}");
}
