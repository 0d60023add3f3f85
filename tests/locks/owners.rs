//! Whose a lock is: its owner's, who cannot lock it twice, and nobody else's to unlock.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use coros::sync::{LockError, Mutex, MutexGuard, RLock, RLockGuard, TryLockError, UnlockError};
use coros::{call, spawn, yield_now};

use crate::common::{self, Log, run, scheduler};

/// A mutex whose guards can be moved to other tasks.
fn for_ever(value: u32) -> &'static Mutex<u32> {
    Box::leak(Box::new(Mutex::new(value)))
}

#[test]
fn a_second_lock_by_the_owner_is_an_error_and_the_first_holds_on() {
    run(|| {
        let mutex = Mutex::new(1);
        let guard = mutex.lock().unwrap();
        assert_eq!(mutex.lock().unwrap_err(), LockError::WouldDeadlock);
        assert_eq!(call(mutex.locking()).unwrap_err(), LockError::WouldDeadlock);
        let tried = mutex.try_lock().unwrap_err();
        assert_eq!(tried, TryLockError::WouldDeadlock);
        assert_eq!((*guard, mutex.is_locked(), mutex.waiters()), (1, true, 0));
    });
}

#[test]
fn a_foreign_unlock_is_refused_and_the_owner_holds_on() {
    run(|| {
        let mutex = for_ever(1);
        let shelf = Rc::new(RefCell::new(None));
        *shelf.borrow_mut() = Some(mutex.lock().unwrap());
        let other = Rc::clone(&shelf);
        let thief = spawn(move || {
            let guard: MutexGuard<'_, u32> = other.take().unwrap();
            let error = MutexGuard::unlock(guard).unwrap_err();
            assert!(error.to_string().contains("another task's"));
            let UnlockError::NotOwner(guard) = error else {
                unreachable!("there is no other error")
            };
            other.replace(Some(guard));
        });
        thief.join().unwrap();
        assert!(mutex.is_locked());
        MutexGuard::unlock(shelf.take().unwrap()).unwrap();
        assert!(!mutex.is_locked());
    });
}

#[test]
fn a_guard_dropped_by_another_task_unlocks_all_the_same() {
    run(|| {
        let mutex = for_ever(1);
        let guard = mutex.lock().unwrap();
        spawn(move || drop(guard)).join().unwrap();
        assert!(!mutex.is_locked() && !mutex.is_poisoned());
        assert!(mutex.lock().is_ok(), "the former owner may lock it again");
    });
}

#[test]
fn a_free_mutex_can_be_locked_outside_tasks() {
    let mutex = Mutex::new(1);
    let inside = mutex.clone();
    run(move || *inside.lock().unwrap() += 1);
    let guard = mutex.lock().unwrap();
    assert_eq!(*guard, 2);
    assert_eq!(mutex.lock().unwrap_err(), LockError::WouldDeadlock);
    drop(guard);
    assert_eq!(mutex.into_inner().unwrap(), 2);
}

#[test]
#[should_panic(expected = "system call outside a task")]
fn a_mutex_that_a_task_holds_cannot_be_waited_for_outside_tasks() {
    let mutex = for_ever(1);
    let mut sched = scheduler();
    sched.spawn(|| {
        let _guard = mutex.lock().unwrap();
        common::park_for_ever();
    });
    sched.step().unwrap();
    let _ = mutex.lock();
}

#[test]
fn into_inner_gives_back_a_mutex_that_is_shared() {
    let mutex = Mutex::new(1);
    let other = mutex.clone();
    let mutex = mutex.into_inner().unwrap_err();
    drop(other);
    assert_eq!(mutex.into_inner().unwrap(), 1);
}

#[test]
fn a_reentrant_lock_is_free_when_its_last_guard_is_dropped() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let lock = RLock::new(Cell::new(0));
        let (outer, inner) = (lock.lock().unwrap(), call(lock.locking()).unwrap());
        let again = lock.try_lock().unwrap();
        let (theirs, tells) = (lock.clone(), said.clone());
        let other = spawn(move || {
            assert_eq!(theirs.try_lock().unwrap_err(), TryLockError::WouldBlock);
            tells.say(format!("other sees {}", theirs.lock().unwrap().get()));
        });
        for guard in [outer, inner, again] {
            guard.set(guard.get() + 1);
            said.say(format!("{} holds", lock.holds()));
            drop(guard);
            yield_now();
        }
        other.join().unwrap();
        assert!(!lock.is_locked());
    });
    let told = ["3 holds", "2 holds", "1 holds", "other sees 3"];
    assert_eq!(log.take(), told);
}

#[test]
fn the_owner_of_a_reentrant_lock_locks_again_past_those_who_wait() {
    run(|| {
        let lock = RLock::new(());
        let guard = lock.lock().unwrap();
        let theirs = lock.clone();
        let other = spawn(move || drop(theirs.lock().unwrap()));
        yield_now();
        assert_eq!(lock.waiters(), 1);
        drop(lock.lock().unwrap());
        assert_eq!((lock.holds(), lock.waiters()), (1, 1));
        RLockGuard::unlock(guard).unwrap();
        other.join().unwrap();
    });
}

#[test]
fn a_task_that_only_locks_lets_others_run() {
    let mut sched = scheduler();
    let mutex = Mutex::new(true);
    let goes_on = mutex.clone();
    sched.spawn(move || while *goes_on.lock().unwrap() {});
    sched.spawn(move || *mutex.lock().unwrap() = false);
    sched.run().unwrap();
}
