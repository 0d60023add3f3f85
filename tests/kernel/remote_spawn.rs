//! Any thread lets a running scheduler run something, and waits for what comes of it.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use coros::kernel::Remote;
use coros::smp::{self, RemoteError, RemoteHandle, Stopped, TryJoinError};
use coros::syscall::{GetRemote, GetTid, KillTask};
use coros::{Builder, Scheduler, call, run, spawn, timeout, yield_now};

/// Counts how often it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// Runs `over_there` in another thread, with the way to a scheduler that runs until it has ended.
fn from_outside<T: Send + 'static>(over_there: impl FnOnce(Remote) -> T + Send + 'static) -> T {
    let thread = run(|| {
        let remote = call(GetRemote).unwrap();
        let (tx, rx) = smp::oneshot::<()>();
        let thread = thread::spawn(move || {
            let _told = tx;
            over_there(remote)
        });
        assert!(rx.recv().is_err(), "the thread has ended");
        thread
    });
    thread.unwrap().join().unwrap()
}

#[test]
fn a_thread_gets_the_value_of_a_task_over_there() {
    let value = from_outside(|remote| {
        let here = thread::current().id();
        let task = remote.spawn(move || {
            assert_ne!(thread::current().id(), here);
            yield_now();
            spawn(|| 20).join().unwrap() + 1
        });
        task.unwrap().join()
    });
    assert_eq!(value, Ok(21));
}

#[test]
fn a_panic_over_there_is_told() {
    let outcome = from_outside(|remote| {
        let task: RemoteHandle<()> = remote.spawn(|| panic!("over there")).unwrap();
        task.join()
    });
    assert_eq!(outcome, Err(RemoteError::Panicked("over there".into())));
}

#[test]
fn a_kill_over_there_is_told() {
    let outcome = from_outside(|remote| {
        let task = remote.spawn(|| {
            let own = call(GetTid);
            _ = call(KillTask(own));
        });
        task.unwrap().join()
    });
    assert_eq!(outcome, Err(RemoteError::Killed));
}

#[test]
fn a_task_that_cannot_be_made_is_told() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let counted = Counted(Arc::clone(&dropped));
    let outcome = from_outside(|remote| {
        let task = remote.spawn_with(Builder::new().stack_size(1), move || drop(counted));
        task.unwrap().join()
    });
    assert!(
        matches!(outcome, Err(RemoteError::NotMade(_))),
        "{outcome:?}"
    );
    assert_eq!(dropped.load(SeqCst), 1);
}

#[test]
fn a_value_is_handed_over_once() {
    let (first, second) = from_outside(|remote| {
        let task = remote.spawn(|| 1).unwrap();
        (task.join(), task.join())
    });
    assert_eq!((first, second), (Ok(1), Err(RemoteError::Stopped)));
}

#[test]
fn a_task_that_joins_waits_alone_and_may_be_interrupted() {
    smp::run(2, |core| {
        if core.id() == 1 {
            return;
        }
        let (tx, rx) = smp::channel::<()>(1);
        let slow = core.remote(1).spawn(move || rx.recv().is_err()).unwrap();
        let ticks = spawn(|| (0..10).for_each(|_| yield_now()));
        let late = timeout(Duration::from_millis(1), || slow.join());
        assert!(matches!(
            late,
            Err(_) | Ok(Err(RemoteError::Interrupted(_)))
        ));
        ticks.join().unwrap();
        drop(tx);
        assert_eq!(slow.join(), Ok(true), "the task went on");
    })
    .unwrap();
}

#[test]
fn a_scheduler_that_is_gone_gives_an_error_and_drops_the_closure() {
    let mut sched = Scheduler::new();
    let remote = sched.remote().unwrap();
    drop(sched);
    let dropped = Arc::new(AtomicUsize::new(0));
    let counted = Counted(Arc::clone(&dropped));
    assert_eq!(remote.spawn(move || drop(counted)).unwrap_err(), Stopped);
    assert_eq!(dropped.load(SeqCst), 1);
}

#[test]
fn a_letter_that_nobody_read_is_told_when_the_scheduler_goes() {
    let mut sched = Scheduler::new();
    let remote = sched.remote().unwrap();
    let dropped = Arc::new(AtomicUsize::new(0));
    let counted = Counted(Arc::clone(&dropped));
    let task = remote.spawn(move || drop(counted)).unwrap();
    assert!(task.try_join() == Err(TryJoinError::WouldBlock) && !task.is_finished());
    drop(sched);
    assert_eq!(task.join(), Err(RemoteError::Stopped));
    assert_eq!(dropped.load(SeqCst), 1);
}

#[test]
fn a_task_left_in_a_scheduler_that_goes_was_killed() {
    let mut sched = Scheduler::new();
    let remote = sched.remote().unwrap();
    let task: RemoteHandle<()> = remote
        .spawn(|| {
            loop {
                yield_now()
            }
        })
        .unwrap();
    sched.spawn(|| {
        loop {
            yield_now()
        }
    });
    // More turns than go by between two looks at what other threads have.
    (0..100).for_each(|_| assert!(sched.step().unwrap().is_some()));
    assert_eq!(sched.tasks().count(), 2);
    drop(sched);
    assert_eq!(task.join(), Err(RemoteError::Killed));
}

#[test]
fn a_thread_that_panics_with_a_handle_leaves_the_task_alone() {
    let done = Arc::new(AtomicUsize::new(0));
    let counted = Counted(Arc::clone(&done));
    from_outside(|remote| {
        let thread = thread::spawn(move || {
            let _task = remote.spawn(move || drop(counted)).unwrap();
            panic!("with a handle");
        });
        assert!(thread.join().is_err());
    });
    assert_eq!(done.load(SeqCst), 1);
}

#[test]
fn many_threads_spawn_at_once() {
    let sum = run(|| {
        let remote = call(GetRemote).unwrap();
        let (tx, rx) = smp::channel(4);
        for thread in 0..8 {
            let (remote, tx) = (remote.clone(), tx.clone());
            thread::spawn(move || {
                for round in 0..100 {
                    let task = remote.spawn(move || thread * 100 + round).unwrap();
                    tx.send(task.join().unwrap()).unwrap();
                }
            });
        }
        drop((tx, remote));
        rx.iter().sum::<usize>()
    });
    assert_eq!(sum.unwrap(), (0..800).sum::<usize>());
}
