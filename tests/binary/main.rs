//! The demo binary keeps its word: the tour, the list, the programs, the stepper, the trace.
#![cfg(feature = "cli")]

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};

use common::{Folder, text};
use unicode_width::UnicodeWidthStr;

mod command_line;
#[path = "../common/mod.rs"]
mod common;
mod interrupted;
mod machine;
mod output;
mod programs;
mod sched;
mod sched_mistakes;
mod sched_output;
mod show;
mod step;
mod switches;
mod width;
mod words;

const PROGRAMS: [&str; 12] = [
    "hello",
    "ticker",
    "family",
    "crash",
    "stuck",
    "deadlock",
    "words",
    "jobs",
    "inversion",
    "blocking",
    "signals",
    "switches",
];

fn coros(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coros"));
    command
        .args(arguments)
        .env_remove("RUST_LOG")
        .env_remove("CARGO")
        .env_remove("COLUMNS")
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    command
}

/// What a process said, and how it ended.
struct Said {
    out: String,
    err: String,
    code: Option<i32>,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            out: String::from_utf8(output.stdout).expect("the output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("the messages are UTF-8"),
            code: output.status.code(),
        }
    }
}

fn run(arguments: &[&str]) -> Said {
    coros(arguments).output().expect("it starts").into()
}

/// Starts it with all its streams in our hands.
fn started(command: &mut Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// Runs with these keys as its input, which then ends.
fn typed(arguments: &[&str], keys: &str) -> Said {
    typed_into(&mut coros(arguments), keys)
}

fn typed_into(command: &mut Command, keys: &str) -> Said {
    let mut child = started(command);
    let mut input = child.stdin.take().expect("it is piped");
    // It may quit before it has read all of it.
    let _ = input.write_all(keys.as_bytes());
    drop(input);
    child.wait_with_output().expect("it ends").into()
}

#[track_caller]
fn fits(text: &str) {
    fits_in(text, 80);
}

/// As a terminal shows it: some characters take two columns, some none.
#[track_caller]
fn fits_in(text: &str, columns: usize) {
    for line in text.lines() {
        assert!(line.width() <= columns, "wider than {columns}: {line}");
    }
}
