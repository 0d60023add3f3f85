//! Read-write locks: many readers or one writer, first come, first served.

use coros::sync::{
    LockError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError, UnlockError,
};
use coros::{JoinHandle, Scheduler, call, sleep, spawn, timeout, yield_now};

use crate::common::{Log, run, scheduler, seconds};

#[derive(Clone, Copy)]
enum Way {
    Read,
    Write,
}
use Way::{Read, Write};

/// A task that takes the lock, and says when it has it and when it lets go.
fn user(
    sched: &mut Scheduler,
    lock: &RwLock<()>,
    log: &Log,
    name: &'static str,
    way: Way,
) -> JoinHandle<Result<(), LockError>> {
    let (lock, log) = (lock.clone(), log.clone());
    sched.spawn(move || {
        let _read = matches!(way, Read).then(|| lock.read()).transpose()?;
        let _write = matches!(way, Write).then(|| lock.write()).transpose()?;
        log.say(format!("{name} in"));
        sleep(seconds(1)).unwrap();
        log.say(format!("{name} out"));
        Ok(())
    })
}

#[test]
fn a_reader_behind_a_queued_writer_queues_and_readers_are_let_in_together() {
    let (mut sched, log, lock) = (scheduler(), Log::new(), RwLock::new(()));
    for (name, way) in [
        ("r1", Read),
        ("w1", Write),
        ("r2", Read),
        ("r3", Read),
        ("w2", Write),
    ] {
        user(&mut sched, &lock, &log, name, way);
    }
    sched.run().unwrap();
    let told = [
        "r1 in", "r1 out", "w1 in", "w1 out", "r2 in", "r3 in", "r2 out", "r3 out", "w2 in",
        "w2 out",
    ];
    assert_eq!(log.take(), told);
    assert_eq!(
        (lock.waiters(), lock.readers(), lock.is_written()),
        (0, 0, false)
    );
}

#[test]
fn readers_behind_a_writer_that_gives_up_are_let_in() {
    for kill in [true, false] {
        let (mut sched, log, lock) = (scheduler(), Log::new(), RwLock::new(()));
        user(&mut sched, &lock, &log, "r1", Read);
        let writer = user(&mut sched, &lock, &log, "w", Write);
        user(&mut sched, &lock, &log, "r2", Read);
        sched.spawn(move || match kill {
            true => writer.kill().unwrap(),
            false => writer.cancel("never mind"),
        });
        sched.run().unwrap();
        assert_eq!(log.take(), ["r1 in", "r2 in", "r1 out", "r2 out"]);
        assert_eq!(lock.waiters(), 0);
    }
}

#[test]
fn whoever_holds_the_lock_and_wants_more_is_told_of_the_deadlock() {
    run(|| {
        let lock = RwLock::new(());
        let read = lock.read().unwrap();
        assert_eq!(lock.write().unwrap_err(), LockError::WouldDeadlock);
        assert_eq!(lock.try_write().unwrap_err(), TryLockError::WouldDeadlock);
        drop(read);
        let _write = lock.write().unwrap();
        assert_eq!(lock.read().unwrap_err(), LockError::WouldDeadlock);
        assert_eq!(call(lock.writing()).unwrap_err(), LockError::WouldDeadlock);
        assert_eq!(lock.try_read().unwrap_err(), TryLockError::WouldDeadlock);
    });
}

#[test]
fn a_task_that_reads_reads_again_past_a_queued_writer_and_others_do_not() {
    run(|| {
        let lock = RwLock::new(1);
        let outer = lock.read().unwrap();
        let theirs = lock.clone();
        let writer = spawn(move || *theirs.write().unwrap() = 2);
        yield_now();
        let again = [
            lock.read().unwrap(),
            call(lock.reading()).unwrap(),
            lock.try_read().unwrap(),
        ];
        let theirs = lock.clone();
        let refused = spawn(move || theirs.try_read().is_err());
        assert!(refused.join().unwrap());
        drop(again);
        drop(outer);
        assert_eq!(lock.try_read().unwrap_err(), TryLockError::WouldBlock);
        writer.join().unwrap();
        assert_eq!(*lock.read().unwrap(), 2);
    });
}

#[test]
fn a_foreign_unlock_is_refused() {
    run(|| {
        let lock: &'static RwLock<i32> = Box::leak(Box::new(RwLock::new(1)));
        let (one, other) = (lock.read().unwrap(), lock.read().unwrap());
        spawn(move || {
            let UnlockError::NotOwner(guard) = RwLockReadGuard::unlock(one).unwrap_err() else {
                unreachable!("there is no other error")
            };
            assert_eq!(lock.readers(), 2);
            drop(guard);
        });
        yield_now();
        assert_eq!(lock.readers(), 1, "a drop cannot be refused");
        RwLockReadGuard::unlock(other).unwrap();
        let guard = lock.write().unwrap();
        let kept = spawn(move || RwLockWriteGuard::unlock(guard).unwrap_err());
        let kept = kept.join().unwrap();
        assert!(lock.is_written());
        RwLockWriteGuard::unlock(kept.into_guard()).unwrap();
        assert!(!lock.is_written());
    });
}

#[test]
fn a_writer_that_times_out_wrote_nothing_and_readers_go_on() {
    run(|| {
        let lock = RwLock::new(1);
        let _read = lock.read().unwrap();
        let theirs = lock.clone();
        let writer = spawn(move || {
            timeout(seconds(1), || theirs.write().map(|mut value| *value = 2)).is_err()
        });
        let theirs = lock.clone();
        let reader = spawn(move || {
            yield_now();
            theirs.read().map(|value| *value)
        });
        assert!(writer.join().unwrap());
        assert_eq!(reader.join().unwrap(), Ok(1));
    });
}
