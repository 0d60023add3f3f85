//! Unwinding is its own task's business: it never leaks, never aborts, and comes to an end.

use std::cell::Cell;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::{Command, Output};
use std::rc::Rc;
use std::thread::panicking;

use coros::syscall::{GetTid, KillTask, NewTask, Yield};
use coros::{Builder, Scheduler, call, spawn, yield_now};

use crate::common::{Log, OnDrop, again, park_for_ever, scheduler, serve};

#[test]
fn a_panicking_task_that_kills_itself_has_panicked_or_was_killed_once() {
    let mut sched = scheduler();
    sched.spawn(|| {
        let me = call(GetTid);
        let _killer = OnDrop(move || _ = call(KillTask(me)));
        panic!("ouch");
    });
    let report = sched.run().unwrap();
    assert_eq!((report.panicked, report.killed), (1, 0));
}

#[test]
fn unwinding_never_leaks_to_other_tasks() {
    let (mut sched, log) = (scheduler(), Log::new());
    for end in [|| panic!("ouch"), park_for_ever, || panic!("again")] {
        let victim = sched.spawn(move || {
            let _asks = OnDrop(|| {
                call(Yield);
                spawn(|| assert!(!panicking()));
            });
            end();
        });
        let log = log.clone();
        sched.spawn(move || {
            yield_now();
            log.say(panicking());
            let _ = victim.kill();
            log.say(panicking());
            serve(|_, _| assert!(!panicking()));
        });
    }
    let report = sched.run().unwrap();
    assert_eq!(log.take(), ["false"; 6]);
    assert_eq!((report.panicked, report.killed, report.returned), (2, 1, 6));
}

#[test]
fn a_destructor_may_make_many_calls_while_the_thread_unwinds() {
    let calls = Rc::new(Cell::new(0));
    let count = Rc::clone(&calls);
    let caught = catch_unwind(AssertUnwindSafe(move || {
        let mut sched = scheduler();
        sched.spawn(move || {
            let _asks = OnDrop(|| {
                for _ in 0..5_000 {
                    call(Yield);
                    count.set(count.get() + 1);
                }
            });
            park_for_ever();
        });
        sched.step().unwrap();
        resume_unwind(Box::new(()));
    }));
    assert!(caught.is_err());
    let leaked = panicking();
    assert_eq!((calls.get(), leaked), (5_000, false));
}

#[test]
fn a_destructor_may_catch_panics_of_its_own() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    let victim = sched.spawn(move || {
        let _catches = OnDrop(|| {
            let caught = catch_unwind(|| panic!("caught"));
            said.say(caught.is_err());
            said.say(call(GetTid));
        });
        park_for_ever();
    });
    sched.step().unwrap();
    sched.kill(victim.tid()).unwrap();
    assert_eq!(log.take(), ["true", "1"]);
}

#[test]
fn a_daemon_whose_destructor_leaves_another_daemon_does_not_keep_the_run_going() {
    let lives = Rc::new(Cell::new(1_000));
    let count = Rc::clone(&lives);
    let mut sched = scheduler();
    sched.spawn(move || {
        leave_an_heir(&count);
    });
    let _ = sched.run();
    assert!(lives.get() > 900, "given up after a few rounds");
}

/// Leaves a daemon behind that does the same when it is dropped, as long as there are lives left.
fn leave_an_heir(lives: &Rc<Cell<u32>>) {
    lives.set(lives.get() - 1);
    if lives.get() > 0 {
        let lives = Rc::clone(lives);
        let heir = OnDrop(move || leave_an_heir(&lives));
        Builder::new().daemon(true).spawn(move || {
            let _heir = heir;
            park_for_ever();
        });
    }
}

/// Runs a test of this file again, alone, in a process that may abort.
fn play(test: impl Fn()) -> Output {
    let output = again(test).env("RUST_BACKTRACE", "0").output();
    output.expect("a program can be run again")
}

/// Runs a test again; says whether it did well.
fn survives(test: impl Fn()) -> bool {
    play(test).status.success()
}

#[test]
#[ignore = "run by the next test, in a process of its own"]
fn a_new_task_refused_in_a_destructor() {
    let mut sched = Scheduler::builder().stack_size(1).build();
    let builder = Builder::new().stack_size(256 << 10);
    let panics = || {
        let _asks = OnDrop(|| _ = call(NewTask::new(|| ())));
        panic!("ouch");
    };
    sched.spawn_with(builder, panics).unwrap();
    assert_eq!(sched.run().unwrap().panicked, 1);
}

#[test]
fn a_new_task_refused_in_a_destructor_does_not_abort() {
    assert!(survives(a_new_task_refused_in_a_destructor));
}

#[test]
#[ignore = "run by the next test, in a process of its own"]
fn a_panic_of_a_destructor_in_a_killed_task() {
    let mut sched = Scheduler::new();
    let fragile = || {
        let _fragile = OnDrop(|| panic!("the first panic of all"));
        park_for_ever();
    };
    let fragile = sched.spawn_with(Builder::new().name("fragile"), fragile);
    sched.spawn(move || fragile.unwrap().kill());
    let _ = sched.run();
}

#[test]
fn a_panic_of_a_destructor_in_a_killed_task_aborts_and_names_the_task() {
    let played = play(a_panic_of_a_destructor_in_a_killed_task);
    let told = String::from_utf8_lossy(&played.stderr);
    assert_eq!(played.status.signal(), Some(libc::SIGABRT), "{told}");
    assert!(told.contains("the first panic of all"), "{told}");
    let line = "\ncoros: task 1 'fragile' aborted the process; if a destructor of it panicked while a \
                panic or a kill unwound the task, that cannot be caught\n";
    assert_eq!(told.matches(line).count(), 1, "{told}");
}

#[test]
#[ignore = "run by the next test, in a process of its own"]
fn an_abort_outside_tasks() {
    coros::run(|| ()).unwrap();
    std::process::abort();
}

#[test]
fn an_abort_outside_tasks_is_as_ever() {
    let played = play(an_abort_outside_tasks);
    assert_eq!(played.status.signal(), Some(libc::SIGABRT));
    assert!(!String::from_utf8_lossy(&played.stderr).contains("coros:"));
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by the next test, in a process of its own"]
fn an_abort_from_outside() {
    use std::io::Write;
    use std::process::Stdio;

    let worker = || {
        // Of a process, the thread of this number comes first, unless it blocks the signal: and while it
        // starts a program it blocks all. So that waits until it has been started.
        let thread = std::fs::read_link("/proc/thread-self").unwrap();
        let mut kill = Command::new("sh");
        kill.args(["-c", "read go && kill -ABRT \"$1\"", "sh"]);
        kill.arg(thread.file_name().unwrap()).stdin(Stdio::piped());
        let mut kill = kill.spawn().unwrap();
        kill.stdin.take().unwrap().write_all(b"go\n").unwrap();
        _ = kill.wait();
        loop {
            std::hint::spin_loop();
        }
    };
    let mut sched = Scheduler::new();
    let builder = Builder::new().name("worker");
    sched.spawn_with(builder, worker).unwrap();
    let _ = sched.run();
}

#[cfg(target_os = "linux")]
#[test]
fn an_abort_from_outside_is_not_said_to_be_the_tasks() {
    let played = play(an_abort_from_outside);
    let told = String::from_utf8_lossy(&played.stderr);
    assert_eq!(played.status.signal(), Some(libc::SIGABRT), "{told}");
    let line = "coros: task 1 'worker' was running when SIGABRT came\n";
    assert_eq!(told.matches(line).count(), 1, "{told}");
    assert!(!told.contains("aborted the process"), "{told}");
}
