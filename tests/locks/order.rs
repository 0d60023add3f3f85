//! Locks are handed over first come, first served; nobody barges, and nobody's turn is lost.

use coros::sync::{LockError, Mutex, RLock, RwLock, TryLockError};
use coros::{JoinHandle, Scheduler, call, sleep, spawn, timeout, yield_now};

use crate::common::{Log, run, scheduler, seconds};

/// A task that locks, says its name, and keeps the lock for a turn.
fn locker(
    sched: &mut Scheduler,
    mutex: &Mutex<()>,
    log: &Log,
    name: &'static str,
) -> JoinHandle<Result<(), LockError>> {
    let (mutex, log) = (mutex.clone(), log.clone());
    sched.spawn(move || {
        let _guard = mutex.lock()?;
        log.say(name);
        yield_now();
        Ok(())
    })
}

#[test]
fn a_mutex_goes_to_whoever_has_waited_longest() {
    let (mut sched, log, mutex) = (scheduler(), Log::new(), Mutex::new(()));
    for name in ["a", "b", "c", "d"] {
        locker(&mut sched, &mutex, &log, name);
    }
    sched.run().unwrap();
    assert_eq!(log.take(), ["a", "b", "c", "d"]);
    assert_eq!((mutex.waiters(), mutex.is_locked()), (0, false));
}

#[test]
fn whoever_unlocks_and_locks_again_queues_behind_those_who_wait() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let mutex = Mutex::new(());
        let guard = mutex.lock().unwrap();
        let (theirs, tells) = (mutex.clone(), said.clone());
        spawn(move || {
            let _guard = theirs.lock().unwrap();
            tells.say("the one who waited");
        });
        yield_now();
        drop(guard);
        assert!(!mutex.is_locked(), "it is free, but not for newcomers");
        assert_eq!(mutex.try_lock().unwrap_err(), TryLockError::WouldBlock);
        let _guard = mutex.lock().unwrap();
        said.say("the one who came back");
    });
    assert_eq!(log.take(), ["the one who waited", "the one who came back"]);
}

#[test]
fn a_newcomer_never_overtakes_a_queue_whatever_its_call() {
    let (mut sched, log, mutex) = (scheduler(), Log::new(), Mutex::new(()));
    let first = mutex.clone();
    let others = (mutex.clone(), log.clone());
    sched.spawn(move || {
        let guard = first.lock().unwrap();
        yield_now();
        drop(guard);
        let (newcomer, tells) = others;
        spawn(move || {
            let _guard = call(newcomer.locking()).unwrap();
            tells.say("newcomer");
        });
    });
    locker(&mut sched, &mutex, &log, "waiter");
    sched.run().unwrap();
    assert_eq!(log.take(), ["waiter", "newcomer"]);
}

#[test]
fn a_mutex_granted_to_a_waiter_that_is_then_cancelled_is_passed_on() {
    let (mut sched, log, mutex) = (scheduler(), Log::new(), Mutex::new(()));
    let held = mutex.clone();
    let granted = std::rc::Rc::new(std::cell::RefCell::new(None::<JoinHandle<_>>));
    let victim = std::rc::Rc::clone(&granted);
    sched.spawn(move || {
        let guard = held.lock().unwrap();
        yield_now();
        victim.borrow().as_ref().unwrap().cancel("too late?");
        drop(guard);
    });
    let cancelled = locker(&mut sched, &mutex, &log, "cancelled");
    granted.replace(Some(cancelled));
    locker(&mut sched, &mutex, &log, "next");
    sched.run().unwrap();
    let cancelled = granted.take().unwrap().join().unwrap();
    assert!(matches!(cancelled, Err(LockError::Interrupted(_))));
    assert_eq!((log.take(), mutex.waiters()), (vec!["next".to_owned()], 0));
}

#[test]
fn a_mutex_granted_before_a_cancel_stays_granted() {
    let (mut sched, log, mutex) = (scheduler(), Log::new(), Mutex::new(()));
    let held = mutex.clone();
    let granted = std::rc::Rc::new(std::cell::RefCell::new(None::<JoinHandle<_>>));
    let victim = std::rc::Rc::clone(&granted);
    sched.spawn(move || {
        let guard = held.lock().unwrap();
        yield_now();
        drop(guard);
        victim.borrow().as_ref().unwrap().cancel("too late");
    });
    granted.replace(Some(locker(&mut sched, &mutex, &log, "granted")));
    sched.run().unwrap();
    assert_eq!(granted.take().unwrap().join().unwrap(), Ok(()));
}

#[test]
fn a_mutex_granted_to_a_waiter_that_is_then_killed_is_passed_on_unpoisoned() {
    let (mut sched, log, mutex) = (scheduler(), Log::new(), Mutex::new(()));
    locker(&mut sched, &mutex, &log, "owner");
    let killed = locker(&mut sched, &mutex, &log, "killed").tid();
    locker(&mut sched, &mutex, &log, "next");
    for _ in 0..4 {
        sched.step().unwrap();
    }
    assert!(!mutex.is_locked(), "the owner is gone");
    assert_eq!(mutex.waiters(), 2);
    sched.kill(killed).unwrap();
    sched.run().unwrap();
    assert_eq!(log.take(), ["owner", "next"]);
    assert!(!mutex.is_poisoned());
}

#[test]
fn a_thousand_timed_out_waits_leave_nothing_behind() {
    run(|| {
        let (mutex, rlock, rwlock) = (Mutex::new(()), RLock::new(()), RwLock::new(()));
        let _guards = (mutex.lock(), rlock.lock(), rwlock.write());
        let theirs = (mutex.clone(), rlock.clone(), rwlock.clone());
        let impatient = spawn(move || {
            let (mutex, rlock, rwlock) = theirs;
            for _ in 0..1_000 {
                let second = seconds(1);
                assert!(timeout(second, || mutex.lock().is_ok()).is_err());
                assert!(timeout(second, || rlock.lock().is_ok()).is_err());
                assert!(timeout(second, || rwlock.read().is_ok()).is_err());
                assert!(timeout(second, || rwlock.write().is_ok()).is_err());
            }
        });
        impatient.join().unwrap();
        let waiters = (mutex.waiters(), rlock.waiters(), rwlock.waiters());
        assert_eq!(waiters, (0, 0, 0));
    });
}

#[test]
fn a_killed_waiter_leaves_the_middle_of_the_queue() {
    run(|| {
        let mutex = Mutex::new(());
        let guard = mutex.lock().unwrap();
        let waiters = [(); 3].map(|()| {
            let mutex = mutex.clone();
            spawn(move || mutex.lock().map(drop))
        });
        yield_now();
        waiters[1].kill().unwrap();
        assert_eq!(mutex.waiters(), 2);
        drop(guard);
        sleep(seconds(1)).unwrap();
        assert_eq!((mutex.waiters(), mutex.is_poisoned()), (0, false));
        assert!(waiters[0].join().unwrap().is_ok() && waiters[2].join().unwrap().is_ok());
    });
}

#[test]
fn a_task_whose_wait_was_cancelled_holds_up_no_newcomer() {
    run(|| {
        let mutex = Mutex::new(());
        let guard = mutex.lock().unwrap();
        let theirs = mutex.clone();
        let waiter = spawn(move || theirs.lock().map(drop));
        yield_now();
        waiter.cancel("no more need");
        drop(guard);
        assert_eq!(mutex.waiters(), 0, "though it has not had its turn");
        assert!(mutex.try_lock().is_ok());
        assert!(matches!(waiter.join(), Ok(Err(LockError::Interrupted(_)))));
    });
}
