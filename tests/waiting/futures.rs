//! A task waits for any future, on its own stack, as it waits for anything else.
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn, ready};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use coros::kernel::Why;
use coros::{
    Builder, JoinError, Scheduler, block_on, run, sleep, spawn, spawn_future, timeout, yield_now,
};
use futures_lite::future;

/// Tells when it is dropped.
struct Told(Rc<RefCell<Vec<&'static str>>>, &'static str);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

#[test]
fn a_future_may_borrow_from_the_task_that_waits_for_it() {
    run(|| {
        let mut words = vec![String::from("a")];
        let length = block_on(async {
            words.push(String::from("b"));
            future::yield_now().await;
            words.len()
        });
        assert_eq!((length, words.len()), (Ok(2), 2));
    })
    .unwrap();
}

#[test]
fn other_tasks_run_while_a_future_is_pending() {
    run(|| {
        let turns = Rc::new(Cell::new(0));
        let counter = Rc::clone(&turns);
        let busy = Builder::new().daemon(true).spawn(move || {
            loop {
                counter.set(counter.get() + 1);
                yield_now();
            }
        });
        let seen = Rc::clone(&turns);
        block_on(poll_fn(move |context| {
            context.waker().wake_by_ref();
            match seen.get() {
                10.. => Poll::Ready(()),
                _ => Poll::Pending,
            }
        }))
        .unwrap();
        assert!(turns.get() >= 10);
        busy.kill().unwrap();
    })
    .unwrap();
}

#[test]
fn a_timeout_drops_the_future() {
    run(|| {
        let told = Rc::new(RefCell::new(Vec::new()));
        let guard = Told(Rc::clone(&told), "dropped");
        let waited = timeout(Duration::from_millis(1), || {
            let waited = block_on(async move {
                let _guard = guard;
                pending::<()>().await;
            });
            assert_eq!(waited.as_ref().unwrap_err().why(), Why::TimedOut);
            waited
        });
        assert!(waited.is_err());
        assert_eq!(*told.borrow(), ["dropped"]);
        assert_eq!(block_on(ready(1)), Ok(1), "the next wait is a new one");
    })
    .unwrap();
}

#[test]
fn a_cancelled_task_drops_its_future_and_counts_as_killed() {
    run(|| {
        let told = Rc::new(RefCell::new(Vec::new()));
        let guard = Told(Rc::clone(&told), "dropped");
        let task = spawn_future(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        yield_now();
        assert!(told.borrow().is_empty());
        task.cancel("enough");
        assert!(matches!(task.join(), Err(JoinError::Killed(_))));
        assert_eq!(*told.borrow(), ["dropped"]);
    })
    .unwrap();
}

#[test]
fn a_killed_task_drops_its_future() {
    run(|| {
        let told = Rc::new(RefCell::new(Vec::new()));
        let guard = Told(Rc::clone(&told), "dropped");
        let task = spawn_future(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        yield_now();
        task.kill().unwrap();
        assert_eq!(*told.borrow(), ["dropped"]);
    })
    .unwrap();
}

#[test]
fn a_panic_in_a_poll_is_the_tasks_own() {
    run(|| {
        let task = spawn_future(async {
            future::yield_now().await;
            panic!("in the second poll");
        });
        let Err(JoinError::Panicked(panic)) = task.join() else {
            panic!("the task has panicked");
        };
        assert_eq!(panic.message(), "in the second poll");
    })
    .unwrap();
}

#[test]
fn tasks_that_nobody_can_wake_are_stuck() {
    let mut sched = Scheduler::new();
    sched.spawn(|| block_on(pending::<()>()));
    let told = sched.run().unwrap_err().to_string();
    assert!(told.contains("AwaitWake(a future)"), "{told}");
}

#[test]
fn futures_within_futures_within_tasks() {
    run(|| {
        let outer = block_on(async {
            let inner = block_on(async {
                future::yield_now().await;
                1
            });
            future::yield_now().await;
            inner.unwrap() + 1
        });
        assert_eq!(outer, Ok(2));
    })
    .unwrap();
}

#[test]
fn a_future_polled_in_a_task_may_make_calls() {
    run(|| {
        let slept = block_on(async {
            sleep(Duration::from_millis(1)).unwrap();
            let task = spawn(|| 5);
            task.await.unwrap()
        });
        assert_eq!(slept, Ok(5));
    })
    .unwrap();
}

#[test]
fn the_end_of_a_task_is_a_future() {
    run(|| {
        let quick = spawn(|| {
            yield_now();
            "quick"
        });
        let slow = spawn(|| sleep(Duration::from_secs(60)));
        let first = block_on(future::or(async { quick.await.unwrap() }, async {
            _ = (&slow).await;
            "slow"
        }));
        assert_eq!(first, Ok("quick"));
        assert!(
            !slow.is_finished(),
            "a join that was dropped leaves the task alone"
        );
        slow.kill().unwrap();
        let killed = block_on(slow).unwrap();
        assert!(matches!(killed, Err(JoinError::Killed(_))));
    })
    .unwrap();
}

#[test]
fn a_task_that_awaits_itself_is_stuck() {
    let mut sched = Scheduler::new();
    let slot = Rc::new(RefCell::new(None));
    let own = Rc::clone(&slot);
    let handle = sched.spawn(move || {
        let handle: coros::JoinHandle<()> = own.borrow_mut().take().unwrap();
        _ = block_on(handle);
    });
    slot.replace(Some(handle));
    assert!(sched.run().is_err());
}
