//! A fork copies all, is refused where that is not safe, and leaves nothing behind.

use std::cell::Cell;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use coros::process::{Forked, SharedMemory, fork};

use crate::{children, descriptors};

crate::tests![
    a_child_runs_the_closure_and_its_value_is_the_exit_code,
    a_change_in_the_child_is_not_seen_by_the_parent,
    nothing_of_the_parent_is_dropped_in_the_child,
    what_the_closure_owns_is_dropped_in_both,
    a_process_with_a_second_thread_is_refused,
    a_thread_that_was_joined_does_not_count,
    a_panic_in_the_child_is_exit_code_101,
    a_killed_child_tells_its_signal,
    a_crash_in_the_child_tells_its_signal,
    try_wait_never_waits,
    a_dropped_child_is_killed_and_reaped,
    a_hundred_forks_leave_no_zombie_and_no_descriptor,
    printed_text_appears_once,
    a_child_of_a_child_cannot_be_waited_for_by_its_uncle,
    a_child_that_drops_the_handle_of_a_sibling_leaves_it_alive,
    a_fork_while_unwinding_is_refused,
    a_child_may_fork,
    print_and_fork,
];

fn end(child: &Forked) -> Option<i32> {
    child.wait().unwrap().code()
}

fn a_child_runs_the_closure_and_its_value_is_the_exit_code() {
    let parent = std::process::id();
    let child = fork(|| if std::process::id() == parent { 1 } else { 42 }).unwrap();
    assert_ne!(child.id(), parent);
    assert_eq!(end(&child), Some(42));
    assert_eq!(end(&child), Some(42), "and says so again");
}

fn a_change_in_the_child_is_not_seen_by_the_parent() {
    let mut number = 1;
    let seen = SharedMemory::new(8).unwrap();
    let child = fork(|| {
        number += 1;
        seen.write_at(0, &[number]).unwrap();
        0
    });
    assert_eq!(end(&child.unwrap()), Some(0));
    let mut there = [0];
    seen.read_at(0, &mut there).unwrap();
    assert_eq!((number, there), (1, [2]));
}

/// Counts in shared memory how often it is dropped.
struct Counting<'m>(&'m SharedMemory);

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        self.0.cells()[0].fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    }
}

fn drops(memory: &SharedMemory) -> u64 {
    memory.cells()[0].load(std::sync::atomic::Ordering::SeqCst)
}

fn nothing_of_the_parent_is_dropped_in_the_child() {
    let memory = SharedMemory::new(8).unwrap();
    let counting = Counting(&memory);
    let child = fork(|| if drops(counting.0) == 0 { 3 } else { 4 }).unwrap();
    assert_eq!(end(&child), Some(3));
    assert_eq!(drops(&memory), 0);
    drop(counting);
    assert_eq!(drops(&memory), 1);
}

fn what_the_closure_owns_is_dropped_in_both() {
    let memory = SharedMemory::new(8).unwrap();
    let counting = Counting(&memory);
    let child = fork(move || {
        drop(counting);
        0
    });
    assert_eq!(end(&child.unwrap()), Some(0));
    assert_eq!(drops(&memory), 2);
}

fn a_process_with_a_second_thread_is_refused() {
    let (keep, kept) = mpsc::channel::<()>();
    let thread = thread::spawn(move || kept.recv());
    let error = fork(|| 0).unwrap_err().to_string();
    assert!(error.contains("this process has 2 threads"), "{error}");
    assert!(error.contains("use process::spawn"), "{error}");
    drop(keep);
    _ = thread.join();
    assert!(children().is_empty());
}

fn a_thread_that_was_joined_does_not_count() {
    for _ in 0..50 {
        thread::spawn(|| ()).join().unwrap();
        assert_eq!(end(&fork(|| 0).unwrap()), Some(0));
    }
}

fn a_panic_in_the_child_is_exit_code_101() {
    let unwound = Cell::new(false);
    let child = fork(|| {
        unwound.set(true);
        panic!("on purpose");
    });
    assert_eq!(end(&child.unwrap()), Some(101));
    assert!(!unwound.get());
}

fn a_killed_child_tells_its_signal() {
    let child = fork(|| {
        loop {
            thread::park();
        }
    });
    let child = child.unwrap();
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    child.kill().expect("one that has ended needs no more");
}

fn a_crash_in_the_child_tells_its_signal() {
    let child = fork(|| std::process::abort()).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(6));
}

fn try_wait_never_waits() {
    let go = SharedMemory::new(8).unwrap();
    let child = fork(|| {
        while drops(&go) == 0 {
            thread::yield_now();
        }
        5
    });
    let child = child.unwrap();
    assert!(child.try_wait().unwrap().is_none());
    drop(Counting(&go));
    crate::eventually(|| child.try_wait().unwrap().is_some());
    assert_eq!(end(&child), Some(5));
}

fn a_dropped_child_is_killed_and_reaped() {
    drop(fork(|| {
        loop {
            thread::park();
        }
    }));
    assert!(children().is_empty());
}

fn a_hundred_forks_leave_no_zombie_and_no_descriptor() {
    let before = descriptors();
    for round in 0..100 {
        let child = fork(|| round).unwrap();
        if round % 3 > 0 {
            assert_eq!(end(&child), Some(round));
        }
    }
    assert!(children().is_empty());
    assert_eq!(descriptors(), before);
}

fn printed_text_appears_once() {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--alone", concat!(module_path!(), "::print_and_fork")]);
    let output = again.stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "before, child, after");
}

/// Without an end of line all stays in the buffer.
fn print_and_fork() {
    print!("before, ");
    let child = fork(|| {
        print!("child, ");
        0
    });
    assert_eq!(end(&child.unwrap()), Some(0));
    print!("after");
    std::io::stdout().flush().unwrap();
}

fn a_child_of_a_child_cannot_be_waited_for_by_its_uncle() {
    let sibling = fork(|| 0).unwrap();
    let nephew = fork(|| match sibling.wait() {
        Err(error) if error.to_string().contains("is no child of this process") => 0,
        _ => 1,
    });
    assert_eq!(end(&nephew.unwrap()), Some(0));
    assert_eq!(end(&sibling), Some(0));
}

fn a_child_that_drops_the_handle_of_a_sibling_leaves_it_alive() {
    let go = SharedMemory::new(8).unwrap();
    let sibling = fork(|| {
        while drops(&go) == 0 {
            thread::yield_now();
        }
        7
    });
    let sibling = Cell::new(Some(sibling.unwrap()));
    let other = fork(|| {
        drop(sibling.take());
        0
    });
    assert_eq!(end(&other.unwrap()), Some(0));
    drop(Counting(&go));
    assert_eq!(end(&sibling.take().unwrap()), Some(7));
}

fn a_fork_while_unwinding_is_refused() {
    struct Forking<'s>(&'s Cell<bool>);
    impl Drop for Forking<'_> {
        fn drop(&mut self) {
            self.0.set(fork(|| 0).is_err());
        }
    }
    let refused = Cell::new(false);
    let forking = std::panic::AssertUnwindSafe(|| {
        let _forking = Forking(&refused);
        panic!("on purpose");
    });
    assert!(std::panic::catch_unwind(forking).is_err());
    assert!(refused.get());
}

fn a_child_may_fork() {
    let child = fork(|| end(&fork(|| 6).unwrap()).unwrap());
    assert_eq!(end(&child.unwrap()), Some(6));
}
