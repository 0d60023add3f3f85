//! Capacity limiters: one token a task, as many as there are at the moment.

use coros::sync::{CapacityLimiter, LimiterError, TryAcquireError};
use coros::{JoinHandle, Tid, call, sleep, spawn, timeout, yield_now};

use crate::common::{run, seconds};

/// A task that holds a token for a second.
fn borrower(limiter: &CapacityLimiter) -> JoinHandle<bool> {
    let limiter = limiter.clone();
    spawn(move || {
        let token = limiter.acquire();
        sleep(seconds(1)).unwrap();
        token.is_ok()
    })
}

#[test]
fn a_task_that_holds_a_token_is_told_so_instead_of_hanging() {
    run(|| {
        let limiter = CapacityLimiter::new(1);
        let token = limiter.acquire().unwrap();
        assert!(matches!(
            limiter.acquire(),
            Err(LimiterError::AlreadyHolds(_))
        ));
        let waiter = borrower(&limiter);
        let asked = call(limiter.acquiring());
        assert!(
            matches!(asked, Err(LimiterError::AlreadyHolds(_))),
            "though others queue"
        );
        drop(token);
        assert!(waiter.join().unwrap());
        drop(limiter.acquire().unwrap());
        assert_eq!((limiter.borrowed(), limiter.waiters()), (0, 0));
    });
}

#[test]
fn a_limiter_that_grows_wakes_as_many_as_it_has_tokens() {
    run(|| {
        let limiter = CapacityLimiter::new(0);
        let borrowers = [(); 5].map(|()| borrower(&limiter));
        yield_now();
        assert_eq!((limiter.borrowed(), limiter.waiters()), (0, 5));
        limiter.set_capacity(3);
        for _ in 0..8 {
            yield_now();
        }
        assert_eq!((limiter.borrowed(), limiter.waiters()), (3, 2));
        borrowers
            .into_iter()
            .for_each(|borrower| assert!(borrower.join().unwrap()));
        assert_eq!((limiter.available(), limiter.waiters()), (3, 0));
    });
}

#[test]
fn a_limiter_that_shrinks_lets_the_borrowed_tokens_drain() {
    run(|| {
        let limiter = CapacityLimiter::new(3);
        let first = [(); 3].map(|()| borrower(&limiter));
        let last = borrower(&limiter);
        yield_now();
        limiter.set_capacity(1);
        assert_eq!((limiter.borrowed(), limiter.available()), (3, 0));
        first
            .into_iter()
            .for_each(|borrower| assert!(borrower.join().unwrap()));
        yield_now();
        assert_eq!((limiter.borrowed(), limiter.available()), (1, 0));
        assert!(last.join().unwrap());
    });
}

#[test]
fn a_waiter_that_is_killed_or_out_of_time_leaves_no_entry() {
    run(|| {
        let limiter = CapacityLimiter::new(1);
        let token = limiter.acquire().unwrap();
        let doomed = borrower(&limiter);
        let late = spawn({
            let limiter = limiter.clone();
            move || timeout(seconds(1), || limiter.acquire().is_err()).is_err()
        });
        let next = borrower(&limiter);
        yield_now();
        doomed.kill().unwrap();
        assert!(late.join().unwrap());
        assert_eq!(limiter.waiters(), 1);
        drop(token);
        assert!(next.join().unwrap());
        assert_eq!((limiter.borrowed(), limiter.waiters()), (0, 0));
    });
}

#[test]
fn a_token_of_a_killed_task_comes_back() {
    run(|| {
        let limiter = CapacityLimiter::new(1);
        let holder = borrower(&limiter);
        let next = borrower(&limiter);
        yield_now();
        holder.kill().unwrap();
        assert!(next.join().unwrap());
    });
}

#[test]
fn a_token_that_is_not_free_at_once_is_not_waited_for() {
    run(|| {
        let limiter = CapacityLimiter::new(1);
        let token = limiter.try_acquire().unwrap();
        let held = limiter.try_acquire().unwrap_err();
        assert_eq!(held, TryAcquireError::AlreadyHolds(Tid::current().unwrap()));
        let theirs = limiter.clone();
        let tried = spawn(move || theirs.try_acquire().map(drop));
        assert_eq!(tried.join().unwrap(), Err(TryAcquireError::WouldBlock));
        let waiter = borrower(&limiter);
        yield_now();
        drop(token);
        let overtakes = limiter.try_acquire().map(drop);
        assert_eq!(
            overtakes,
            Err(TryAcquireError::WouldBlock),
            "another queues"
        );
        assert!(waiter.join().unwrap());
        drop(limiter.try_acquire().unwrap());
        assert_eq!(limiter.available(), 1);
    });
}

#[test]
fn outside_tasks_nothing_counts_as_a_borrower() {
    let limiter = CapacityLimiter::new(2);
    let first = limiter.acquire().unwrap();
    let second = limiter.acquire().unwrap();
    assert_eq!((limiter.borrowed(), limiter.available()), (2, 0));
    assert_eq!(
        format!("{first:?}"),
        "LimiterPermit(a limiter, borrowed outside all tasks)"
    );
    let more = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| limiter.acquire()));
    let message = *more.unwrap_err().downcast::<&str>().unwrap();
    assert!(
        message.contains("system call outside a task"),
        "there is none at once: {message}"
    );
    drop((first, second));
    assert_eq!((limiter.borrowed(), limiter.waiters()), (0, 0));
}

#[test]
fn a_token_borrowed_outside_tasks_is_no_tasks_own() {
    let limiter = CapacityLimiter::new(2);
    let outside = limiter.acquire().unwrap();
    let inside = limiter.clone();
    run(move || {
        let token = inside.acquire().unwrap();
        assert!(matches!(
            inside.acquire(),
            Err(LimiterError::AlreadyHolds(_))
        ));
        drop(token);
    });
    drop(outside);
    assert_eq!(limiter.borrowed(), 0);
}

#[test]
fn tasks_driven_by_hand_are_borrowers_each_for_itself() {
    let limiter = CapacityLimiter::new(2);
    let borrowers = [(); 2].map(|()| {
        let limiter = limiter.clone();
        let mut task = coros::Task::new(move || {
            let _token = limiter
                .acquire()
                .expect("another task holds the other token");
            let again = limiter.acquire();
            assert!(matches!(again, Err(LimiterError::AlreadyHolds(_))));
            yield_now();
        });
        assert_eq!(task.run(), coros::task::Ran::Trapped("Yield".into()));
        task
    });
    assert_eq!(limiter.borrowed(), 2);
    for mut task in borrowers {
        let ended = coros::task::Ran::Ended(coros::Exit::Returned);
        assert_eq!(task.run(), ended);
    }
    assert_eq!(limiter.borrowed(), 0);
}
