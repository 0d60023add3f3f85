//! What was granted before an interruption is not reported as interrupted, and no grant is lost.

mod common;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use common::run;
use coros::channel::bounded;
use coros::sync::Mutex;
use coros::{Scheduler, Scope, spawn, timeout, yield_now};

#[test]
fn a_send_that_was_granted_before_the_cancel_is_no_interruption_of_its_scope() {
    run(|| {
        let (tx, rx) = bounded(2);
        tx.send(1).unwrap();
        tx.send(2).unwrap();
        let scope = Scope::new();
        let first = spawn({
            let tx = tx.clone();
            move || tx.send(3)
        });
        let second = spawn({
            let (tx, scope) = (tx.clone(), scope.clone());
            move || scope.run(|| tx.send(4))
        });
        for _ in 0..5 {
            yield_now();
        }
        assert_eq!(tx.waiting_senders(), 2);
        assert_eq!((rx.recv(), rx.recv()), (Ok(1), Ok(2)));
        scope.cancel("too late: 4 is in");
        assert_eq!(first.join().unwrap(), Ok(()));
        assert_eq!(second.join().unwrap(), Ok(Ok(())));
    });
}

#[test]
fn a_waiter_behind_one_that_timed_out_while_others_ran_gets_the_lock() {
    for extra in 0..3 {
        let mutex = Mutex::new(());
        // In real time, since in virtual time no deadline comes while anybody is ready.
        let mut sched = Scheduler::builder().watchdog(None).build();
        let done = Rc::new(Cell::new(false));
        let (lock, timed_out) = (mutex.clone(), Rc::clone(&done));
        sched.spawn(move || {
            let guard = lock.lock().unwrap();
            while !timed_out.get() {
                yield_now();
            }
            (0..extra).for_each(|_| yield_now());
            drop(guard);
        });
        let lock = mutex.clone();
        sched.spawn(move || {
            let late = timeout(Duration::from_millis(2), || lock.lock().map(drop));
            assert!(late.is_err());
            done.set(true);
        });
        let lock = mutex.clone();
        let next = sched.spawn(move || lock.lock().is_ok());
        sched.run().unwrap();
        assert!(next.join().unwrap());
    }
}
