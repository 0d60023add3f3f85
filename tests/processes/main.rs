//! Processes are made, share what they should, and leave nothing behind.
//!
//! Each test is a process of its own with a single thread: this binary runs itself for each.

mod forked;
mod forked_in_tasks;
mod managed;
mod queued;
mod served;
mod shared;
mod spawned;
mod without_threads;

use std::env;
use std::fs;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a test may take until it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(120);

type Test = (&'static str, fn());

/// A table of tests by their names.
macro_rules! tests {
    ($($name:ident),+ $(,)?) => {
        pub const TESTS: &[crate::Test] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),+];
    };
}
pub(crate) use tests;

fn main() -> ExitCode {
    coros::process::entries(spawned::ENTRIES);
    let tables = [
        forked::TESTS,
        forked_in_tasks::TESTS,
        managed::TESTS,
        queued::TESTS,
        served::TESTS,
        shared::TESTS,
        spawned::TESTS,
        without_threads::TESTS,
    ];
    let tests = tables.concat();
    let words: Vec<_> = env::args().skip(1).collect();
    if let [flag, name] = &words[..]
        && flag == "--alone"
    {
        let (_, test) = tests.iter().find(|test| test.0 == name).expect("a test");
        test();
        assert_eq!(children(), [0; 0], "a test leaves no process behind");
        return ExitCode::SUCCESS;
    }
    if words.iter().any(|word| word == "--list") {
        tests.iter().for_each(|test| println!("{}: test", test.0));
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<_> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let is_wanted =
        |test: &Test| wanted.is_empty() || wanted.iter().any(|word| test.0.contains(*word));
    let failed = tests
        .iter()
        .filter(|test| is_wanted(test) && !passes(test.0));
    match failed.count() {
        0 => ExitCode::SUCCESS,
        failed => {
            eprintln!("{failed} failed");
            ExitCode::FAILURE
        }
    }
}

fn passes(name: &str) -> bool {
    let mut test = Command::new(env::current_exe().expect("a test knows its executable"));
    test.args(["--alone", name]).stdin(Stdio::null());
    let mut test = test.stderr(Stdio::piped()).spawn().expect("it runs");
    let stderr = test.stderr.take().expect("piped");
    let reader = thread::spawn(|| std::io::read_to_string(stderr).unwrap_or_default());
    let passed = ends_well(&mut test);
    println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
    if !passed {
        eprintln!("{}", reader.join().expect("it only reads"));
    }
    passed
}

fn ends_well(test: &mut Child) -> bool {
    let begun = Instant::now();
    loop {
        if let Some(status) = test.try_wait().expect("it is ours") {
            return status.success();
        }
        if begun.elapsed() > PATIENCE {
            test.kill().expect("it is ours");
            _ = test.wait();
            return false;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// The processes that this one has made, zombies too.
fn children() -> Vec<u32> {
    children_of(std::process::id())
}

fn children_of(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").expect("Linux").flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|number| parent_of(*number) == Some(parent))
        .collect()
}

fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before may have spaces.
    stat.rsplit(')')
        .next()?
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

/// The descriptors that this process has open.
fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("Linux").count()
}

/// Whether a process is there, and has not ended.
fn is_alive(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = stat
        .rsplit(')')
        .next()
        .and_then(|rest| rest.trim().chars().next());
    state.is_some_and(|state| state != 'Z' && state != 'X')
}

/// Waits until something holds, which other processes bring about.
#[track_caller]
fn eventually(holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE / 2, "it never came about");
        thread::sleep(Duration::from_millis(1));
    }
}
