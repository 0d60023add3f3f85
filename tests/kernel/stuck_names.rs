//! The report of a stuck run names what is waited for and who holds it, through whatever it is.

use std::io::Read;

use coros::channel::{bounded, broadcast, oneshot, watch};
use coros::pipe::between_tasks;
use coros::sync::{Barrier, Mutex, RwLock, Semaphore};
use coros::syscall::Park;
use coros::{Builder, Scheduler, Stuck, WaitList, group, yield_now};

use crate::common::scheduler;

fn spawn(sched: &mut Scheduler, name: &'static str, f: impl FnOnce() + 'static) {
    sched.spawn_with(Builder::new().name(name), f).unwrap();
}

/// The lines that name cycles.
fn cycles(stuck: &Stuck) -> String {
    let report = stuck.to_string();
    let from = report.find("cycle: ").unwrap_or(report.len());
    report[from..].to_owned()
}

#[test]
fn a_lock_and_a_join_make_a_cycle() {
    let mut sched = scheduler();
    let lock = Mutex::new(()).named("ledger");
    spawn(&mut sched, "owner", move || {
        let guard = lock.lock().unwrap();
        let wanted = lock.clone();
        let child = Builder::new().name("child");
        let child = child.spawn(move || drop(wanted.lock()));
        let _ = child.join();
        drop(guard);
    });
    let stuck = sched.run().unwrap_err();
    let text = cycles(&stuck);
    assert!(
        text.contains("task 1 'owner' waits for task 2 'child'"),
        "{stuck}"
    );
    assert!(
        text.contains("task 2 'child' waits for mutex 'ledger' held by task 1 'owner'"),
        "{stuck}"
    );
}

#[test]
fn a_reader_and_a_permit_make_a_cycle() {
    let mut sched = scheduler();
    let (table, permits) = (
        RwLock::new(0).named("table"),
        Semaphore::new(1).named("permits"),
    );
    let (reads, takes) = (table.clone(), permits.clone());
    spawn(&mut sched, "reader", move || {
        let _read = reads.read().unwrap();
        yield_now();
        let _permit = takes.acquire();
    });
    spawn(&mut sched, "writer", move || {
        let _permit = permits.acquire().unwrap();
        yield_now();
        let _write = table.write();
    });
    let stuck = sched.run().unwrap_err();
    let text = cycles(&stuck);
    assert!(
        text.contains("'permits' held by task 2 'writer'"),
        "{stuck}"
    );
    assert!(text.contains("'table' held by task 1 'reader'"), "{stuck}");
}

#[test]
fn channels_between_tasks_that_talked_before_make_a_cycle() {
    let mut sched = scheduler();
    let ((to_b, at_b), (to_a, at_a)) = (bounded(1), bounded(1));
    let (to_b, at_a) = (to_b.named("to b"), at_a.named("to a"));
    spawn(&mut sched, "a", move || {
        to_b.send(1).unwrap();
        while at_a.recv().is_ok() {}
        drop(to_b);
    });
    spawn(&mut sched, "b", move || {
        to_a.send(1).unwrap();
        while at_b.recv().is_ok() {}
        drop(to_a);
    });
    let stuck = sched.run().unwrap_err();
    let text = cycles(&stuck);
    assert!(text.contains("'to a' held by task 2 'b'"), "{stuck}");
    assert!(text.contains("'to b' held by task 1 'a'"), "{stuck}");
}

#[test]
fn a_barrier_and_a_lock_make_a_cycle() {
    let mut sched = scheduler();
    let (barrier, lock) = (Barrier::new(2).named("round"), Mutex::new(()).named("pen"));
    let (other, wanted) = (barrier.clone(), lock.clone());
    spawn(&mut sched, "holder", move || {
        barrier.wait().unwrap();
        let _guard = lock.lock().unwrap();
        let _ = barrier.wait();
    });
    spawn(&mut sched, "late", move || {
        other.wait().unwrap();
        yield_now();
        let _guard = wanted.lock();
        let _ = other.wait();
    });
    let stuck = sched.run().unwrap_err();
    let text = cycles(&stuck);
    assert!(text.contains("'round' held by task 2 'late'"), "{stuck}");
    assert!(text.contains("'pen' held by task 1 'holder'"), "{stuck}");
}

#[test]
fn every_kind_of_channel_and_a_group_go_by_their_names() {
    let mut sched = scheduler();
    let (broadcast_tx, broadcast_rx) = broadcast::broadcast::<u8>(1);
    let (watch_tx, watch_rx) = watch::watch(1);
    let (oneshot_tx, oneshot_rx) = oneshot::oneshot::<u8>();
    let (pipe_rx, _pipe_tx) = between_tasks(1);
    let kept = (broadcast_tx.clone(), watch_tx.clone(), oneshot_tx);
    let (broadcast_rx, pipe_rx) = (broadcast_rx.named("news"), pipe_rx.named("bytes"));
    let (watch_rx, oneshot_rx) = (watch_rx.named("level"), oneshot_rx.named("answer"));
    sched.spawn(move || drop(broadcast_rx.recv()));
    sched.spawn(move || drop(watch_rx.changed()));
    sched.spawn(move || drop(oneshot_rx.recv()));
    sched.spawn(move || drop((&pipe_rx).read(&mut [0])));
    sched.spawn(|| {
        _ = group(|g| {
            g.named("crew");
            g.spawn(|| coros::call(Park(&WaitList::new())));
        });
    });
    let told = sched.run().unwrap_err().to_string();
    for name in [
        "broadcast channel 'news'",
        "watched value 'level'",
        "channel for one value 'answer'",
        "'bytes'",
        "group 'crew'",
    ] {
        assert!(told.contains(name), "{name} in {told}");
    }
    drop(kept);
}
