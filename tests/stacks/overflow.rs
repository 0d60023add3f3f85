//! A stack overflow names its task; a fault that is not a task's is left to others.
#![allow(unsafe_code)] // One scene installs a signal handler of its own and touches a bad address.

use std::hint::black_box;
use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use coros::{Builder, Scheduler};

use crate::common::{again, is_alone};

/// Each scene ends its process, so it is played in a process of its own.
fn play(test: impl Fn()) -> Output {
    again(test).output().unwrap()
}

/// The line that the fault reporter wrote, and that it was the only one.
fn reported(output: &Output) -> String {
    assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{output:?}");
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0].to_owned()
}

/// Recurses until the stack is at its end.
fn dive(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    match depth {
        u64::MAX => 0,
        _ => dive(depth + 1) + frame[black_box(3)],
    }
}

fn overflow_in(builder: Builder) {
    let mut sched = Scheduler::new();
    sched.spawn(|| ());
    sched.spawn_with(builder, || dive(0)).unwrap();
    sched.run().unwrap();
}

#[test]
fn an_overflow_names_the_task_its_stack_and_the_cure() {
    if is_alone() {
        return overflow_in(Builder::new().name("deep").stack_size(64 << 10));
    }
    let output = play(an_overflow_names_the_task_its_stack_and_the_cure);
    assert_eq!(
        reported(&output),
        "coros: task 2 'deep' overflowed its stack of 65536 bytes; \
         give it more with Builder::new().stack_size(131072)"
    );
}

#[test]
fn a_task_without_a_name_is_known_by_its_number() {
    if is_alone() {
        return overflow_in(Builder::new());
    }
    let line = reported(&play(a_task_without_a_name_is_known_by_its_number));
    assert!(
        line.starts_with("coros: task 2 overflowed its stack of 262144 bytes"),
        "{line}"
    );
}

#[test]
fn a_name_too_long_for_the_reporter_is_cut_between_letters() {
    if is_alone() {
        return overflow_in(Builder::new().name("ä".repeat(200)));
    }
    let line = reported(&play(
        a_name_too_long_for_the_reporter_is_cut_between_letters,
    ));
    assert!(
        line.contains(&format!("task 2 '{}' overflowed", "ä".repeat(51))),
        "{line}"
    );
}

#[test]
fn an_overflow_on_another_thread_is_reported_too() {
    if is_alone() {
        let thread = std::thread::spawn(|| overflow_in(Builder::new().name("far")));
        return thread.join().unwrap();
    }
    let line = reported(&play(an_overflow_on_another_thread_is_reported_too));
    assert!(line.starts_with("coros: task 2 'far' overflowed"), "{line}");
}

#[test]
fn a_recycled_stack_reports_its_new_owner() {
    if is_alone() {
        let mut sched = Scheduler::new();
        let first = Builder::new().name("first").stack_size(16 << 10);
        sched.spawn_with(first, || ()).unwrap();
        sched.run().unwrap();
        let second = Builder::new().stack_size(16 << 10);
        sched.spawn_with(second, || dive(0)).unwrap();
        sched.run().unwrap();
    }
    let line = reported(&play(a_recycled_stack_reports_its_new_owner));
    assert!(
        line.starts_with("coros: task 2 overflowed its stack of 16384 bytes"),
        "{line}"
    );
}

#[test]
fn a_fault_of_somebody_elses_goes_to_the_handler_before() {
    extern "C" fn theirs(_: libc::c_int, _: *mut libc::siginfo_t, _: *mut libc::c_void) {
        // SAFETY: `_exit` may be called in a handler.
        unsafe { libc::_exit(42) }
    }
    if is_alone() {
        // SAFETY: all zeroes are a valid sigaction.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = theirs as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        // SAFETY: the handler has the signature that SA_SIGINFO asks for.
        unsafe { libc::sigaction(libc::SIGSEGV, &action, std::ptr::null_mut()) };
        return touch_a_bad_address();
    }
    let output = play(a_fault_of_somebody_elses_goes_to_the_handler_before);
    assert_eq!(output.status.code(), Some(42), "{output:?}");
}

#[test]
fn a_fault_of_nobodys_ends_the_process_as_ever() {
    if is_alone() {
        return touch_a_bad_address();
    }
    let output = play(a_fault_of_nobodys_ends_the_process_as_ever);
    assert_eq!(output.status.signal(), Some(libc::SIGSEGV), "{output:?}");
}

fn touch_a_bad_address() {
    let mut sched = Scheduler::new();
    sched.spawn(|| {
        let nowhere: *mut u8 = std::ptr::without_provenance_mut(black_box(64));
        // SAFETY: none; that is the point. The process is a child made to die here.
        unsafe { nowhere.write_volatile(1) };
    });
    sched.run().unwrap();
}

#[test]
fn an_overflow_of_the_main_stack_is_not_called_a_tasks() {
    if is_alone() {
        let mut sched = Scheduler::new();
        sched.spawn(|| ());
        sched.run().unwrap();
        black_box(dive(0));
    }
    let output = play(an_overflow_of_the_main_stack_is_not_called_a_tasks);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        text.contains("has overflowed its stack") && !text.contains("coros:"),
        "{text}"
    );
}
