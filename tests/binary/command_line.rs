//! The command line: the tour, the list, help, and answers to mistakes.

use crate::{PROGRAMS, fits, run};

#[test]
fn the_tour_ends_and_names_all_four_calls() {
    let tour = run(&[]);
    assert_eq!((tour.code, tour.err.as_str()), (Some(0), ""));
    for call in ["GetTid", "NewTask", "KillTask(2) -> killed", "WaitTask(2)"] {
        assert!(tour.out.contains(call), "no {call} in {}", tour.out);
    }
    for pointer in ["coros list", "coros step family", "RUST_LOG=trace"] {
        assert!(tour.out.contains(pointer), "no {pointer} in {}", tour.out);
    }
    fits(&tour.out);
}

#[test]
fn list_has_one_line_for_each_program() {
    let list = run(&["list"]);
    assert_eq!(list.code, Some(0));
    for (line, program) in list.out.lines().zip(PROGRAMS) {
        assert!(line.starts_with(program), "{line}");
    }
    fits(&list.out);
}

#[test]
fn help_fits_the_terminal() {
    for arguments in [
        &["--help"][..],
        &["run", "--help"],
        &["run", "words", "--help"],
        &["step", "words", "--help"],
        &["sched", "--help"],
        &["show", "--help"],
    ] {
        let help = run(arguments);
        assert_eq!(help.code, Some(0));
        fits(&help.out);
    }
}

#[test]
fn an_unknown_program_is_answered_with_those_that_exist() {
    for verb in ["run", "step"] {
        let unknown = run(&[verb, "famly"]);
        assert_eq!((unknown.code, unknown.out.as_str()), (Some(2), ""));
        assert!(
            unknown.err.contains("did you mean 'family'?"),
            "{}",
            unknown.err
        );
        let words: Vec<_> = unknown.err.split_whitespace().collect();
        let names = PROGRAMS.join(", ");
        assert!(words.join(" ").contains(&names), "{}", unknown.err);
        fits(&unknown.err);
    }
}

#[test]
fn a_program_without_run_is_answered_with_the_way_to_run_it() {
    let said = run(&["family"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("`coros run family`"), "{}", said.err);
}

#[test]
fn an_unknown_command_is_answered_with_those_that_exist() {
    let said = run(&["lisst"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("did you mean 'list'?"), "{}", said.err);
    assert!(
        said.err.contains("list, run, step, sched, show"),
        "{}",
        said.err
    );
}

#[test]
fn run_without_a_program_shows_what_could_be_run() {
    let said = run(&["run"]);
    assert_eq!(said.code, Some(2));
    for program in PROGRAMS {
        assert!(said.err.contains(program), "{}", said.err);
    }
}
