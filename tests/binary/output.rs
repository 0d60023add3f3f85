//! Where the output goes: the log, and a pipe that nobody reads any more.

use std::io::{BufRead, BufReader};

use crate::{Folder, Said, coros, run, started};

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

fn logged(program: &str, filter: &str) -> String {
    let logged = coros(&["run", program]).env("RUST_LOG", filter).output();
    Said::from(logged.expect("it starts")).err
}

#[test]
fn a_panic_is_told_once_at_every_level_and_names_the_task() {
    for filter in ["error", "info", "trace", "off", "coros::turn=trace"] {
        let err = logged("crash", filter);
        let told = err.matches("task 2 'bold' panicked at src/bin/coros/programs/crash.rs:39:5: ");
        assert_eq!(told.count(), 1, "{filter}: {err}");
        assert_eq!(err.matches("it was slippery").count(), 1, "{filter}: {err}");
        assert!(!err.contains("thread '"), "{filter}: {err}");
    }
}

#[test]
fn turns_and_ends_can_be_had_alone() {
    let turns = logged("family", "coros::turn=trace");
    assert_eq!(turns.lines().count(), 13, "{turns}");
    assert!(turns.lines().all(|line| line.starts_with("trace: turn ")));
    let lives = logged("family", "coros::task=debug");
    assert_eq!(lives.lines().count(), 6, "three births and ends: {lives}");
    assert!(lives.lines().all(|line| line.starts_with("debug: task ")));
}

#[test]
fn a_trace_shows_source_lines_and_the_ends_of_sleeps_and_fits() {
    let trace = logged("deadlock", "coros::turn=trace");
    let sleeps = trace.lines().filter(|line| line.contains("Sleep"));
    let sleeps: Vec<_> = sleeps.collect();
    for (line, until) in sleeps.iter().zip(["600s", "1200s"]) {
        assert!(line.contains("…deadlock.rs:40 "), "{line}");
        assert!(
            line.ends_with(&format!("Sleep(600s) waits until {until}")),
            "{line}"
        );
    }
    assert_eq!(sleeps.len(), 2, "{trace}");
    for line in trace.lines().filter(|line| !line.contains("-> slept")) {
        assert!(
            line.starts_with("error") || line.chars().count() <= 80,
            "{line}"
        );
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
    let mut child = started(&mut coros(&["run", "words", "--top", "50000", &file]));
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
    let mut child = started(&mut coros(&[]));
    drop(child.stdout.take());
    let said = Said::from(child.wait_with_output().expect("it ends"));
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
}
