//! A waker works from any thread and at any time, and never more than once in vain.
use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use coros::{Clock, Scheduler, block_on, run, sleep, spawn, spawn_future, timeout, yield_now};

/// Waits until the flag is set; leaves its waker where another thread finds it.
fn flagged(flag: &AtomicBool, slot: &Mutex<Option<Waker>>) -> Result<(), coros::Interrupted> {
    block_on(poll_fn(|context| {
        *slot.lock().unwrap() = Some(context.waker().clone());
        match flag.load(SeqCst) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }))
}

/// The waker of a future whose wait is over.
fn old_waker() -> Waker {
    let mut old = None;
    block_on(poll_fn(|context| {
        old = Some(context.waker().clone());
        Poll::Ready(())
    }))
    .unwrap();
    old.unwrap()
}

#[test]
fn another_thread_wakes_a_task_that_sleeps() {
    for _ in 0..50 {
        let flag = Arc::new(AtomicBool::new(false));
        let slot = Arc::new(Mutex::new(None));
        let (other_flag, other_slot) = (Arc::clone(&flag), Arc::clone(&slot));
        let thread = thread::spawn(move || {
            let waker: Waker = loop {
                match other_slot.lock().unwrap().take() {
                    Some(waker) => break waker,
                    None => thread::yield_now(),
                }
            };
            other_flag.store(true, SeqCst);
            waker.wake();
        });
        run(move || flagged(&flag, &slot).unwrap()).unwrap();
        thread.join().unwrap();
    }
}

#[test]
fn a_wake_before_the_wait_is_not_lost() {
    run(|| {
        let mut polls = 0;
        let woken_by_another_thread = poll_fn(|context| {
            polls += 1;
            let waker = context.waker().clone();
            thread::spawn(move || waker.wake()).join().unwrap();
            match polls {
                20.. => Poll::Ready(polls),
                _ => Poll::Pending,
            }
        });
        assert_eq!(block_on(woken_by_another_thread), Ok(20));
    })
    .unwrap();
}

#[test]
fn many_wakes_before_a_wait_are_one() {
    run(|| {
        let mut polls = 0;
        block_on(poll_fn(|context| {
            polls += 1;
            if polls == 1 {
                (0..1000).for_each(|_| context.waker().wake_by_ref());
                return Poll::Pending;
            }
            if polls == 2 {
                let waker = context.waker().clone();
                spawn(move || {
                    sleep(Duration::from_millis(1)).unwrap();
                    waker.wake();
                });
                return Poll::Pending;
            }
            Poll::Ready(())
        }))
        .unwrap();
        assert_eq!(polls, 3);
    })
    .unwrap();
}

#[test]
fn a_waker_outlives_the_wait_the_task_and_the_scheduler() {
    let waker = run(|| {
        let waker = old_waker();
        waker.wake_by_ref();
        waker
    })
    .unwrap();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let waker = waker.clone();
            thread::spawn(move || (0..100).for_each(|_| waker.wake_by_ref()))
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    waker.wake();
}

#[test]
fn an_old_waker_disturbs_no_later_wait() {
    run(|| {
        let old = old_waker();
        let polls = Rc::new(Cell::new(0));
        let counter = Rc::clone(&polls);
        let later = spawn_future(poll_fn(move |_| {
            counter.set(counter.get() + 1);
            Poll::<()>::Pending
        }));
        yield_now();
        (0..10).for_each(|_| old.wake_by_ref());
        (0..200).for_each(|_| yield_now());
        assert_eq!(polls.get(), 1);
        later.kill().unwrap();
    })
    .unwrap();
}

#[test]
fn a_kept_waker_of_a_wait_that_is_over_does_not_keep_a_run_going() {
    let mut sched = Scheduler::new();
    let kept = Rc::new(Cell::new(None));
    let slot = Rc::clone(&kept);
    sched.spawn(move || {
        slot.set(Some(old_waker()));
        block_on(std::future::pending::<()>())
    });
    assert!(sched.run().is_err(), "nobody can wake it");
    assert!(kept.take().is_some());
}

#[test]
fn while_another_thread_has_the_waker_a_run_is_not_stuck() {
    let flag = Arc::new(AtomicBool::new(false));
    let other = Arc::clone(&flag);
    run(move || {
        let mut started = false;
        block_on(poll_fn(|context| {
            if !std::mem::replace(&mut started, true) {
                let (waker, other) = (context.waker().clone(), Arc::clone(&other));
                thread::spawn(move || {
                    thread::sleep(Duration::from_millis(2));
                    other.store(true, SeqCst);
                    waker.wake();
                });
            }
            match flag.load(SeqCst) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        }))
        .unwrap();
    })
    .unwrap();
}

#[test]
fn virtual_time_goes_on_while_a_waker_is_kept() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let waited = sched.spawn(|| {
        timeout(Duration::from_secs(3600), || {
            block_on(std::future::pending::<()>())
        })
        .is_err()
    });
    sched.run().unwrap();
    assert!(waited.join().unwrap());
}

#[test]
fn a_storm_of_wakes_from_many_threads_wakes_and_harms_nobody() {
    let polls = Arc::new(AtomicU32::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let slot: Arc<Mutex<Option<Waker>>> = Arc::default();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (over, slot) = (Arc::clone(&over), Arc::clone(&slot));
            thread::spawn(move || {
                while !over.load(SeqCst) {
                    let waker = slot.lock().unwrap().clone();
                    waker.inspect(Waker::wake_by_ref);
                    thread::yield_now();
                }
                let waker = slot.lock().unwrap().clone();
                waker.inspect(Waker::wake_by_ref);
            })
        })
        .collect();
    let counter = Arc::clone(&polls);
    run(move || {
        block_on(poll_fn(|context| {
            *slot.lock().unwrap() = Some(context.waker().clone());
            match counter.fetch_add(1, SeqCst) {
                500.. => Poll::Ready(()),
                _ => Poll::Pending,
            }
        }))
        .unwrap();
    })
    .unwrap();
    over.store(true, SeqCst);
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(polls.load(SeqCst), 501);
}

#[test]
fn a_waker_that_panics_ends_nobody_else() {
    struct Bad;
    impl std::task::Wake for Bad {
        fn wake(self: Arc<Self>) {
            panic!("a bad waker");
        }
    }
    run(|| {
        let (tx, rx) = coros::channel::bounded(1);
        let other = rx.clone();
        let good = spawn_future(async move { other.recv_async().await });
        yield_now();
        let mut waiting = Box::pin(rx.recv_async());
        let waker = Waker::from(Arc::new(Bad));
        let mut context = std::task::Context::from_waker(&waker);
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        tx.send(1).unwrap();
        assert_eq!(good.join().unwrap(), Ok(1));
    })
    .unwrap();
}
