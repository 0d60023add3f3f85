//! Ctrl-C at `coros run`: what is left is told, and recordings are whole.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::{Folder, Said, coros, run};

/// Runs this until it has said a word, then sends signals until it has ended.
fn interrupted(arguments: &[&str], word: &str) -> Said {
    let mut child = coros(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut line = String::new();
    while !line.contains(word) {
        line.clear();
        assert!(
            out.read_line(&mut line).expect("it is text") > 0,
            "no {word}"
        );
    }
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::INT).expect("it is there");
    let rest: Vec<_> = out.lines().map(|line| line.expect("it is text")).collect();
    let mut said = Said::from(child.wait_with_output().expect("it ends"));
    said.out = rest.join("\n");
    said
}

#[test]
fn a_program_that_goes_on_is_interrupted_and_its_record_is_whole() {
    let folder = Folder::new();
    let file = folder.file("record", "");
    let said = interrupted(
        &["run", "--real", "signals", "--record", &file, "--metrics"],
        "polite: lap 1",
    );
    assert!(said.out.contains("I tidy up"), "{}", said.out);
    assert!(said.out.contains("turnaround"), "{}", said.out);
    let shown = run(&["show", &file]);
    assert_eq!((shown.code, shown.err.as_str()), (Some(0), ""));
}
