//! The examples of processes, and of a supervisor, which does among tasks what init does among them.

use std::process::Command;

use crate::{path_of, prints};

#[test]
fn what_is_shared_depends_on_how_a_process_is_made() {
    prints(
        "fork_and_spawn",
        "\
fork: the child knows 42
fork: the parent knows 2
shared memory: 4 children have counted to 4000
open file: the child has moved it to 1234
fork server: its child knows 1
spawn: the child knows 1
",
    );
}

#[test]
fn a_manager_keeps_objects_for_four_processes() {
    prints(
        "manager",
        "\
a worker ended: exit status: 0
a worker ended: exit status: 0
a worker ended: exit status: 0
a worker ended: exit status: 0
01² = 1
02² = 4
03² = 9
04² = 16
05² = 25
06² = 36
07² = 49
08² = 64
09² = 81
10² = 100
11² = 121
12² = 144
12 jobs done
the manager has ended, and its objects with it
",
    );
}

#[test]
fn a_supervisor_restarts_what_crashes_but_not_for_ever() {
    prints(
        "supervisor",
        "    0 s  mail: start 1
    0 s  web: start 1
    0 s  database: start 1
    0 s  clock: start 1
    2 s  mail: crashed: no network
    3 s  mail: start 2
    5 s  mail: crashed: no network
    7 s  mail: start 3
    9 s  mail: has done its work
 3600 s  web: crashed: out of memory
 3601 s  web: start 2
 7201 s  web: crashed: out of memory
 7202 s  web: start 3
10800 s  database: crashed: disk full
10801 s  database: start 2
10802 s  web: has done its work
10802 s  database: crashed: disk full
10804 s  database: start 3
10805 s  database: crashed: disk full
10809 s  database: start 4
10810 s  database: crashed: disk full
10810 s  clock: is ended:
  the wait was cancelled by task 4: task 4 failed: database crashes too often
10810 s  the supervisor gives up:
  the group failed: task 4 failed: database crashes too often
81 turns; 16 tasks: 7 returned, 8 panicked, 1 killed
",
    );
}

/// The rows of a table: what each begins with, and its figures.
fn rows(command: &str) -> Vec<(String, Vec<f64>)> {
    let mut words = command.split_whitespace();
    let example = path_of(words.next().expect("an example has a name"));
    let output = Command::new(example).args(words).output();
    let output = output.expect("`cargo build --examples` has built it");
    let text = String::from_utf8(output.stdout).expect("it prints text");
    let row = |line: &str| {
        let (name, figures) = line.split_at(line.find("  ").expect("it has columns"));
        let figures = figures.split_whitespace().map(|figure| figure.parse());
        let figures = figures.collect::<Result<_, _>>().expect("it has figures");
        (name.to_owned(), figures)
    };
    text.lines().skip(1).map(row).collect()
}

/// The times vary, and are not judged. What is copied when does not.
#[test]
fn a_forked_child_finds_all_and_owns_it_once_it_wrote() {
    if !std::path::Path::new("/proc/self/smaps_rollup").exists() {
        return; // Then nobody can tell.
    }
    let late = rows("weigh_processes broken").pop();
    for (name, figures) in rows("weigh_processes").into_iter().chain(late) {
        let [_, finds, maps, owns, owns_then] = figures[..] else {
            panic!("{name}: {figures:?}");
        };
        let ballast = match name.as_str() {
            "fork" | "fork server, late" => 64.0,
            "fork, small parent" | "spawn" | "fork server" => 0.0,
            other => panic!("what is {other:?}?"),
        };
        let about = |mib: f64, figure: f64| (mib..mib + 16.0).contains(&figure);
        let is_right = finds == ballast
            && about(ballast, maps)
            && about(0.0, owns)
            && about(ballast, owns_then);
        assert!(is_right, "{name}: {figures:?}");
    }
}
