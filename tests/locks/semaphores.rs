//! Semaphores: strict order, permits that are passed on, nothing left behind.

use coros::kernel::Why;
use coros::sync::{BoundedSemaphore, OverReleased, Permit, Semaphore, TryAcquireError};
use coros::syscall::KillTask;
use coros::{JoinHandle, Scheduler, call, sleep, spawn, timeout, yield_now};

use crate::common::{self, Log, run, scheduler, seconds};

/// A task that takes `count` permits, says its name, and hands them over as its value.
fn taker(log: &Log, sem: &Semaphore, name: &'static str, count: usize) -> JoinHandle<Permit> {
    let (log, sem) = (log.clone(), sem.clone());
    let taker = spawn(move || {
        let permit = sem.acquire_many(count).unwrap();
        log.say(name);
        permit
    });
    yield_now();
    taker
}

#[test]
fn permits_are_granted_first_in_first_out() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let sem = Semaphore::new(1);
        let held = sem.acquire().unwrap();
        let takers = ["a", "b", "c"].map(|name| taker(&said, &sem, name, 1));
        assert_eq!(sem.waiters(), 3);
        drop(held);
        takers
            .into_iter()
            .for_each(|taker| drop(taker.join().unwrap()));
        assert_eq!((sem.waiters(), sem.available()), (0, 1));
    });
    assert_eq!(log.take(), ["a", "b", "c"]);
}

#[test]
fn a_newcomer_never_overtakes() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let sem = Semaphore::new(1);
        let held = sem.acquire().unwrap();
        let first = taker(&said, &sem, "first", 1);
        drop(held);
        // The permit is there and the first has not come to take it; it is the first's all the same.
        assert_eq!(sem.available(), 1);
        assert_eq!(sem.try_acquire().unwrap_err(), TryAcquireError::WouldBlock);
        said.say("newcomer queues");
        let newcomer = spawn({
            let sem = sem.clone();
            move || sem.acquire().map(drop)
        });
        drop(first.join().unwrap());
        newcomer.join().unwrap().unwrap();
    });
    assert_eq!(log.take(), ["newcomer queues", "first"]);
}

#[test]
fn the_head_waits_for_all_it_wants_and_nobody_overtakes_it() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let sem = Semaphore::new(0);
        let many = taker(&said, &sem, "three", 3);
        let one = taker(&said, &sem, "one", 1);
        for _ in 0..2 {
            sem.release(1);
            yield_now();
            yield_now();
        }
        assert_eq!((sem.available(), sem.waiters()), (2, 2));
        said.say("two are there");
        sem.add_permits(1);
        assert_eq!(many.join().unwrap().count(), 3);
        drop(one.join().unwrap());
    });
    assert_eq!(log.take(), ["two are there", "three", "one"]);
}

#[test]
fn a_head_that_gives_up_lets_those_behind_it_have_their_permits() {
    run(|| {
        let sem = Semaphore::new(1);
        let greedy = spawn({
            let sem = sem.clone();
            move || sem.acquire_many(5).map(drop).unwrap_err().why()
        });
        let modest = taker(&Log::new(), &sem, "modest", 1);
        yield_now();
        assert_eq!(sem.waiters(), 2);
        greedy.cancel("too greedy");
        assert_eq!(greedy.join().unwrap(), Why::Cancelled);
        drop(modest.join().unwrap());
        assert_eq!((sem.available(), sem.waiters()), (1, 0));
    });
}

#[test]
fn a_permit_granted_to_a_waiter_that_is_then_killed_is_passed_on() {
    for turns in 0..4 {
        run(move || {
            let sem = Semaphore::new(1);
            let held = sem.acquire().unwrap();
            let [doomed, next] = ["doomed", "next"].map(|name| taker(&Log::new(), &sem, name, 1));
            drop(held);
            for _ in 0..turns {
                yield_now();
            }
            let _ = call(KillTask(doomed.tid()));
            drop(doomed);
            drop(next.join().unwrap());
            yield_now();
            assert_eq!((sem.available(), sem.waiters()), (1, 0), "{turns} turns");
        });
    }
}

#[test]
fn a_permit_that_is_released_after_a_cancel_of_the_same_step_goes_to_the_next() {
    run(|| {
        let sem = Semaphore::new(1);
        let held = sem.acquire().unwrap();
        let [first, next] = [(); 2].map(|()| {
            let sem = sem.clone();
            spawn(move || sem.acquire().map(drop))
        });
        yield_now();
        first.cancel("earlier");
        drop(held);
        assert_eq!(first.join().unwrap().unwrap_err().why(), Why::Cancelled);
        next.join().unwrap().unwrap();
        assert_eq!((sem.available(), sem.waiters()), (1, 0));
    });
}

#[test]
fn a_permit_that_is_released_before_a_cancel_of_the_same_step_stays_granted() {
    run(|| {
        let sem = Semaphore::new(1);
        let held = sem.acquire().unwrap();
        let first = spawn({
            let sem = sem.clone();
            move || sem.acquire().map(drop)
        });
        yield_now();
        drop(held);
        first.cancel("later");
        assert_eq!(first.join().unwrap(), Ok(()));
    });
}

#[test]
fn a_permit_released_as_the_time_is_over_is_not_lost() {
    run(|| {
        let sem = Semaphore::new(1);
        let held = sem.acquire().unwrap();
        let [timed, next] = [1, 100].map(|time| {
            let sem = sem.clone();
            spawn(move || timeout(seconds(time), || sem.acquire().is_ok()))
        });
        sleep(seconds(1)).unwrap();
        drop(held);
        assert!(timed.join().unwrap().is_err());
        assert_eq!(next.join().unwrap(), Ok(true));
        assert_eq!((sem.available(), sem.waiters()), (1, 0));
    });
}

#[test]
fn a_thousand_timed_out_waits_leave_no_entry() {
    run(|| {
        let sem = Semaphore::new(1);
        let held = sem.acquire().unwrap();
        for _ in 0..1_000 {
            assert!(timeout(seconds(1), || sem.acquire().is_err()).is_err());
        }
        assert_eq!(sem.waiters(), 0);
        drop(held);
        assert!(sem.try_acquire().is_ok());
    });
}

#[test]
fn a_permit_may_go_to_another_task_and_comes_back_when_that_is_killed() {
    run(|| {
        let sem = Semaphore::new(1);
        let permit = sem.acquire().unwrap();
        let keeper = spawn(move || {
            let _permit = permit;
            common::park_for_ever();
        });
        assert_eq!(sem.available(), 0);
        keeper.kill().unwrap();
        assert_eq!(sem.available(), 1);
    });
}

#[test]
fn a_forgotten_permit_is_gone_until_it_is_released() {
    let sem = Semaphore::new(2);
    sem.try_acquire().unwrap().forget();
    assert_eq!(sem.available(), 1);
    sem.release(4);
    assert_eq!(sem.available(), 5, "more often than acquired");
}

#[test]
fn a_bounded_semaphore_refuses_a_release_too_many() {
    let sem = BoundedSemaphore::new(2);
    let (lent, lost) = (sem.try_acquire().unwrap(), sem.try_acquire().unwrap());
    assert_eq!(
        sem.release(),
        Err(OverReleased { bound: 2 }),
        "both are lent"
    );
    lost.forget();
    assert_eq!((sem.release(), sem.available()), (Ok(()), 1));
    assert_eq!(sem.release(), Err(OverReleased { bound: 2 }));
    drop(lent);
    assert_eq!(sem.available(), 2);
}

#[test]
fn whoever_only_takes_free_permits_does_not_run_for_ever() {
    let mut sched = scheduler();
    let sem = Semaphore::new(1);
    let (mine, theirs) = (sem.clone(), Semaphore::new(0));
    let stop = theirs.clone();
    sched.spawn(move || {
        while stop.try_acquire().is_err() {
            drop(mine.acquire());
        }
    });
    sched.spawn(move || theirs.release(1));
    sched.run().unwrap();
}

#[test]
fn a_stuck_run_names_the_semaphore_and_who_holds_it() {
    let mut sched = Scheduler::new();
    let sem = Semaphore::new(1).named("desk");
    let holder = sched.spawn({
        let sem = sem.clone();
        move || {
            let _desk = sem.acquire().unwrap();
            common::park_for_ever();
        }
    });
    sched.spawn(move || sem.acquire().map(drop));
    let stuck = sched.run().unwrap_err();
    assert_eq!(stuck.tasks()[1].holders, [holder.tid()]);
    assert!(stuck.to_string().contains("semaphore 'desk'"), "{stuck}");
}
