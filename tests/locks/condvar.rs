//! Condition variables: letting go and waiting are one step, and no notification is lost.

use std::cell::RefCell;
use std::rc::Rc;

use coros::sync::{Condvar, Event, LockError, Mutex};
use coros::syscall::Sleep;
use coros::{JoinHandle, Scheduler, call, select, sleep, spawn, timeout, yield_now};

use crate::common::{self, Log, OnDrop, run, scheduler, seconds};

/// A mutex and a variable to wait on, which clones share.
#[derive(Clone, Default)]
struct Post {
    count: Mutex<u32>,
    bell: Condvar,
}

impl Post {
    /// A task that waits for one notification, and says so.
    fn waiter(
        &self,
        sched: &mut Scheduler,
        log: &Log,
        name: &'static str,
    ) -> JoinHandle<Result<(), LockError>> {
        let (post, log) = (self.clone(), log.clone());
        sched.spawn(move || {
            let _guard = post.bell.wait(post.count.lock()?)?;
            log.say(name);
            Ok(())
        })
    }
}

#[test]
fn one_notification_wakes_whoever_has_waited_longest() {
    let (mut sched, log, post) = (scheduler(), Log::new(), Post::default());
    for name in ["a", "b"] {
        post.waiter(&mut sched, &log, name);
    }
    let said = log.clone();
    sched.spawn(move || {
        post.bell.notify_one();
        sleep(seconds(1)).unwrap();
        said.say(format!("{} left", post.bell.waiters()));
        post.bell.notify_one();
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["a", "1 left", "b"]);
}

#[test]
fn notify_all_wakes_all_who_wait_in_their_order() {
    let (mut sched, log, post) = (scheduler(), Log::new(), Post::default());
    for name in ["a", "b", "c"] {
        post.waiter(&mut sched, &log, name);
    }
    sched.spawn(move || post.bell.notify_all());
    sched.run().unwrap();
    assert_eq!(log.take(), ["a", "b", "c"]);
}

#[test]
fn notifications_without_waiters_are_harmless_and_not_remembered() {
    let (mut sched, log, post) = (scheduler(), Log::new(), Post::default());
    post.bell.notify_one();
    post.bell.notify_all();
    post.waiter(&mut sched, &log, "never");
    assert_eq!(sched.run().unwrap_err().tasks().len(), 1);
    assert_eq!((log.take().len(), post.bell.waiters()), (0, 1));
}

#[test]
fn a_notifier_that_waits_next_is_not_woken_by_itself() {
    let (mut sched, log, post) = (scheduler(), Log::new(), Post::default());
    post.waiter(&mut sched, &log, "other");
    let theirs = post.clone();
    sched.spawn(move || {
        let guard = theirs.count.lock().unwrap();
        theirs.bell.notify_all();
        theirs.bell.notify_one();
        drop(theirs.bell.wait(guard));
    });
    assert_eq!(sched.run().unwrap_err().tasks().len(), 1);
    assert_eq!(
        (log.take(), post.bell.waiters()),
        (vec!["other".to_owned()], 1)
    );
}

#[test]
fn a_notification_as_soon_as_the_mutex_is_free_is_not_lost() {
    run(|| {
        let post = Post::default();
        let guard = post.count.lock().unwrap();
        let theirs = post.clone();
        spawn(move || {
            *theirs.count.lock().unwrap() += 1;
            theirs.bell.notify_one();
        });
        yield_now();
        let count = post.bell.wait_while(guard, |count| *count == 0).unwrap();
        assert_eq!(*count, 1);
    });
}

#[test]
fn an_interrupted_wait_has_the_mutex_again_when_it_returns() {
    run(|| {
        let post = Post::default();
        let guard = post.count.lock().unwrap();
        let theirs = post.clone();
        spawn(move || {
            let mut guard = theirs.count.lock().unwrap();
            sleep(seconds(5)).unwrap();
            *guard = 7;
        });
        let waited = timeout(seconds(1), || {
            let error = post.bell.wait(guard).unwrap_err();
            assert!(matches!(error.error, LockError::Interrupted(_)));
            assert_eq!(error.guard.as_deref(), Some(&7), "it waited for the mutex");
            assert!(post.count.is_locked());
        });
        assert!(waited.is_err() && !post.count.is_locked());
        assert_eq!((post.bell.waiters(), post.count.waiters()), (0, 0));
    });
}

#[test]
fn a_thousand_timed_out_waits_leave_nothing_behind() {
    run(|| {
        let post = Post::default();
        for _ in 0..1_000 {
            let guard = post.count.lock().unwrap();
            timeout(seconds(1), || post.bell.wait(guard).is_ok()).unwrap_err();
        }
        assert_eq!((post.bell.waiters(), post.count.waiters()), (0, 0));
        assert!(!post.count.is_locked());
    });
}

#[test]
fn a_notification_to_a_waiter_that_is_then_killed_or_cancelled_is_passed_on() {
    type End = fn(&JoinHandle<Result<(), LockError>>);
    let ends: [End; 2] = [
        |waiter| waiter.kill().unwrap(),
        |waiter| waiter.cancel("no more"),
    ];
    for end in ends {
        let (mut sched, log, post) = (scheduler(), Log::new(), Post::default());
        let first = post.waiter(&mut sched, &log, "first");
        post.waiter(&mut sched, &log, "second");
        sched.spawn(move || {
            end(&first);
            post.bell.notify_one();
        });
        sched.run().unwrap();
        assert_eq!(log.take(), ["second"]);
    }
}

#[test]
fn a_notification_to_a_waiter_that_is_killed_before_its_turn_is_passed_on() {
    let (mut sched, log, post) = (scheduler(), Log::new(), Post::default());
    let first = post.waiter(&mut sched, &log, "first").tid();
    post.waiter(&mut sched, &log, "second");
    let bell = post.bell.clone();
    sched.spawn(move || {
        bell.notify_one();
        yield_now();
    });
    for _ in 0..3 {
        sched.step().unwrap();
    }
    assert_eq!(post.bell.waiters(), 1, "the first is on its way");
    sched.kill(first).unwrap();
    sched.run().unwrap();
    assert_eq!(log.take(), ["second"]);
}

#[test]
fn a_notification_to_a_waiter_that_is_killed_while_it_wants_the_mutex_is_passed_on() {
    let (mut sched, log, post) = (scheduler(), Log::new(), Post::default());
    let first = post.waiter(&mut sched, &log, "first");
    post.waiter(&mut sched, &log, "second");
    sched.spawn(move || {
        let guard = post.count.lock().unwrap();
        post.bell.notify_one();
        sleep(seconds(1)).unwrap();
        assert_eq!((post.count.waiters(), post.bell.waiters()), (1, 1));
        first.kill().unwrap();
        drop(guard);
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["second"]);
}

#[test]
fn a_waiter_cancelled_while_it_wants_the_mutex_was_notified() {
    let (mut sched, log, post) = (scheduler(), Log::new(), Post::default());
    let waiter = Rc::new(RefCell::new(post.waiter(&mut sched, &log, "notified")));
    let cancelled = Rc::clone(&waiter);
    sched.spawn(move || {
        let guard = post.count.lock().unwrap();
        post.bell.notify_one();
        sleep(seconds(1)).unwrap();
        cancelled.borrow().cancel("too late");
        sleep(seconds(1)).unwrap();
        assert_eq!(post.count.waiters(), 1, "it still waits for the mutex");
        drop(guard);
    });
    sched.run().unwrap();
    assert_eq!(waiter.borrow().join().unwrap(), Ok(()));
    assert_eq!(log.take(), ["notified"]);
}

#[test]
fn a_destructor_that_waits_gets_its_guard_back_at_once() {
    run(|| {
        let post = Post::default();
        let theirs = post.clone();
        let task = spawn(move || {
            let _cleanup = OnDrop(move || {
                let error = theirs.bell.wait(theirs.count.lock().unwrap()).unwrap_err();
                assert!(error.guard.is_some());
            });
            common::park_for_ever();
        });
        yield_now();
        task.kill().unwrap();
        assert!(!post.count.is_locked() && !post.count.is_poisoned());
    });
}

impl Post {
    /// A task that waits for a notification for so many seconds; what came first.
    fn selects(&self, sched: &mut Scheduler, patience: u64) -> JoinHandle<&'static str> {
        let post = self.clone();
        sched.spawn(move || {
            let guard = post.count.lock().unwrap();
            let first = select! {
                guard = post.bell.waiting(guard) => match guard {
                    Ok(mut guard) => {
                        *guard += 1;
                        "notified"
                    }
                    Err(error) => {
                        assert!(error.guard.is_none());
                        "failed"
                    }
                },
                _ = Sleep(seconds(patience)) => "slept",
            };
            first.unwrap_or("interrupted")
        })
    }
}

#[test]
fn a_wait_for_a_notification_can_be_a_branch() {
    let (mut sched, post) = (scheduler(), Post::default());
    let (patient, hasty) = (post.selects(&mut sched, 9), post.selects(&mut sched, 1));
    let (count, bell) = (post.count.clone(), post.bell.clone());
    sched.spawn(move || {
        assert!(!count.is_locked(), "they have let go");
        assert_eq!(bell.waiters(), 2);
        sleep(seconds(2)).unwrap();
        assert_eq!(bell.waiters(), 1, "one has given up");
        *count.lock().unwrap() = 6;
        bell.notify_one();
    });
    sched.run().unwrap();
    assert_eq!(patient.join().unwrap(), "notified");
    assert_eq!(hasty.join().unwrap(), "slept");
    assert_eq!(post.count.into_inner().unwrap(), 7);
}

/// A branch is notified while the mutex is held; then `undo` is done to it, and the next is notified.
fn notified_in_vain(undo: impl FnOnce(&JoinHandle<&'static str>) + 'static) -> String {
    let (mut sched, log, post) = (scheduler(), Log::new(), Post::default());
    let first = Rc::new(post.selects(&mut sched, 2));
    post.waiter(&mut sched, &log, "second");
    let theirs = (Rc::clone(&first), post.clone());
    sched.spawn(move || {
        let (first, post) = theirs;
        let guard = post.count.lock().unwrap();
        post.bell.notify_one();
        sleep(seconds(1)).unwrap();
        assert_eq!((post.count.waiters(), post.bell.waiters()), (1, 1));
        undo(&first);
        sleep(seconds(2)).unwrap();
        drop(guard);
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["second"]);
    assert!(!post.count.is_poisoned() && !post.count.is_locked());
    first.join().unwrap_or("killed").to_owned()
}

#[test]
fn a_notification_to_a_branch_that_does_not_get_the_mutex_is_passed_on() {
    assert_eq!(notified_in_vain(|_| ()), "slept");
    assert_eq!(notified_in_vain(|first| first.kill().unwrap()), "killed");
    assert_eq!(
        notified_in_vain(|first| first.cancel("enough")),
        "interrupted"
    );
}

#[test]
fn a_branch_that_waits_for_a_poisoned_mutex_fails() {
    let (mut sched, post) = (scheduler(), Post::default());
    let waits = post.selects(&mut sched, 9);
    let theirs = post.clone();
    sched.spawn(move || {
        let _guard = theirs.count.lock().unwrap();
        theirs.bell.notify_one();
        panic!("with the mutex");
    });
    sched.run().unwrap();
    assert_eq!(waits.join().unwrap(), "failed");
}

#[test]
fn a_branch_that_is_never_tried_unlocks_its_mutex() {
    run(|| {
        let (post, ready) = (Post::default(), Event::new());
        ready.set();
        let first = select! {
            biased;
            _ = ready.waiting() => "ready",
            _ = post.bell.waiting(post.count.lock().unwrap()) => "notified",
        };
        assert_eq!(first, Ok("ready"));
        assert!(!post.count.is_locked());
        let first = select! {
            _ = post.bell.waiting(post.count.lock().unwrap()) => "notified",
            default => "default",
        };
        assert_eq!((first, post.count.is_locked()), (Ok("default"), false));
        assert_eq!(post.bell.waiters(), 0);
    });
}

#[test]
fn a_call_that_waits_alone_is_answered_with_the_guard() {
    run(|| {
        let post = Post::default();
        let theirs = post.clone();
        let guard = post.count.lock().unwrap();
        spawn(move || {
            let _guard = theirs.count.lock();
            theirs.bell.notify_all();
        });
        let guard = call(post.bell.waiting(guard)).unwrap();
        assert!(post.count.is_locked());
        drop(guard);
        let error = timeout(seconds(1), || {
            call(post.bell.waiting(post.count.lock().unwrap())).map(drop)
        });
        assert!(error.is_err());
        assert!(!post.count.is_locked());
    });
}
