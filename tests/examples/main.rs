//! Each example runs, ends by itself, and prints what it promises.

mod futures;
mod network;
mod outside;
mod processes;
mod tasks;
mod waiting;
mod watching;

use std::path::PathBuf;
use std::process::Command;

/// Cargo puts the examples beside the directory of the tests.
fn path_of(example: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its executable");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("tests lie in target/<profile>/deps");
    let name = format!("{example}{}", std::env::consts::EXE_SUFFIX);
    profile.join("examples").join(name)
}

#[track_caller]
fn prints(example: &str, expected: &str) {
    let output = Command::new(path_of(example))
        .output()
        .expect("`cargo build --examples` has built it");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {stderr}", output.status);
}
