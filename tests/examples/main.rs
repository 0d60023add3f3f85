//! Each example runs, ends by itself, and prints what it promises.

#[path = "../common/mod.rs"]
mod common;
mod futures;
mod guide;
mod interrupted;
mod network;
mod outside;
mod processes;
mod steps;
mod tasks;
mod waiting;
mod watching;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::example::path_of;

/// Runs an example, with what follows its name as arguments.
#[track_caller]
fn prints(command: &str, expected: &str) {
    let mut words = command.split_whitespace();
    let example = words.next().expect("an example has a name");
    let output = Command::new(path_of(example))
        .args(words)
        .output()
        .expect("`cargo build --examples` has built it");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {stderr}", output.status);
}

/// The guide's chapters hold what they show of an example to what it prints.
#[test]
fn every_example_is_run_by_a_test_or_a_chapter() {
    let told = tests_and_chapters();
    for (name, _) in examples() {
        let run = [
            format!("\"{name}\""),
            format!("\"{name} "),
            format!("$ cargo run --example {name}\n"),
            format!("$ cargo run --example {name} "),
        ];
        let is_run = run.iter().any(|run| told.contains(run.as_str()));
        assert!(is_run, "nothing runs {name}");
    }
}

/// What goes wrong on purpose is compared as well.
#[test]
fn every_broken_variant_is_run_by_a_test_or_a_chapter() {
    let told = tests_and_chapters();
    let mut seen = 0;
    for (name, source) in examples() {
        if source.contains("\"broken\")") {
            let is_run = told.contains(&format!("\"{name} broken\""))
                || told.contains(&format!("$ cargo run --example {name} -- broken\n"));
            assert!(is_run, "nothing runs {name} -- broken");
            seen += 1;
        }
    }
    assert!(seen > 5, "the test can see variants");
}

/// The examples, each with the source of its `main`.
fn examples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let paths = fs::read_dir(folder).expect("they are there");
    let paths = paths.map(|entry| entry.expect("it can be read").path());
    let paths = paths.filter(|path| path.extension().is_none_or(|end| end == "rs"));
    let read = |path: PathBuf| {
        let name = path.file_stem().expect("it has a name");
        let main = if path.is_dir() {
            path.join("main.rs")
        } else {
            path.clone()
        };
        let source = fs::read_to_string(main).expect("it is text");
        (name.to_string_lossy().into_owned(), source)
    };
    paths.map(read).collect()
}

fn tests_and_chapters() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut told = String::new();
    for folder in ["tests/examples", "docs/guide"] {
        read_all(&root.join(folder), &mut told);
    }
    told
}

/// Adds all that stands in a folder.
fn read_all(folder: &Path, told: &mut String) {
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it can be read").path();
        match path.is_dir() {
            true => read_all(&path, told),
            false => *told += &fs::read_to_string(path).expect("it is text"),
        }
    }
}
