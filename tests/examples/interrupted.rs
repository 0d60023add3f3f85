//! Ctrl-C ends every example without a panic: a wait that it breaks off is no bug.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{examples, path_of};

/// How long an example may take to end, on a machine with much to do.
const LONG: Duration = Duration::from_secs(120);

/// Starts an example, interrupts it when it has said something, and again and again if it goes on; what it
/// says of errors.
fn interrupted(example: &str, arguments: &[&str]) -> String {
    let mut child = Command::new(path_of(example))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("`cargo build --examples` has built it");
    let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut err = child.stderr.take().expect("it is piped");
    let told = thread::spawn(move || {
        let mut told = String::new();
        err.read_to_string(&mut told).expect("it is text");
        told
    });
    out.read_line(&mut String::new()).expect("it is text");
    // What it says from now on has to go somewhere.
    thread::spawn(move || out.read_to_end(&mut Vec::new()));
    let (begun, mut next) = (Instant::now(), Duration::ZERO);
    while child.try_wait().expect("it is ours").is_none() {
        assert!(begun.elapsed() < LONG, "{example} does not end");
        if begun.elapsed() >= next {
            // As a terminal does: all that it has started as well.
            _ = kill_process_group(Pid::from_child(&child), Signal::INT);
            next += Duration::from_secs(5);
        }
        thread::sleep(Duration::from_millis(2));
    }
    told.join().expect("it only reads")
}

/// What shows a panic, interrupted or not.
const PANICS: [&str; 1] = ["crash"];

#[track_caller]
fn is_no_panic(example: &str, told: &str) {
    let is_meant = PANICS.contains(&example);
    assert!(is_meant || !told.contains("panicked"), "{example}: {told}");
}

#[test]
fn ctrl_c_makes_no_example_panic() {
    for (example, _) in examples() {
        is_no_panic(&example, &interrupted(&example, &[]));
    }
}

#[test]
fn ctrl_c_ends_every_server() {
    for server in ["chat", "echo", "slow_server", "tls", "web", "websocket"] {
        let told = interrupted(server, &["127.0.0.1:0"]);
        is_no_panic(server, &told);
        assert!(told.lines().count() < 10, "{server}: {told}");
    }
}
