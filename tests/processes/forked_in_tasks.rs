//! A fork inside a task: the tasks stay with the parent, and the child cannot disturb them.

use std::cell::Cell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use coros::kernel::{Interest, Source};
use coros::process::{SharedMemory, fork, queue};
use coros::signal::{self, Signal};
use coros::syscall::{GetRemote, GetTid, Io, ReadWait};
use coros::{Scheduler, call, run, sleep, spawn, timeout, yield_now};

use crate::{children, descriptors};

crate::tests![
    a_task_that_waits_for_a_child_lets_the_others_run,
    a_task_that_looks_for_a_childs_end_in_a_loop_lets_the_others_run,
    a_broken_off_wait_can_be_taken_up_again,
    a_system_call_in_the_child_panics_and_says_what_to_do,
    a_library_call_in_the_child_panics_too,
    a_fresh_run_in_the_child_works,
    the_scheduler_of_the_parent_refuses_to_run_in_the_child,
    dropping_a_source_in_the_child_takes_nothing_from_the_parent,
    dropping_a_scheduler_in_the_child_takes_nothing_from_the_parent,
    a_source_that_the_parent_has_used_serves_the_child,
    a_source_that_a_task_of_the_parent_waits_for_serves_the_child,
    dropping_a_listening_scheduler_in_the_child_lets_the_child_go_on_listening,
    forks_in_many_tasks_at_once,
    a_killed_task_takes_its_child_along,
    a_fork_in_a_scheduler_within_a_task_leaves_both,
    a_fork_within_a_fork_within_a_task,
    a_remote_in_the_child_reaches_nobody,
    signals_that_the_parent_listens_to_end_the_child,
    a_blocked_child_of_a_run_that_handles_signals_ends_when_its_own_grace_is_over,
];

fn a_task_that_waits_for_a_child_lets_the_others_run() {
    let go = Rc::new(SharedMemory::new(8).unwrap());
    let code = run(move || {
        let watched = go.clone();
        let waiter = spawn(move || {
            let child = fork(|| {
                while watched.cells()[0].load(std::sync::atomic::Ordering::SeqCst) == 0 {
                    thread::yield_now();
                }
                9
            });
            child.unwrap().wait().unwrap().code()
        });
        for _ in 0..10 {
            yield_now();
        }
        go.cells()[0].store(1, std::sync::atomic::Ordering::SeqCst);
        waiter.join().unwrap()
    });
    assert_eq!(code.unwrap(), Some(9));
}

fn a_task_that_looks_for_a_childs_end_in_a_loop_lets_the_others_run() {
    type Look = fn(&coros::process::Forked);
    let looks: [Look; 2] = [
        |child| _ = child.try_wait().unwrap(),
        |child| child.kill().unwrap(),
    ];
    for look in looks {
        let starved = run(move || {
            let child = fork(|| {
                loop {
                    thread::park();
                }
            });
            let (child, has_run) = (child.unwrap(), Rc::new(Cell::new(false)));
            let other = Rc::clone(&has_run);
            spawn(move || {
                yield_now();
                other.set(true);
            });
            yield_now();
            (0..1000).all(|_| {
                look(&child);
                !has_run.get()
            })
        });
        assert!(!starved.unwrap());
    }
}

fn a_broken_off_wait_can_be_taken_up_again() {
    run(|| {
        let (sender, receiver) = queue().unwrap();
        let child = fork(|| i32::from(receiver.recv().unwrap().is_none())).unwrap();
        let waited = timeout(Duration::from_millis(3), || child.wait());
        assert!(waited.is_err(), "nobody has let it go yet");
        sender.send(b"go").unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
    })
    .unwrap();
}

/// Runs in a child what must panic there; its exit code says whether it did, and its message is right.
fn panics_in_the_child(f: impl FnOnce()) -> i32 {
    let child = fork(|| {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).unwrap_err();
        let text = panic.downcast_ref::<&str>().copied().unwrap_or_default();
        let says = text.contains("the task stayed with the parent") && text.contains("coros::run");
        if says { 0 } else { 1 }
    });
    child.unwrap().wait().unwrap().code().unwrap()
}

fn a_system_call_in_the_child_panics_and_says_what_to_do() {
    let code = run(|| panics_in_the_child(|| _ = call(GetTid)));
    assert_eq!(code.unwrap(), 0);
}

fn a_library_call_in_the_child_panics_too() {
    let codes = run(|| {
        [
            panics_in_the_child(yield_now),
            panics_in_the_child(|| _ = sleep(Duration::ZERO)),
            panics_in_the_child(|| _ = spawn(|| ())),
        ]
    });
    assert_eq!(codes.unwrap(), [0; 3]);
}

fn a_fresh_run_in_the_child_works() {
    run(|| {
        let (mut here, there) = UnixStream::pair().unwrap();
        let child = fork(|| {
            let sum = run(move || {
                there.set_nonblocking(true).unwrap();
                let there = Source::new("unix stream", there);
                let mut byte = [0];
                let read = spawn(move || {
                    call(Io::new(Interest::Read, &there, |mut io| io.read(&mut byte))).unwrap();
                    i32::from(byte[0])
                });
                sleep(Duration::from_millis(1)).unwrap();
                read.join().unwrap() + 1
            });
            sum.unwrap()
        });
        here.write_all(&[4]).unwrap();
        assert_eq!(child.unwrap().wait().unwrap().code(), Some(5));
        sleep(Duration::from_millis(1)).unwrap();
    })
    .unwrap();
}

fn the_scheduler_of_the_parent_refuses_to_run_in_the_child() {
    let mut sched = Scheduler::new();
    let task = sched.spawn(|| sleep(Duration::from_millis(1)));
    let child = fork(|| {
        let refused = [sched.run().map(drop), sched.step().map(drop)];
        let says = |error: &coros::Stuck| error.to_string().contains("was forked after");
        i32::from(!refused.iter().all(|it| it.as_ref().is_err_and(says)))
    });
    assert_eq!(child.unwrap().wait().unwrap().code(), Some(0));
    sched.run().unwrap();
    task.join().unwrap().unwrap();
}

fn dropping_a_source_in_the_child_takes_nothing_from_the_parent() {
    fn read(source: &Source<UnixStream>) -> std::io::Result<u8> {
        let mut byte = [0];
        call(Io::new(Interest::Read, source, |mut io| io.read(&mut byte))).map(|_| byte[0])
    }
    run(|| {
        let (here, mut there) = UnixStream::pair().unwrap();
        here.set_nonblocking(true).unwrap();
        let source = Source::new("unix stream", here);
        let waited = timeout(Duration::from_millis(1), || read(&source));
        assert!(waited.is_err(), "it is registered now");
        let kept = Cell::new(Some(source));
        let child = fork(|| {
            drop(kept.take());
            0
        });
        assert_eq!(child.unwrap().wait().unwrap().code(), Some(0));
        there.write_all(&[8]).unwrap();
        assert_eq!(read(&kept.take().unwrap()).unwrap(), 8);
    })
    .unwrap();
}

fn dropping_a_scheduler_in_the_child_takes_nothing_from_the_parent() {
    let (here, mut there) = UnixStream::pair().unwrap();
    let mut sched = Scheduler::new();
    let reader = sched.spawn(move || call(ReadWait(&here)).map_err(|error| error.kind()));
    for _ in 0..3 {
        sched.spawn(|| ());
        sched.step().unwrap();
    }
    let kept = Cell::new(Some(sched));
    let child = fork(|| {
        // It kills the copies of its tasks, whose destructors would take the descriptor out of the set.
        drop(kept.take());
        0
    });
    assert_eq!(child.unwrap().wait().unwrap().code(), Some(0));
    there.write_all(&[8]).unwrap();
    kept.take().unwrap().run().unwrap();
    reader.join().unwrap().unwrap();
}

fn a_source_that_the_parent_has_used_serves_the_child() {
    let messages = run(|| {
        let (sender, receiver) = queue().unwrap();
        let first = timeout(Duration::from_millis(1), || receiver.recv());
        assert!(
            first.is_err(),
            "it is registered with the parent's scheduler now"
        );
        let child = fork(|| {
            let received = run(move || receiver.recv().unwrap().unwrap()[0]);
            i32::from(received.unwrap())
        });
        let child = child.unwrap();
        sender.send(&[77]).unwrap();
        child.wait().unwrap().code()
    });
    assert_eq!(messages.unwrap(), Some(77));
}

fn forks_in_many_tasks_at_once() {
    let before = descriptors();
    run(|| {
        let tasks: Vec<_> = (0..20)
            .map(|number| {
                spawn(move || {
                    let child = fork(|| {
                        thread::sleep(Duration::from_millis(2));
                        number
                    });
                    child.unwrap().wait().unwrap().code()
                })
            })
            .collect();
        for (number, task) in (0..).zip(tasks) {
            assert_eq!(task.join().unwrap(), Some(number));
        }
    })
    .unwrap();
    assert_eq!(descriptors(), before);
}

fn a_killed_task_takes_its_child_along() {
    run(|| {
        let waiter = spawn(|| {
            let child = fork(|| {
                loop {
                    thread::park();
                }
            });
            child.unwrap().wait().map_err(|error| error.kind())
        });
        yield_now();
        assert_eq!(children().len(), 1);
        waiter.kill().unwrap();
        assert!(children().is_empty());
    })
    .unwrap();
}

fn a_fork_in_a_scheduler_within_a_task_leaves_both() {
    let code = run(|| {
        let inner = run(|| panics_in_the_child(yield_now));
        yield_now();
        inner.unwrap()
    });
    assert_eq!(code.unwrap(), 0);
}

fn a_fork_within_a_fork_within_a_task() {
    let code = run(|| {
        let child = fork(|| {
            let inner = run(|| {
                let grandchild = fork(|| run(|| 11).unwrap()).unwrap();
                grandchild.wait().unwrap().code().unwrap()
            });
            inner.unwrap() + 1
        });
        child.unwrap().wait().unwrap().code()
    });
    assert_eq!(code.unwrap(), Some(12));
}

fn a_remote_in_the_child_reaches_nobody() {
    run(|| {
        let remote = call(GetRemote).unwrap();
        let child = fork(|| {
            drop(remote);
            0
        });
        assert_eq!(child.unwrap().wait().unwrap().code(), Some(0));
        sleep(Duration::from_millis(1)).unwrap();
    })
    .unwrap();
}

fn signals_that_the_parent_listens_to_end_the_child() {
    let end = run(|| {
        let heard = Rc::new(Cell::new(0));
        let hearing = heard.clone();
        let handler = signal::on(Signal::Term, move || hearing.set(hearing.get() + 1)).unwrap();
        sleep(Duration::from_millis(1)).unwrap();
        let (sender, receiver) = queue().unwrap();
        let child = fork(|| {
            sender.send(b"ready").unwrap();
            loop {
                thread::park();
            }
        });
        let child = child.unwrap();
        receiver.recv().unwrap();
        let id = rustix::process::Pid::from_raw(child.id() as i32).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let end = child.wait().unwrap();
        let own = rustix::process::getpid();
        rustix::process::kill_process(own, rustix::process::Signal::TERM).unwrap();
        crate::eventually(|| {
            sleep(Duration::from_millis(1)).unwrap();
            heard.get() == 1
        });
        handler.remove();
        end.signal()
    });
    assert_eq!(end.unwrap(), Some(15));
}

fn a_source_that_a_task_of_the_parent_waits_for_serves_the_child() {
    let code = run(|| {
        let (sender, receiver) = queue().unwrap();
        let receiver = Rc::new(receiver);
        let theirs = receiver.clone();
        let waiter = spawn(move || theirs.recv().map(drop));
        yield_now();
        let child = fork(|| {
            let received = run(move || receiver.recv().unwrap().unwrap()[0]);
            i32::from(received.unwrap())
        });
        let child = child.unwrap();
        waiter.cancel("the child receives");
        _ = waiter.join().unwrap();
        sender.send(&[77]).unwrap();
        child.wait().unwrap().code()
    });
    assert_eq!(code.unwrap(), Some(77));
}

fn dropping_a_listening_scheduler_in_the_child_lets_the_child_go_on_listening() {
    let mut sched = Scheduler::new();
    sched.spawn(|| _ = signal::wait(Signal::Usr1));
    assert!(sched.step().unwrap().is_some());
    let child = fork(|| {
        let parents = sched;
        let heard = run(move || {
            let waiter = spawn(|| signal::wait(Signal::Usr1));
            yield_now();
            drop(parents);
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::USR1).unwrap();
            waiter.join().unwrap()
        });
        i32::from(heard.unwrap().is_ok())
    });
    let status = child.unwrap().wait().unwrap();
    assert_eq!(status.code(), Some(1), "{status}");
}

fn a_blocked_child_of_a_run_that_handles_signals_ends_when_its_own_grace_is_over() {
    let handling = || Scheduler::builder().handle_signals(Duration::ZERO).build();
    let mut parents = handling();
    let child = parents.spawn(move || {
        // A timer is no child's heirloom: it needs one of its own.
        let child = fork(|| {
            let mut sched = handling();
            sched.spawn(|| {
                let own = rustix::process::getpid();
                rustix::process::kill_process(own, rustix::process::Signal::TERM).unwrap();
                loop {
                    std::hint::spin_loop();
                }
            });
            _ = sched.run();
            0
        });
        child.unwrap().wait().unwrap().signal()
    });
    assert_eq!(parents.run().unwrap().signal, None);
    assert_eq!(child.join().unwrap(), Some(Signal::Term.number()));
}
