//! The world outside does its worst: what goes away, panics or comes at the wrong moment.

use std::cell::Cell;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Interest, Source};
use coros::signal::{self, Signal, kill};
use coros::syscall::{GetRemote, GetTid, Io, Park};
use coros::{Clock, Scheduler, WaitList, call, run, shield, spawn, yield_now};

fn source() -> (Rc<Source<UnixStream>>, UnixStream) {
    let (here, there) = UnixStream::pair().unwrap();
    here.set_nonblocking(true).unwrap();
    (Rc::new(Source::new("unix stream", here)), there)
}

#[test]
fn a_try_that_panics_after_a_wait_leaves_the_source_free() {
    run(|| {
        let (source, there) = source();
        let rude = Rc::clone(&source);
        let rude = spawn(move || {
            let tries = Cell::new(0);
            call(Io::new(Interest::Read, &rude, |_| -> io::Result<()> {
                tries.set(tries.get() + 1);
                assert!(tries.get() < 2, "not twice");
                Err(io::ErrorKind::WouldBlock.into())
            }))
        });
        yield_now();
        (&there).write_all(b"x").unwrap();
        assert!(rude.join().is_err());
        call(Io::new(Interest::Read, &source, |_| Ok(()))).unwrap();
    })
    .unwrap();
}

#[test]
fn a_run_is_stuck_though_a_try_has_panicked() {
    let mut sched = Scheduler::new();
    sched.spawn(|| {
        let (source, there) = source();
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let tries = Cell::new(0);
            call(Io::new(Interest::Read, &source, |_| -> io::Result<()> {
                tries.set(tries.get() + 1);
                assert!(tries.get() < 2, "not twice");
                (&there).write_all(b"x").unwrap();
                Err(io::ErrorKind::WouldBlock.into())
            }))
        }));
        assert!(caught.is_err());
        _ = call(Park(&WaitList::new()));
    });
    assert!(sched.run().is_err());
}

#[test]
fn a_run_in_virtual_time_that_is_stopped_while_it_rests_ends_after_its_grace() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| {
        let remote = call(GetRemote).unwrap();
        remote.stop(Duration::from_secs(1)).unwrap();
        shield(Duration::from_secs(3600), || {
            loop {
                _ = call(Park(&WaitList::new()));
            }
        })
    });
    let report = sched.run().unwrap();
    assert!(report.stopped);
    assert_eq!(report.overdue, 1);
}

#[test]
fn whenever_the_last_remote_goes_the_run_finds_that_it_is_stuck() {
    for round in 0..20_000_u32 {
        let mut sched = Scheduler::new();
        let remote = sched.remote().unwrap();
        sched.spawn(|| _ = call(Park(&WaitList::new())));
        let (go, gone) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            _ = gone.recv();
            for _ in 0..round % 997 {
                std::hint::spin_loop();
            }
            drop(remote);
        });
        drop(go);
        assert!(sched.run().is_err());
        thread.join().unwrap();
    }
}

#[test]
fn a_run_in_virtual_time_that_is_stopped_while_its_only_task_is_ends_after_its_grace() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| {
        let remote = call(GetRemote).unwrap();
        remote.stop(Duration::from_secs(1)).unwrap();
        kill(call(GetTid), Signal::Tstp).unwrap();
    });
    let report = sched.run().unwrap();
    assert_eq!((report.stopped, report.overdue), (true, 1));
}

#[test]
fn a_handler_does_not_take_back_a_reset() {
    run(|| {
        let owner = spawn(|| {
            let _one = signal::on(Signal::Usr1, || panic!("it was reset")).unwrap();
            let _two = signal::on(Signal::Usr2, || ()).unwrap();
            yield_now();
            signal::reset(Signal::Usr1).unwrap();
            let me = call(GetTid);
            kill(me, Signal::Usr2).unwrap(); // Both look whether it is theirs.
            yield_now();
            yield_now();
            kill(me, Signal::Usr1).unwrap();
            call(Park(&WaitList::new())).unwrap_err()
        });
        assert_eq!(owner.join().unwrap().signal(), Some(Signal::Usr1));
    })
    .unwrap();
}

#[test]
fn a_run_is_stuck_once_no_handler_is_left() {
    let mut sched = Scheduler::new();
    sched.spawn(|| {
        let _handler = signal::on(Signal::Usr1, || ()).unwrap();
        yield_now();
        signal::reset(Signal::Usr1).unwrap();
        _ = call(Park(&WaitList::new()));
    });
    assert!(sched.run().is_err());
}
