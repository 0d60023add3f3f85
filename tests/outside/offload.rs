//! Offloaded work blocks its caller alone, and whoever gives up leaves nothing behind.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coros::kernel::Why;
use coros::offload::{OffloadError, Pool};
use coros::{Clock, JoinError, Scheduler, call, offload, run, sleep, spawn, syscall, timeout};
use coros::{Interrupted, yield_now};

use crate::common::{Log, OnDrop};

/// Work that says when it has begun, and ends when it is told to.
struct Gate {
    begun: Receiver<()>,
    open: Sender<()>,
}

fn gated<T>(end: impl FnOnce() -> T + Send) -> (Gate, impl FnOnce() -> T + Send) {
    let (says, begun) = channel();
    let (open, opened) = channel::<()>();
    let work = move || {
        says.send(()).unwrap();
        // If nobody is left to open it, it is open.
        let _ = opened.recv();
        end()
    };
    (Gate { begun, open }, work)
}

/// Waits for a thread, as a task.
fn until<T>(receiver: &Receiver<T>) -> T {
    loop {
        if let Ok(value) = receiver.try_recv() {
            return value;
        }
        sleep(Duration::from_millis(1)).unwrap();
    }
}

fn interruption(result: Result<(), OffloadError>) -> Interrupted {
    match result {
        Err(OffloadError::Interrupted(why)) => why,
        other => panic!("not interrupted, but {other:?}"),
    }
}

#[test]
fn the_others_run_while_work_blocks_its_thread() {
    let turns = run(|| {
        let (gate, work) = gated(|| 7);
        let worker = spawn(|| offload(work).unwrap());
        until(&gate.begun);
        for _ in 0..100 {
            yield_now();
        }
        assert!(!worker.is_finished());
        gate.open.send(()).unwrap();
        worker.join().unwrap()
    });
    assert_eq!(turns.unwrap(), 7);
}

#[test]
fn a_panic_of_the_work_is_its_callers() {
    run(|| {
        let caught = catch_unwind(|| offload(|| std::panic::panic_any(42_u32)).map(drop));
        assert_eq!(*caught.unwrap_err().downcast::<u32>().unwrap(), 42);
        let task = spawn(|| offload(|| panic!("no such disk")).map(drop).is_ok());
        match task.join() {
            Err(JoinError::Panicked(panic)) => assert_eq!(panic.message(), "no such disk"),
            other => panic!("{other:?}"),
        }
        assert_eq!(offload(|| 1).unwrap(), 1, "the pool is whole");
    })
    .unwrap();
}

#[test]
fn a_pool_runs_no_more_at_once_than_it_says_and_in_order() {
    let now = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let begun = Arc::new(Mutex::new(Vec::new()));
    run({
        let (most, begun) = (Arc::clone(&most), Arc::clone(&begun));
        move || {
            let pool = Pool::new(3);
            let tasks: Vec<_> = (0..20)
                .map(|index| {
                    let pool = pool.clone();
                    let (now, most, begun) = (now.clone(), most.clone(), begun.clone());
                    spawn(move || {
                        pool.run(move || {
                            begun.lock().unwrap().push(index);
                            most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                            std::thread::yield_now();
                            now.fetch_sub(1, SeqCst);
                        })
                    })
                })
                .collect();
            for task in tasks {
                task.join().unwrap().unwrap();
            }
            // One lane does one piece after another.
            let lane = Pool::new(0);
            let order = Arc::new(Mutex::new(Vec::new()));
            let tasks: Vec<_> = (0..20)
                .map(|index| {
                    let (lane, order) = (lane.clone(), order.clone());
                    spawn(move || lane.run(move || order.lock().unwrap().push(index)))
                })
                .collect();
            for task in tasks {
                task.join().unwrap().unwrap();
            }
            assert!(order.lock().unwrap().iter().copied().eq(0..20));
        }
    })
    .unwrap();
    assert!(most.load(SeqCst) <= 3);
    assert_eq!(begun.lock().unwrap().len(), 20);
}

#[test]
fn what_has_not_begun_is_never_done() {
    run(|| {
        let lane = Pool::new(1);
        let (gate, work) = gated(|| ());
        let first = spawn({
            let lane = lane.clone();
            move || lane.run(work).unwrap()
        });
        until(&gate.begun);
        let done = Arc::new(AtomicUsize::new(0));
        let dropped_in = Arc::new(Mutex::new(None));
        let second = spawn({
            let (lane, done, note) = (lane.clone(), done.clone(), dropped_in.clone());
            let mark = OnDrop(move || *note.lock().unwrap() = Some(std::thread::current().id()));
            move || {
                lane.run(move || {
                    let _mark = mark;
                    done.fetch_add(1, SeqCst);
                })
            }
        });
        yield_now();
        assert_eq!(lane.queued(), 1);
        second.cancel("not today");
        let why = interruption(second.join().unwrap());
        assert_eq!(why.reason(), Some("not today"));
        assert_eq!(lane.queued(), 0, "it left the queue");
        let here = std::thread::current().id();
        assert_eq!(*dropped_in.lock().unwrap(), Some(here), "by its caller");
        gate.open.send(()).unwrap();
        first.join().unwrap();
        lane.run(|| ()).unwrap();
        assert_eq!(done.load(SeqCst), 0);
    })
    .unwrap();
}

#[test]
fn what_has_begun_runs_to_its_end_and_its_value_is_dropped() {
    run(|| {
        let (says, dropped) = channel();
        let (gate, work) = gated(move || OnDrop(move || says.send("value").unwrap()));
        let waiting = spawn(|| offload(work).map(drop));
        until(&gate.begun);
        waiting.cancel("too slow");
        assert_eq!(interruption(waiting.join().unwrap()).why(), Why::Cancelled);
        assert!(dropped.try_recv().is_err(), "the work goes on");
        gate.open.send(()).unwrap();
        assert_eq!(until(&dropped), "value");
    })
    .unwrap();
}

#[test]
fn an_abandoned_value_that_panics_as_it_is_dropped_hurts_nobody() {
    run(|| {
        let lane = Pool::new(1);
        let (gate, work) = gated(|| OnDrop(|| panic!("in a destructor, on purpose")));
        let waiting = spawn({
            let lane = lane.clone();
            move || lane.run(work).map(drop)
        });
        until(&gate.begun);
        waiting.cancel("too slow");
        interruption(waiting.join().unwrap());
        gate.open.send(()).unwrap();
        assert_eq!(lane.run(|| 5).unwrap(), 5, "the lane is free again");
    })
    .unwrap();
}

#[test]
fn a_timeout_breaks_the_wait_off() {
    run(|| {
        let (gate, work) = gated(|| ());
        let slow = timeout(Duration::from_millis(2), || offload(work));
        assert!(slow.is_err());
        drop(gate);
    })
    .unwrap();
}

#[test]
fn a_killed_task_leaves_its_work_and_nothing_else() {
    run(|| {
        let log = Log::new();
        let (gate, work) = gated(|| ());
        let victim = spawn({
            let log = log.clone();
            move || {
                let _bye = log.on_drop("unwound");
                let _ = offload(work);
            }
        });
        until(&gate.begun);
        call(syscall::KillTask(victim.tid())).unwrap();
        assert_eq!(log.take(), ["unwound"]);
        assert!(victim.join().is_err());
        drop(gate);
        assert_eq!(offload(|| 1).unwrap(), 1);
    })
    .unwrap();
}

#[test]
fn work_outlives_its_scheduler_quietly() {
    let (says, dropped) = channel();
    let (gate, work) = gated(move || OnDrop(move || says.send(()).unwrap()));
    let mut sched = Scheduler::new();
    sched.spawn(|| offload(work).map(drop));
    sched.step().unwrap();
    gate.begun.recv().unwrap();
    drop(sched);
    gate.open.send(()).unwrap();
    dropped.recv().unwrap();
}

#[test]
fn nobody_waits_for_work_that_was_given_up() {
    let (gate, work) = gated(|| ());
    let gate = run(move || {
        let task = spawn(|| offload(work).map(drop));
        until(&gate.begun);
        task.cancel("no time");
        interruption(task.join().unwrap());
        gate
    })
    .unwrap();
    gate.open
        .send(())
        .expect("the work still runs, and the run is over");
}

#[test]
fn virtual_time_stands_still_while_work_is_done() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let (gate, work) = gated(|| "work");
    let log = Log::new();
    sched.spawn({
        let log = log.clone();
        move || log.say(offload(work).unwrap())
    });
    sched.spawn({
        let log = log.clone();
        move || {
            sleep(Duration::from_secs(3600)).unwrap();
            log.say("an hour");
        }
    });
    let opener = std::thread::spawn(move || {
        gate.begun.recv().unwrap();
        std::thread::yield_now();
        gate.open.send(()).unwrap();
    });
    sched.run().unwrap();
    opener.join().unwrap();
    assert_eq!(log.take(), ["work", "an hour"]);
}

#[test]
fn a_task_that_unwinds_begins_nothing() {
    run(|| {
        let seen = std::rc::Rc::new(std::cell::RefCell::new(None));
        let note = seen.clone();
        let caught = catch_unwind(AssertUnwindSafe(move || {
            let _last = OnDrop(|| *note.borrow_mut() = Some(offload(|| ())));
            panic!("on purpose");
        }));
        assert!(caught.is_err());
        let result = seen.take().unwrap();
        assert_eq!(interruption(result).why(), Why::Unwinding);
    })
    .unwrap();
}

#[test]
fn schedulers_within_tasks_offload_too() {
    let value = run(|| {
        let inner = run(|| {
            let tasks: Vec<_> = (0..4).map(|n| spawn(move || offload(move || n))).collect();
            let values = tasks.into_iter().map(|task| task.join().unwrap().unwrap());
            values.sum::<u32>()
        });
        inner.unwrap() + offload(|| run(|| offload(|| 10).unwrap()).unwrap()).unwrap()
    });
    assert_eq!(value.unwrap(), 16);
}

#[test]
fn work_can_be_raced() {
    run(|| {
        let (gate, work) = gated(|| "slow");
        let pool = Pool::new(2);
        let first = coros::select! {
            slow = pool.running(work) => slow.unwrap(),
            quick = pool.running(|| "quick") => quick.unwrap(),
        };
        assert_eq!(first.unwrap(), "quick");
        drop(gate);
        assert_eq!(pool.run(|| 1).unwrap(), 1);
    })
    .unwrap();
}
