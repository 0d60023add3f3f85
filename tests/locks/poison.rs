//! A lock whose owner was torn out of its work is poisoned; what it protects is there as it was left.

use std::cell::Cell;

use coros::sync::{Condvar, LockError, Mutex, RLock, RwLock, TryLockError};
use coros::{spawn, yield_now};

use crate::common::{self, OnDrop, run, scheduler};

#[test]
fn waiters_and_newcomers_learn_that_the_owner_panicked() {
    let (mut sched, mutex) = (scheduler(), Mutex::new(1));
    let theirs = mutex.clone();
    sched.spawn(move || {
        let mut guard = theirs.lock().unwrap();
        *guard = 2;
        yield_now();
        panic!("in the middle");
    });
    let waiters = [(); 2].map(|()| {
        let mutex = mutex.clone();
        sched.spawn(move || mutex.lock().map(drop))
    });
    sched.run().unwrap();
    for waiter in waiters {
        assert_eq!(waiter.join().unwrap(), Err(LockError::Poisoned));
    }
    assert!(mutex.is_poisoned() && mutex.waiters() == 0 && !mutex.is_locked());
    assert_eq!(mutex.lock().unwrap_err(), LockError::Poisoned);
    assert_eq!(mutex.try_lock().unwrap_err(), TryLockError::Poisoned);
    mutex.clear_poison();
    assert_eq!(*mutex.lock().unwrap(), 2);
}

#[test]
fn waiters_and_newcomers_learn_that_the_owner_was_killed() {
    run(|| {
        let mutex = Mutex::new(1);
        let theirs = mutex.clone();
        let owner = spawn(move || {
            let mut guard = theirs.lock().unwrap();
            *guard = 2;
            common::park_for_ever();
        });
        let theirs = mutex.clone();
        let waiter = spawn(move || theirs.lock().map(drop));
        yield_now();
        owner.kill().unwrap();
        assert_eq!(waiter.join().unwrap(), Err(LockError::Poisoned));
        assert_eq!(mutex.lock().unwrap_err(), LockError::Poisoned);
        mutex.clear_poison();
        assert_eq!(*mutex.lock().unwrap(), 2);
    });
}

#[test]
fn a_destructor_that_locks_while_its_task_unwinds_poisons_nothing() {
    run(|| {
        let mutex = Mutex::new(0);
        let theirs = mutex.clone();
        let task = spawn(move || {
            let _cleanup = OnDrop(move || *theirs.lock().unwrap() += 1);
            common::park_for_ever();
        });
        yield_now();
        task.kill().unwrap();
        assert_eq!(*mutex.lock().unwrap(), 1);
    });
}

#[test]
fn a_destructor_that_would_have_to_wait_is_told_so() {
    run(|| {
        let mutex = Mutex::new(());
        let _guard = mutex.lock().unwrap();
        let theirs = mutex.clone();
        let task = spawn(move || {
            let _cleanup = OnDrop(move || {
                let refused = theirs.lock().unwrap_err();
                assert!(matches!(refused, LockError::Interrupted(_)));
            });
            common::park_for_ever();
        });
        yield_now();
        task.kill().unwrap();
        assert_eq!(mutex.waiters(), 0);
    });
}

#[test]
fn a_reentrant_lock_is_poisoned_by_any_of_its_guards() {
    run(|| {
        let lock = RLock::new(Cell::new(1));
        let theirs = lock.clone();
        let owner = spawn(move || {
            let _outer = theirs.lock().unwrap();
            let inner = theirs.lock().unwrap();
            inner.set(2);
            panic!("in the middle");
        });
        assert!(owner.join().is_err());
        assert_eq!(lock.lock().unwrap_err(), LockError::Poisoned);
        assert_eq!((lock.holds(), lock.is_locked()), (0, false));
        lock.clear_poison();
        assert_eq!(lock.lock().unwrap().get(), 2);
    });
}

#[test]
fn a_writer_poisons_and_a_reader_does_not() {
    run(|| {
        let lock = RwLock::new(1);
        let theirs = lock.clone();
        let reader = spawn(move || {
            let _guard = theirs.read().unwrap();
            panic!("while reading");
        });
        assert!(reader.join().is_err());
        assert!(!lock.is_poisoned());
        let theirs = lock.clone();
        let writer = spawn(move || {
            *theirs.write().unwrap() = 2;
            let _guard = theirs.write().unwrap();
            panic!("while writing");
        });
        assert!(writer.join().is_err());
        assert_eq!(lock.read().unwrap_err(), LockError::Poisoned);
        assert_eq!(lock.try_write().unwrap_err(), TryLockError::Poisoned);
        lock.clear_poison();
        assert_eq!(*lock.read().unwrap(), 2);
    });
}

#[test]
fn a_wait_on_a_condition_ends_without_a_guard_if_the_mutex_was_poisoned() {
    run(|| {
        let (mutex, bell) = (Mutex::new(()), Condvar::new());
        let theirs = (mutex.clone(), bell.clone());
        let waiter = spawn(move || {
            let error = theirs.1.wait(theirs.0.lock().unwrap()).unwrap_err();
            (error.guard.is_none(), error.error)
        });
        let theirs = (mutex.clone(), bell.clone());
        let clumsy = spawn(move || {
            let _guard = theirs.0.lock().unwrap();
            theirs.1.notify_one();
            panic!("in the middle");
        });
        assert!(clumsy.join().is_err());
        assert_eq!(waiter.join().unwrap(), (true, LockError::Poisoned));
    });
}
