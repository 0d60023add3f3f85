//! `coros run switches`: a table of figures, of which none is judged here, and what may be wrong around it.

use std::process::Command;

use crate::{Said, fits, run, typed};

const ROWS: [&str; 6] = [
    "two tasks of a scheduler",
    "two coroutines, driven by hand",
    "two threads, through pipes",
    "two processes, through pipes",
    "a call of a function",
    "a byte into a pipe and out of it",
];

/// The three figures of a row.
#[track_caller]
fn figures(table: &str, row: &str) -> [f64; 3] {
    let line = table.lines().find_map(|line| line.strip_prefix(row));
    let line = line.unwrap_or_else(|| panic!("no row of {row} in {table}"));
    let figures: Vec<_> = line
        .split_whitespace()
        .map(|figure| figure.parse())
        .collect();
    match figures[..] {
        [Ok(nanos), Ok(ratio), Ok(counted)] => [nanos, ratio, counted],
        _ => panic!("{line:?} are no three figures"),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn switches_has_a_row_for_each_kind_of_switch() {
    let switches = run(&["run", "switches"]);
    assert_eq!((switches.code, switches.err.as_str()), (Some(0), ""));
    for row in ROWS {
        assert!(figures(&switches.out, row)[0] > 0.0, "{}", switches.out);
    }
    assert_eq!(figures(&switches.out, ROWS[0])[1], 1.0, "the unit of all");
    fits(&switches.out);
}

#[cfg(target_os = "linux")]
#[test]
fn the_system_counts_the_switches_of_threads_and_processes_alone() {
    let switches = run(&["run", "switches"]);
    if !switches.out.starts_with("Both sides on CPU") {
        return; // Here nobody may choose a CPU, and on two there may be turns without a switch.
    }
    let counted = ROWS.map(|row| figures(&switches.out, row)[2]);
    // On one CPU there is no turn without a switch; others who use it add some.
    for kernel in [counted[2], counted[3]] {
        assert!(kernel > 0.9, "{}", switches.out);
    }
    for own in [counted[0], counted[1], counted[4]] {
        assert!(own < 0.5, "{}", switches.out);
    }
}

#[test]
fn switches_can_hold_memory_and_be_stepped_a_row_each_turn() {
    let said = typed(&["step", "switches", "--memory", "3"], "\n\nq\n");
    assert_eq!(said.code, Some(0));
    assert!(said.out.contains("| two coroutines"), "{}", said.out);
    assert!(said.out.contains("| two tasks"), "{}", said.out);
    assert!(!said.out.contains("| two threads"), "{}", said.out);
    fits(&said.out);
}

#[cfg(target_os = "linux")]
#[test]
fn switches_can_put_the_sides_on_two_cpus() {
    let switches = run(&["run", "switches", "--apart"]);
    assert_eq!((switches.code, switches.err.as_str()), (Some(0), ""));
    let first = switches.out.lines().next().expect("it says where");
    let cpus: Vec<_> = first
        .split(|c: char| !c.is_ascii_digit())
        .filter(|cpu| !cpu.is_empty())
        .collect();
    assert_eq!(
        first,
        format!(
            "One side on CPU {}, the other on CPU {}; medians.",
            cpus[0], cpus[1]
        )
    );
}

#[test]
fn switches_is_not_disturbed_by_a_trace_of_all_turns() {
    let switches = crate::coros(&["run", "switches"])
        .env("RUST_LOG", "trace")
        .output();
    let switches = Said::from(switches.expect("it starts"));
    assert_eq!(switches.code, Some(0));
    assert!(switches.err.lines().count() < 50, "{}", switches.err);
}

#[cfg(unix)]
#[test]
fn switches_without_descriptors_tells_what_it_could_not_measure() {
    // Enough of them to begin, and not enough for two pipes.
    let limited = "ulimit -n 8 && exec \"$0\" run switches";
    let switches = Command::new("sh")
        .args(["-c", limited, env!("CARGO_BIN_EXE_coros")])
        .output();
    let switches = Said::from(switches.expect("it starts"));
    assert_eq!(switches.code, Some(1), "{}", switches.err);
    let why = "error: two threads, through pipes: Too many open files";
    assert!(switches.err.contains(why), "{}", switches.err);
    assert!(switches.out.contains(ROWS[4]), "{}", switches.out);
    fits(&switches.err);
}

#[test]
fn switches_with_more_memory_than_it_may_have_is_a_usage_error() {
    let said = run(&["run", "switches", "--memory", "1025"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(
        said.err.contains("no whole number from 0 to 1024"),
        "{}",
        said.err
    );
}

#[test]
fn the_other_side_ends_with_its_input() {
    let said = typed(&["run", "switches", "--echo"], "ball");
    assert_eq!((said.code, said.out.as_str()), (Some(0), "ball"));
}
