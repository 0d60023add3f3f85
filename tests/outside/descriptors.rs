//! Tasks wait for file descriptors, and only the tasks do.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Cause, Event, Interest, Observer, Source};
use coros::syscall::{GetRemote, Io, Park, ReadWait, WriteWait};
use coros::{
    Clock, JoinError, Scheduler, WaitList, call, run, select, sleep, spawn, timeout, yield_now,
};

use crate::common::Folder;

const MOMENT: Duration = Duration::from_millis(2);

fn pair() -> (UnixStream, UnixStream) {
    let (a, b) = UnixStream::pair().unwrap();
    a.set_nonblocking(true).unwrap();
    b.set_nonblocking(true).unwrap();
    (a, b)
}

fn source(stream: UnixStream) -> Rc<Source<UnixStream>> {
    Rc::new(Source::new("unix stream", stream))
}

/// Reads once, waiting for it.
fn read(source: &Source<UnixStream>) -> io::Result<Vec<u8>> {
    let mut buffer = [0; 16];
    let count = call(Io::new(Interest::Read, source, |mut io| {
        io.read(&mut buffer)
    }))?;
    Ok(buffer[..count].to_vec())
}

#[test]
fn a_task_that_waits_for_a_descriptor_lets_the_others_run() {
    run(|| {
        let (a, b) = pair();
        let waiter = spawn(move || {
            call(ReadWait(&a)).unwrap();
            (&a).read(&mut [0; 10]).unwrap()
        });
        for _ in 0..100 {
            yield_now();
        }
        (&b).write_all(b"abc").unwrap();
        assert_eq!(waiter.join().unwrap(), 3);
        call(WriteWait(&b)).unwrap();
    })
    .unwrap();
}

#[test]
fn descriptors_are_looked_at_while_others_never_wait() {
    run(|| {
        let (a, b) = pair();
        let source = source(a);
        let reader = spawn(move || read(&source).unwrap());
        let writer = std::thread::spawn(move || (&b).write_all(b"from a thread").unwrap());
        while !reader.is_finished() {
            yield_now(); // There is always a ready task.
        }
        assert_eq!(reader.join().unwrap(), b"from a thread");
        writer.join().unwrap();
    })
    .unwrap();
}

#[test]
fn a_second_reader_is_refused_and_a_writer_is_not() {
    run(|| {
        let (a, _b) = pair();
        let a = source(a);
        let theirs = Rc::clone(&a);
        let reader = spawn(move || read(&theirs));
        yield_now();
        for refused in [read(&a).unwrap_err(), call(ReadWait(a.get())).unwrap_err()] {
            assert_eq!(refused.kind(), io::ErrorKind::ResourceBusy);
            let text = refused.to_string();
            assert!(text.starts_with("task 2 reads from unix stream "), "{text}");
        }
        call(WriteWait(a.get())).unwrap();
        call(Io::new(Interest::Write, &a, |mut io| io.write(b"x"))).unwrap();
        reader.kill().unwrap();
        let late = timeout(MOMENT, || read(&a));
        assert!(late.is_err(), "whoever was killed is in nobody's way");
    })
    .unwrap();
}

#[test]
fn closing_a_source_fails_those_who_wait_and_whoever_comes() {
    run(|| {
        let (a, _b) = pair();
        let a = source(a);
        let theirs = Rc::clone(&a);
        let reader = spawn(move || read(&theirs).unwrap_err());
        yield_now();
        a.close();
        for error in [reader.join().unwrap(), read(&a).unwrap_err()] {
            assert_eq!(error.kind(), io::ErrorKind::NotConnected, "{error}");
        }
    })
    .unwrap();
}

#[test]
fn a_wait_that_is_broken_off_takes_nothing() {
    run(|| {
        let (a, b) = pair();
        let a = source(a);
        for _ in 0..3 {
            let late = timeout(MOMENT, || read(&a));
            assert!(late.is_err());
        }
        (&b).write_all(b"all of it").unwrap();
        assert_eq!(read(&a).unwrap(), b"all of it");
        let cancelled = spawn(move || read(&a).unwrap_err());
        yield_now();
        cancelled.cancel("no more");
        let error = cancelled.join().unwrap();
        assert_ne!(
            error.kind(),
            io::ErrorKind::Interrupted,
            "`std` would try again"
        );
        assert!(error.to_string().contains("no more"), "{error}");
    })
    .unwrap();
}

#[test]
fn one_descriptor_is_waited_for_both_ways_at_once() {
    run(|| {
        let (a, b) = pair();
        while (&a).write(&[0; 4096]).is_ok() {}
        let a = Rc::new(a);
        let (reading, writing) = (Rc::clone(&a), Rc::clone(&a));
        let reader = spawn(move || call(ReadWait(&*reading)).unwrap());
        let writer = spawn(move || call(WriteWait(&*writing)).unwrap());
        yield_now();
        yield_now();
        (&b).write_all(b"x").unwrap();
        reader.join().unwrap();
        assert!(!writer.is_finished());
        while (&b).read(&mut [0; 65536]).is_ok_and(|count| count > 0) {}
        writer.join().unwrap();
    })
    .unwrap();
}

#[test]
fn a_descriptor_number_that_is_used_again_is_another_one() {
    run(|| {
        for round in 0..50 {
            let (a, b) = pair();
            let waiter = spawn(move || {
                if round % 2 == 0 {
                    read(&Source::new("unix stream", a)).unwrap()
                } else {
                    call(ReadWait(&a)).unwrap();
                    Vec::new()
                }
            });
            yield_now();
            if round % 3 == 0 {
                waiter.kill().unwrap();
                assert!(matches!(waiter.join(), Err(JoinError::Killed(_))));
            } else {
                (&b).write_all(b"x").unwrap();
                waiter.join().unwrap();
            }
        }
    })
    .unwrap();
}

#[test]
fn a_regular_file_is_always_ready() {
    let folder = Folder::new();
    let path = folder.file("text", "text");
    let ready = run(move || {
        let file = File::open(path).unwrap();
        call(ReadWait(&file)).is_ok() && call(WriteWait(&file)).is_ok()
    });
    assert!(ready.unwrap());
}

#[test]
fn a_select_takes_what_comes_first_and_leaves_the_rest() {
    run(|| {
        let ((a, to_a), (b, to_b)) = (pair(), pair());
        let (a, b) = (source(a), source(b));
        (&to_b).write_all(b"b").unwrap();
        let (mut from_a, mut from_b) = ([0; 4], [0; 4]);
        let chosen = select! {
            count = Io::new(Interest::Read, &a, |mut io| io.read(&mut from_a)) => ("a", count.unwrap()),
            count = Io::new(Interest::Read, &b, |mut io| io.read(&mut from_b)) => ("b", count.unwrap()),
        };
        assert_eq!(chosen.unwrap(), ("b", 1));
        (&to_a).write_all(b"a").unwrap();
        assert_eq!(read(&a).unwrap(), b"a");
    })
    .unwrap();
}

#[test]
fn a_source_goes_with_whoever_waits_next_once_its_scheduler_is_gone() {
    let (a, b) = pair();
    let a = source(a);
    for _ in 0..2 {
        let theirs = Rc::clone(&a);
        let late = run(move || timeout(MOMENT, || read(&theirs)).is_err());
        assert!(late.unwrap());
    }
    (&b).write_all(b"later").unwrap();
    assert_eq!(run(move || read(&a).unwrap()).unwrap(), b"later");
}

#[test]
fn a_source_of_another_scheduler_is_refused() {
    run(|| {
        let (a, _b) = pair();
        let a = source(a);
        let theirs = Rc::clone(&a);
        let reader = spawn(move || read(&theirs).is_err());
        yield_now();
        // An inner scheduler, while the outer one has the source.
        reader.kill().unwrap();
        let refused = run(move || read(&a).unwrap_err()).unwrap();
        assert!(
            refused.to_string().contains("belongs to another scheduler"),
            "{refused}"
        );
    })
    .unwrap();
}

#[test]
fn a_timeout_in_virtual_time_passes_at_once_if_nothing_comes() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let tried = sched.spawn(|| {
        let (a, b) = pair();
        let a = source(a);
        let hour = Duration::from_secs(3600);
        let late = timeout(hour, || read(&a)).is_err();
        let theirs = Rc::clone(&a);
        let reader = spawn(move || timeout(hour, || read(&theirs)).unwrap().unwrap());
        yield_now();
        (&b).write_all(b"in time").unwrap();
        (late, reader.join().unwrap())
    });
    sched.run().unwrap();
    assert_eq!(tried.join().unwrap(), (true, b"in time".to_vec()));
}

#[test]
fn observers_are_told_that_a_device_woke_a_task() {
    struct Causes(Rc<RefCell<Vec<Cause>>>);
    impl Observer for Causes {
        fn observe(&mut self, event: &Event) {
            if let Event::Wake(wake) = event {
                self.0.borrow_mut().push(wake.cause);
            }
        }
    }
    let causes = Rc::new(RefCell::new(Vec::new()));
    let mut sched = Scheduler::builder()
        .observer(Causes(Rc::clone(&causes)))
        .build();
    sched.spawn(|| {
        let (a, b) = pair();
        let source = source(a);
        spawn(move || {
            sleep(MOMENT).unwrap();
            (&b).write_all(b"x").unwrap();
        });
        read(&source).unwrap();
    });
    sched.run().unwrap();
    assert_eq!(*causes.borrow(), [Cause::Timer, Cause::Device]);
}

#[test]
fn a_run_is_stuck_when_nothing_can_come_from_outside() {
    let mut sched = Scheduler::new();
    sched.spawn(|| {
        drop(call(GetRemote));
        let (a, _b) = pair();
        assert!(timeout(MOMENT, || call(ReadWait(&a))).is_err());
        _ = call(Park(&WaitList::new().named("what never comes")));
    });
    let stuck = sched.run().unwrap_err();
    assert!(stuck.to_string().contains("what never comes"), "{stuck}");
}

#[test]
fn a_handle_that_goes_in_another_thread_leaves_the_run_stuck() {
    let mut sched = Scheduler::new();
    let remote = sched.remote().unwrap();
    sched.spawn(|| _ = call(Park(&WaitList::new())));
    let thread = std::thread::spawn(move || {
        // Most of the time the scheduler sleeps by then; it is to notice either way.
        std::thread::yield_now();
        drop(remote);
    });
    assert!(sched.run().is_err());
    thread.join().unwrap();
}
