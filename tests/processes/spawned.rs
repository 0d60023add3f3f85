//! A spawned process begins afresh, does what it is told, and comes back with bytes.

use std::cell::Cell;
use std::thread;
use std::time::Duration;

use coros::process::spawn::{Entry, spawn};
use coros::process::{Failed, fork};
use coros::{run, timeout};

use crate::{children, descriptors};

crate::tests![
    bytes_go_there_and_back,
    nothing_is_carried_over,
    threads_do_not_matter,
    many_bytes_go_there_and_back,
    a_panic_there_is_exit_code_101,
    an_exit_there_is_told,
    an_unknown_name_is_refused_here,
    a_killed_process_has_no_result,
    a_dropped_process_is_killed,
    tasks_wait_alone,
    the_input_of_the_child_is_empty,
    a_spawned_process_may_spawn,
    a_program_that_a_spawned_process_starts_is_none,
    a_forked_child_may_spawn,
];

pub const ENTRIES: &[(&str, Entry)] = &[
    ("reverse", |bytes| bytes.iter().rev().copied().collect()),
    ("number", |_| NUMBER.get().to_string().into_bytes()),
    ("panic", |_| panic!("on purpose")),
    ("exit", |_| std::process::exit(3)),
    ("sleep", |_| {
        loop {
            thread::park();
        }
    }),
    ("input", |_| {
        let mut text = String::new();
        let read = std::io::stdin().read_line(&mut text).unwrap();
        read.to_string().into_bytes()
    }),
    ("twice", |bytes| {
        let inner = spawn("reverse", bytes).unwrap();
        let once = inner.wait().unwrap();
        spawn("reverse", &once).unwrap().wait().unwrap()
    }),
    ("list", |_| {
        let mut program = std::process::Command::new(std::env::current_exe().unwrap());
        program.arg("--list").output().unwrap().stdout
    }),
];

thread_local! {
    static NUMBER: Cell<u32> = const { Cell::new(1) };
}

fn result_of(name: &str, argument: &[u8]) -> Result<Vec<u8>, Failed> {
    spawn(name, argument).unwrap().wait()
}

fn bytes_go_there_and_back() {
    let before = descriptors();
    assert_eq!(result_of("reverse", b"stressed").unwrap(), b"desserts");
    assert_eq!(result_of("reverse", b"").unwrap(), b"");
    assert_eq!(descriptors(), before);
}

fn nothing_is_carried_over() {
    NUMBER.set(2);
    assert_eq!(result_of("number", b"").unwrap(), b"1");
}

fn threads_do_not_matter() {
    let result = thread::spawn(|| result_of("reverse", b"ab").unwrap()).join();
    assert_eq!(result.unwrap(), b"ba");
}

fn many_bytes_go_there_and_back() {
    let bytes: Vec<u8> = (0..3_000_000).map(|at| (at % 251) as u8).collect();
    let back = result_of("reverse", &bytes).unwrap();
    assert!(back.iter().rev().eq(&bytes));
}

fn a_panic_there_is_exit_code_101() {
    match result_of("panic", b"") {
        Err(Failed::Ended(status)) => assert_eq!(status.code(), Some(101)),
        other => panic!("{other:?}"),
    }
}

fn an_exit_there_is_told() {
    match result_of("exit", b"") {
        Err(error @ Failed::Ended(_)) => assert_eq!(
            error.to_string(),
            "the process ended without a result: exit status: 3"
        ),
        other => panic!("{other:?}"),
    }
}

fn an_unknown_name_is_refused_here() {
    let error = spawn("nobody", b"").unwrap_err().to_string();
    assert!(error.contains("no entry is called 'nobody'"), "{error}");
    assert!(error.contains("\"reverse\""), "{error}");
}

fn a_killed_process_has_no_result() {
    let process = spawn("sleep", b"").unwrap();
    process.kill().unwrap();
    assert!(matches!(process.wait(), Err(Failed::Ended(_))));
}

fn a_dropped_process_is_killed() {
    drop(spawn("sleep", b"").unwrap());
    assert!(children().is_empty());
}

fn tasks_wait_alone() {
    run(|| {
        let process = spawn("sleep", b"").unwrap();
        let waited = timeout(Duration::from_millis(3), || process.wait());
        assert!(waited.is_err());
        let tasks = [1_u8, 2, 3].map(|it| coros::spawn(move || result_of("reverse", &[it, 0])));
        for (number, task) in (1..).zip(tasks) {
            assert_eq!(task.join().unwrap().unwrap(), [0, number]);
        }
        process.kill().unwrap();
        assert!(matches!(process.wait(), Err(Failed::Ended(_))));
    })
    .unwrap();
}

fn the_input_of_the_child_is_empty() {
    assert_eq!(result_of("input", b"not for you").unwrap(), b"0");
}

fn a_spawned_process_may_spawn() {
    assert_eq!(result_of("twice", b"abc").unwrap(), b"abc");
}

/// It has the variable, but is not meant by it.
fn a_program_that_a_spawned_process_starts_is_none() {
    let text = String::from_utf8(result_of("list", b"").unwrap()).unwrap();
    assert!(text.contains("a_spawned_process_may_spawn: test"), "{text}");
}

fn a_forked_child_may_spawn() {
    let child = fork(|| i32::from(result_of("reverse", b"ab").unwrap() != b"ba"));
    assert_eq!(child.unwrap().wait().unwrap().code(), Some(0));
}
