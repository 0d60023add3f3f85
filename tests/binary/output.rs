//! Where the output goes: the log, and a pipe that nobody reads any more.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::{Folder, Said, coros, run};

#[test]
fn the_trace_has_one_line_for_each_turn() {
    for program in ["hello", "ticker", "family", "crash"] {
        let traced = coros(&["run", program]).env("RUST_LOG", "trace").output();
        let traced = Said::from(traced.expect("it starts"));
        let turns: Vec<_> = traced
            .err
            .lines()
            .filter(|line| line.starts_with("trace: turn "))
            .collect();
        let summary = format!("info: {} turns; ", turns.len());
        assert!(traced.err.contains(&summary), "{}", traced.err);
        for (at, line) in turns.iter().enumerate() {
            assert!(
                line.starts_with(&format!("trace: turn {} ", at + 1)),
                "{line}"
            );
        }
    }
}

#[test]
fn without_rust_log_nothing_but_errors_is_logged() {
    assert_eq!(run(&["run", "family"]).err, "");
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let folder = Folder::new();
    let many: Vec<_> = (0..50_000).map(|n| format!("word{n}")).collect();
    let file = folder.file("many", many.join(" "));
    let mut child = coros(&["run", "words", "--top", "50000", &file])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut first = String::new();
    let out = child.stdout.take().expect("it is piped");
    BufReader::with_capacity(8, out)
        .read_line(&mut first)
        .expect("it says something");
    let said = Said::from(child.wait_with_output().expect("it ends"));
    assert_eq!(first, "1 word0\n");
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
}

#[test]
fn a_closed_pipe_ends_the_tour_quietly() {
    let mut child = coros(&[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let said = Said::from(child.wait_with_output().expect("it ends"));
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
}
