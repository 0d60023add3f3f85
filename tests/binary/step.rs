//! `coros step`: one turn at each Enter, from a pipe as from a terminal.

use crate::{Folder, fits, typed};

#[test]
fn step_makes_one_turn_at_each_enter() {
    let said = typed(&["step", "family"], "\n\n");
    assert_eq!(said.code, Some(0));
    assert!(
        said.out
            .contains("turn 1: task 1 'parent' asked NewTask -> 2")
    );
    assert!(said.out.contains("turn 2: task 2 asked GetTid -> 2"));
    assert!(!said.out.contains("turn 3"));
    assert!(said.out.contains("ready: 2, 1"), "{}", said.out);
    assert!(said.out.ends_with("Quit; tasks left: 2.\n"), "{}", said.out);
    fits(&said.out);
}

#[test]
fn step_says_when_the_program_has_ended() {
    let said = typed(&["step", "family"], &"\n".repeat(99));
    assert_eq!(said.code, Some(0));
    assert!(said.out.contains("turn 13: task 1 'parent' returned"));
    assert!(said.out.contains("The program has ended: 13 turns"));
    fits(&said.out);
}

#[test]
fn step_goes_on_to_the_end_at_c() {
    let said = typed(&["step", "ticker"], "\nc\n");
    assert_eq!(said.code, Some(0));
    assert!(said.out.contains("| tock 3\n"), "{}", said.out);
    assert!(said.out.contains("The program has ended: 8 turns"));
}

#[test]
fn step_quits_at_q() {
    let said = typed(&["step", "ticker"], "\nq\n\n\n");
    assert_eq!(said.code, Some(0));
    assert!(!said.out.contains("turn 2"), "{}", said.out);
    assert!(said.out.contains("Quit"), "{}", said.out);
}

#[test]
fn step_shows_the_keys_at_anything_else() {
    let said = typed(&["step", "ticker"], "help\n");
    assert_eq!(said.out.matches("q: quit").count(), 2, "{}", said.out);
    assert!(!said.out.contains("turn 1"), "{}", said.out);
}

#[test]
fn step_reports_a_stuck_program() {
    for keys in ["\n\n\n\n\n", "c\n"] {
        let said = typed(&["step", "stuck"], keys);
        assert_eq!(said.code, Some(3));
        assert!(said.out.contains("cycle: task 1 'hen'"), "{}", said.out);
        fits(&said.out);
    }
}

#[test]
fn step_gives_a_program_its_arguments_and_its_verdict() {
    let folder = Folder::new();
    let file = folder.file("a-name-that-is-longer-than-its-column", "one two two");
    let said = typed(
        &["step", "words", "--top", "1", &file, "missing"],
        "\n\nc\n",
    );
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("| 2 two\n"), "{}", said.out);
    assert!(said.err.contains("\"missing\""), "{}", said.err);
    fits(&said.out);
}

#[test]
fn step_clips_long_tables() {
    let folder = Folder::new();
    let file = folder.file("file", "word ".repeat(10_000));
    let mut arguments = vec!["step", "words"];
    arguments.extend([file.as_str(); 90]);
    let said = typed(&arguments, &"\n".repeat(900));
    assert!(said.out.contains("…  and "), "{}", said.out);
    fits(&said.out);
}

#[test]
fn step_cuts_a_path_at_the_front() {
    let said = typed(&["step", "family"], "\n");
    assert!(
        said.out.contains(" …programs/family.rs:24\n"),
        "{}",
        said.out
    );
}

#[test]
fn step_says_that_a_task_has_not_arrived_and_when_it_will() {
    let said = typed(&["step", "inversion"], "\n");
    let manager = "    2  manager         expected arrives at 2ms\n";
    assert_eq!(said.out.matches(manager).count(), 2, "{}", said.out);
    let radio = said.out.lines().find(|line| line.contains("radio"));
    assert!(radio.is_some_and(|line| line.contains("arrives at 4ms")));
}
