//! `coros run` and `coros step` on a chosen machine: its time, its CPUs, who is next, who watches.

use crate::{Folder, fits, run, typed};

#[test]
fn options_may_stand_before_and_after_the_program() {
    let before = run(&["run", "--policy", "priority", "inversion"]);
    let after = run(&["run", "inversion", "--policy", "priority"]);
    assert_eq!((before.code, &before.out), (Some(0), &after.out));
    let inherits = "manager: I have the bus after 20ms\n";
    assert!(before.out.contains(inherits), "{}", before.out);
}

#[test]
fn the_policy_says_who_is_next() {
    let slowest = |policy: &str| {
        let said = run(&["run", "jobs", "--policy", policy]);
        let line = said.out.lines().find(|line| line.starts_with("editor"));
        line.expect("the editor says something").to_owned()
    };
    assert!(slowest("fifo").ends_with("the slowest after 62ms"));
    assert!(slowest("mlfq").ends_with("the slowest after 2ms"));
}

#[test]
fn more_cpus_are_done_sooner() {
    let alone = run(&["run", "jobs", "3"]);
    assert!(
        alone.out.contains("backup: done after 150ms"),
        "{}",
        alone.out
    );
    let helped = run(&["run", "jobs", "3", "--cpus", "2"]);
    assert!(
        helped.out.contains("backup: done after 90ms"),
        "{}",
        helped.out
    );
}

#[test]
fn a_call_that_blocks_holds_up_the_clock_of_others() {
    let said = run(&["run", "blocking", "--virtual"]);
    let expected = "\
Block for 50ms: the clock ticked after 50ms, 50ms, 50ms, 50ms, 50ms
Sleep for 50ms: the clock ticked after 10ms, 20ms, 30ms, 40ms, 50ms
";
    assert_eq!((said.code, said.out.as_str()), (Some(0), expected));
}

#[test]
fn a_program_runs_in_real_time_and_in_a_faster_one() {
    for time in [&["--real"][..], &["--rate", "1000"]] {
        let mut arguments = vec!["run", "inversion", "--policy", "priority"];
        arguments.extend(time);
        let said = run(&arguments);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
        assert_eq!(said.out.matches(": done after").count(), 3, "{}", said.out);
    }
}

#[test]
fn machines_that_cannot_be_are_refused_in_one_sentence() {
    let exclude = "--virtual, --real and --rate exclude one another; give one of them";
    let alone = "--cpus: 2 CPUs are there in virtual time alone; leave out --real and --rate";
    for (arguments, reason) in [
        (&["run", "hello", "--real", "--virtual"][..], exclude),
        (&["run", "--real", "hello", "--rate", "2"], exclude),
        (&["run", "--virtual", "hello", "--rate", "2"], exclude),
        (&["run", "hello", "--real", "--cpus", "2"], alone),
        (&["step", "hello", "--rate", "2", "--cpus", "2"], alone),
        (
            &["run", "hello", "--rate", "0"],
            "--rate: '0' is no number from 0.000001 to 1000000",
        ),
        (
            &["run", "hello", "--cpus", "0"],
            "--cpus: '0' is no whole number from 1 to 1024",
        ),
        (
            &["run", "hello", "--seed", "-1"],
            "--seed: '-1' is no whole number from 0 to",
        ),
        (
            &["run", "hello", "--quantum", "0"],
            "--quantum: '0' is no whole number from 1 to",
        ),
        (
            &["step", "hello", "--policy", "luck"],
            "--policy: there is no policy 'luck'; the",
        ),
        (
            &["run", "hello", "--policy"],
            "--policy: a value is missing",
        ),
        (
            &["run", "ticker", "many"],
            "[ROUNDS]: 'many': invalid digit",
        ),
    ] {
        let said = run(arguments);
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        fits(&said.err);
        let line = said.err.trim_end().replace("\n    ", " ");
        assert!(line.starts_with(&format!("error: {reason}")), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}

#[test]
fn gantt_draws_who_ran_when() {
    let said = run(&["run", "inversion", "--gantt", "--policy", "priority"]);
    assert_eq!(said.code, Some(0));
    for row in ["\nCPU 0", "\nA 1 weather ██████████", "\nB 2 manager"] {
        assert!(said.out.contains(row), "no {row} in {}", said.out);
    }
    fits(&said.out);
}

#[test]
fn gantt_draws_a_stuck_program_too() {
    let said = run(&["run", "stuck", "--gantt"]);
    assert_eq!(said.code, Some(3));
    assert!(said.out.contains("A 1 hen"), "{}", said.out);
}

#[test]
fn metrics_tell_how_long_tasks_ran_and_waited() {
    let said = run(&["run", "jobs", "--metrics", "--policy", "mlfq"]);
    assert_eq!(said.code, Some(0));
    let backup = said.out.lines().find(|line| line.starts_with("2 backup"));
    let words: Vec<_> = backup.expect("a line a task").split_whitespace().collect();
    assert_eq!(
        words[2..7],
        ["10ms", "142ms", "52ms", "60ms", "30ms"],
        "{}",
        said.out
    );
    fits(&said.out);
}

#[test]
fn lint_tells_what_looks_like_a_mistake() {
    let inverted = run(&["run", "inversion", "--lint", "--policy", "mlfq"]);
    assert!(
        inverted
            .out
            .contains("\npriority inversion: task 2 'manager'"),
        "{}",
        inverted.out
    );
    fits(&inverted.out);
    let cured = run(&["run", "inversion", "--lint", "--policy", "priority"]);
    assert!(
        cured.out.ends_with("\nlint: nothing found\n"),
        "{}",
        cured.out
    );
}

#[test]
fn the_same_seed_gives_the_same_recording_byte_for_byte() {
    let folder = Folder::new();
    let recorded = |name: &str, seed: &str| {
        let file = folder.file(name, "");
        let options = ["--policy", "random", "--seed", seed, "--record", &file];
        let said = run(&[&["run", "jobs"], &options[..]].concat());
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
        std::fs::read(&file).expect("it was written")
    };
    let first = recorded("a", "1");
    assert!(first.starts_with(b"{\"recording\""));
    assert_eq!(first, recorded("b", "1"));
    assert_ne!(first, recorded("c", "2"));
}

#[test]
fn a_recording_that_cannot_be_made_is_told_before_the_run() {
    let folder = Folder::new();
    let nowhere = folder.file("file", "") + "/record";
    let said = run(&["run", "hello", "--record", &nowhere]);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    assert!(said.err.contains(&nowhere), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_recording_that_finds_no_room_is_told_after_the_run() {
    let said = run(&["run", "hello", "--record", "/dev/full"]);
    assert_eq!(said.code, Some(1));
    assert_eq!(said.out, "Hello from task 1.\n", "the run goes on");
    assert!(
        said.err.contains("the recording is not whole"),
        "{}",
        said.err
    );
}

#[test]
fn step_goes_by_the_policy() {
    let said = typed(&["step", "inversion", "--policy", "priority"], "\n\n\nc\n");
    assert_eq!(said.code, Some(0));
    assert!(
        said.out
            .contains("task 1 'weather' computes in Compute(20ms)"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("| manager: I have the bus after 20ms"),
        "{}",
        said.out
    );
    fits(&said.out);
}

#[test]
fn a_quantum_wants_a_policy() {
    let said = run(&["run", "jobs", "--quantum", "5"]);
    let error = "error: --quantum: without a --policy no task is stopped; give one, such as rr\n";
    assert_eq!((said.code, said.err.as_str()), (Some(2), error));
    assert_eq!(
        run(&["run", "jobs", "--quantum", "5", "--policy", "rr"]).code,
        Some(0)
    );
}
