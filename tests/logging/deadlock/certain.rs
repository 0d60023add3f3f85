//! What can only be ended by those who hold it makes certain cycles; with one way out it makes none.

use std::os::unix::net::UnixStream;

use coros::signal::Signal;
use coros::sync::{Mutex, OnceCell, RLock, RwLock};
use coros::syscall::{GetTid, Park, ReadWait};
use coros::{
    JoinHandle, Scheduler, WaitList, call, select, signal, sleep, smp, spawn, timeout, wait_all,
    wait_any, yield_now,
};

use super::warned;
use crate::common::seconds;

/// Runs a scene beside a task that only sleeps; the deadlocks that are logged. What is certain in the
/// report of the stuck run is what was logged, and the other way round.
fn logged(scene: impl FnOnce(&mut Scheduler)) -> Vec<String> {
    let mut told = Vec::new();
    let warnings = warned(|sched| {
        scene(sched);
        sched.spawn(|| sleep(seconds(60)).unwrap());
        if let Err(stuck) = sched.run() {
            let report = stuck.to_string();
            told = report
                .lines()
                .skip_while(|line| !line.starts_with("  cycle: "))
                .map(|line| line.trim_start_matches("  cycle:").trim().to_owned())
                .take_while(|line| !line.starts_with("likely"))
                .collect();
        }
    });
    let deadlocks = warnings
        .iter()
        .filter_map(|line| line.strip_prefix("deadlock: "));
    let deadlocks: Vec<_> = deadlocks.map(str::to_owned).collect();
    let mut links: Vec<_> = deadlocks.iter().flat_map(|line| line.split("; ")).collect();
    links.sort_unstable();
    told.sort_unstable();
    assert_eq!(links, told, "the log and the report");
    deadlocks
}

/// A task that waits for the mutex.
fn wants(mutex: &Mutex<()>) -> JoinHandle<()> {
    let mutex = mutex.clone();
    let wants = spawn(move || drop(mutex.lock()));
    yield_now();
    wants
}

fn pen() -> Mutex<()> {
    Mutex::new(()).named("pen")
}

#[test]
fn an_owner_that_joins_a_task_that_waits_for_it_is_a_cycle() {
    let deadlocks = logged(|sched| {
        sched.spawn(|| {
            let pen = pen();
            let _guard = pen.lock().unwrap();
            wants(&pen).join()
        });
    });
    let cycle = "task 1 waits for task 3; task 3 waits for mutex 'pen' held by task 1";
    assert_eq!(deadlocks, [cycle]);
}

#[test]
fn a_reentrant_lock_knows_its_owner() {
    let deadlocks = logged(|sched| {
        sched.spawn(|| {
            let lock = RLock::new(()).named("monitor");
            let (_outer, _inner) = (lock.lock().unwrap(), lock.lock().unwrap());
            let wanted = lock.clone();
            spawn(move || drop(wanted.lock())).join()
        });
    });
    assert_eq!(deadlocks.len(), 1);
    assert!(deadlocks[0].contains("reentrant lock 'monitor' held by task 1"));
}

#[test]
fn a_once_cell_knows_who_makes_its_value() {
    let deadlocks = logged(|sched| {
        sched.spawn(|| {
            let cell = OnceCell::<()>::new().named("config");
            let wanted = cell.clone();
            let _ = cell.get_or_init(|| {
                let _ = spawn(move || drop(wanted.get_or_init(|| ()))).join();
            });
        });
    });
    assert_eq!(deadlocks.len(), 1);
    assert!(deadlocks[0].contains("once cell 'config' held by task 1"));
}

#[test]
fn a_writer_that_waits_for_its_reader_is_a_cycle() {
    let deadlocks = logged(|sched| {
        sched.spawn(|| {
            let map = RwLock::new(()).named("map");
            let _write = map.write().unwrap();
            let wanted = map.clone();
            spawn(move || drop(wanted.read())).join()
        });
    });
    assert_eq!(deadlocks.len(), 1);
    assert!(deadlocks[0].contains("read-write lock 'map' held by task 1"));
}

/// A reader waits for a task that wants to read behind a writer, which gives up after so long.
fn reader_behind_a_writer(sched: &mut Scheduler, patience: u64) {
    let map = RwLock::new(()).named("map");
    let (first, second) = (map.clone(), map.clone());
    let late = sched.spawn(move || {
        yield_now();
        yield_now();
        drop(first.read());
    });
    sched.spawn(move || {
        let _read = second.read().unwrap();
        late.join()
    });
    sched.spawn(move || match patience {
        0 => drop(map.write()),
        patience => drop(timeout(seconds(patience), || map.write().map(drop))),
    });
}

#[test]
fn a_reader_behind_a_writer_waits_for_that_writer() {
    let deadlocks = logged(|sched| reader_behind_a_writer(sched, 0));
    let links: Vec<_> = deadlocks[0].split("; ").collect();
    assert_eq!(deadlocks.len(), 1);
    assert!(
        links.contains(&"task 1 waits for read-write lock 'map' behind task 3"),
        "{links:?}"
    );
}

#[test]
fn a_reader_behind_a_writer_that_will_give_up_is_no_deadlock() {
    let deadlocks = logged(|sched| reader_behind_a_writer(sched, 9));
    assert_eq!(deadlocks, [""; 0]);
}

#[test]
fn a_wait_for_any_of_two_is_a_cycle_if_both_wait_for_the_caller() {
    let deadlocks = logged(|sched| {
        sched.spawn(|| {
            let pen = pen();
            let _guard = pen.lock().unwrap();
            wait_any(&[wants(&pen), wants(&pen)], None)
        });
    });
    assert_eq!(deadlocks.len(), 1);
}

#[test]
fn a_wait_for_any_of_two_is_none_if_one_of_them_goes_on() {
    let deadlocks = logged(|sched| {
        sched.spawn(|| {
            let pen = pen();
            let _guard = pen.lock().unwrap();
            let sleeper = spawn(|| sleep(seconds(9)).unwrap());
            wait_any(&[wants(&pen), sleeper], None).unwrap();
        });
    });
    assert_eq!(deadlocks, [""; 0]);
}

#[test]
fn a_wait_for_all_of_two_is_a_cycle_if_both_wait_for_the_caller() {
    let deadlocks = logged(|sched| {
        sched.spawn(|| {
            let pen = pen();
            let _guard = pen.lock().unwrap();
            wait_all(&[wants(&pen), wants(&pen)], None)
        });
    });
    assert_eq!(deadlocks.len(), 1);
}

/// The owner of a mutex, which a child waits for, waits in `wait` for the child or something else.
fn owner_that(wait: impl FnOnce(&JoinHandle<()>) + 'static) -> Vec<String> {
    logged(|sched| {
        sched.spawn(move || {
            let pen = pen();
            let _guard = pen.lock().unwrap();
            let child = wants(&pen);
            yield_now();
            wait(&child);
        });
    })
}

#[test]
fn a_select_among_deadlocked_waits_is_a_cycle() {
    let deadlocks = owner_that(|child| {
        let again = child;
        let _ = select! {
            _ = child.joining() => (),
            _ = again.joining() => (),
        };
    });
    assert_eq!(deadlocks.len(), 1);
}

#[test]
fn a_select_that_waits_for_a_device_or_a_signal_too_is_none() {
    let by_socket = owner_that(|child| {
        let (here, there) = UnixStream::pair().unwrap();
        spawn(move || {
            sleep(seconds(1)).unwrap();
            drop(there);
        });
        here.set_nonblocking(true).unwrap();
        let first = select! {
            _ = child.joining() => "child",
            _ = ReadWait(&here) => "socket",
        };
        assert_eq!(first, Ok("socket"));
    });
    let by_event = owner_that(|child| {
        let bell = WaitList::new().named("bell");
        let ringer = bell.clone();
        spawn(move || {
            sleep(seconds(1)).unwrap();
            ringer.wake_one();
        });
        let first = select! {
            _ = child.joining() => "child",
            _ = Park(&bell) => "bell",
        };
        assert_eq!(first, Ok("bell"));
    });
    let by_signal = owner_that(|child| {
        let caller = call(GetTid);
        spawn(move || {
            sleep(seconds(1)).unwrap();
            signal::kill(caller, Signal::Usr1).unwrap();
        });
        let first = select! {
            _ = child.joining() => "child",
            _ = signal::waiting(&[Signal::Usr1]) => "signal",
        };
        assert_eq!(first, Ok("signal"));
    });
    assert_eq!([by_socket, by_event, by_signal], [[""; 0]; 3]);
}

/// One task holds a mutex and is ready; another waits for it, or for something that the table does not
/// know; then the first wants what the other holds.
fn holder_that_comes_last(wait: impl FnOnce(&Mutex<()>) + 'static) -> Vec<String> {
    logged(|sched| {
        sched.spawn(move || {
            let (pen, paper) = (pen(), Mutex::new(()).named("paper"));
            let (wanted, held) = (pen.clone(), paper.clone());
            let _pen = pen.lock().unwrap();
            let waiter = spawn(move || {
                let _paper = held.lock().unwrap();
                wait(&wanted);
            });
            yield_now();
            assert_eq!(
                pen.waiters(),
                1,
                "the select waits before the cycle is closed"
            );
            drop(paper.lock());
            waiter.join().unwrap();
        });
    })
}

#[test]
fn a_select_with_another_way_out_is_none_though_its_holder_closes_the_cycle_later() {
    let by_socket = holder_that_comes_last(|pen| {
        let (here, there) = UnixStream::pair().unwrap();
        spawn(move || {
            sleep(seconds(1)).unwrap();
            drop(there);
        });
        here.set_nonblocking(true).unwrap();
        let first = select! {
            biased;
            _ = pen.locking() => "pen",
            _ = ReadWait(&here) => "socket",
        };
        assert_eq!(first, Ok("socket"));
    });
    let by_other_thread = holder_that_comes_last(|pen| {
        let (tx, rx) = smp::channel(1);
        spawn(move || {
            sleep(seconds(1)).unwrap();
            tx.send(()).unwrap();
        });
        let first = select! {
            biased;
            _ = pen.locking() => "pen",
            _ = rx.receiving() => "channel",
        };
        assert_eq!(first, Ok("channel"));
    });
    assert_eq!([by_socket, by_other_thread], [[""; 0]; 2]);
}

#[test]
fn a_wait_after_a_select_with_another_way_out_can_be_a_cycle() {
    let deadlocks = holder_that_comes_last(|pen| {
        let (tx, rx) = smp::channel(1);
        spawn(move || {
            sleep(seconds(1)).unwrap();
            tx.send(()).unwrap();
        });
        let first = select! {
            biased;
            _ = pen.locking() => "pen",
            _ = rx.receiving() => "channel",
        };
        assert_eq!(first, Ok("channel"));
        drop(pen.lock());
    });
    assert_eq!(deadlocks.len(), 1);
}
