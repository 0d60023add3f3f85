//! What was granted before an interruption is not reported as interrupted, and no grant is lost.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use coros::channel::bounded;
use coros::sync::Mutex;
use coros::syscall::Park;
use coros::{
    Answer, Interrupted, Kernel, Scheduler, Scope, SystemCall, Tid, WaitList, call, select, spawn,
    timeout, yield_now,
};

use crate::common::run;

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

/// Waits until it is granted, which nobody wakes it for.
struct Wish<'l>(Rc<Cell<bool>>, &'l WaitList);

impl SystemCall for Wish<'_> {
    type Reply = bool;
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<bool> {
        if self.0.get() {
            return Answer::Done(true);
        }
        kernel.park(caller, self.1);
        Answer::Wait
    }
    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, _: Interrupted) -> bool {
        if self.0.get() {
            kernel.was_granted();
        }
        self.0.get()
    }
}

#[test]
fn a_branch_that_was_granted_before_the_cancel_is_the_one_that_commits() {
    run(|| {
        let (scope, granted) = (Scope::new(), Rc::new(Cell::new(false)));
        let waiter = spawn({
            let (scope, granted) = (scope.clone(), Rc::clone(&granted));
            move || {
                let (bell, list) = (WaitList::new(), WaitList::new());
                scope.run(|| {
                    select! {
                        _ = Park(&bell) => false,
                        reply = Wish(granted, &list) => reply,
                    }
                })
            }
        });
        (0..5).for_each(|_| yield_now());
        granted.set(true);
        scope.cancel("too late");
        assert_eq!(waiter.join().unwrap(), Ok(Ok(true)));
    });
}

/// Kills somebody when it is given up, and has not been granted itself.
struct Spiteful<'l>(Tid, &'l WaitList);

impl SystemCall for Spiteful<'_> {
    type Reply = ();
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<()> {
        kernel.park(caller, self.1);
        Answer::Wait
    }
    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, _: Interrupted) {
        kernel.kill(self.0).unwrap();
    }
}

#[test]
fn a_grant_to_one_that_is_killed_meanwhile_is_nobody_elses() {
    run(|| {
        let (scope, granted) = (Scope::new(), Rc::new(Cell::new(false)));
        let lucky = spawn({
            let granted = Rc::clone(&granted);
            move || call(Wish(granted, &WaitList::new()))
        });
        let spiteful = spawn({
            let (scope, victim) = (scope.clone(), lucky.tid());
            move || scope.run(|| call(Spiteful(victim, &WaitList::new())))
        });
        (0..5).for_each(|_| yield_now());
        granted.set(true);
        scope.cancel("now");
        assert!(
            spiteful.join().unwrap().is_err(),
            "its own wait was broken off"
        );
    });
}
