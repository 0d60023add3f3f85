//! `coros sched`: mistakes are named in one sentence, with their place and what is allowed.

use crate::{Folder, Said, fits, run, typed};

/// Says what was said to this mistake, in one line.
#[track_caller]
fn refused(arguments: &[&str]) -> String {
    let mut all = vec!["sched"];
    all.extend(arguments);
    told(run(&all))
}

#[track_caller]
fn told(said: Said) -> String {
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(2), ""),
        "{}",
        said.err
    );
    fits(&said.err);
    let mut lines = said.err.lines();
    let first = lines.next().expect("it says something").to_owned();
    lines.fold(first, |line, folded| {
        let more = folded.strip_prefix("    ").expect("one line was folded");
        format!("{line} {more}")
    })
}

#[track_caller]
fn refuses_jobs(jobs: &str, reason: &str) {
    let said = refused(&["--policy", "fifo", "--jobs", jobs]);
    assert!(
        said.starts_with(&format!("error: --jobs: {reason}")),
        "{said}"
    );
    assert!(said.contains("BURST[@ARRIVAL][/EVERY:LASTS]"), "{said}");
}

#[test]
fn a_wrong_job_is_named_with_the_part_that_is_wrong() {
    let range = "is no whole number from 1 to 1000000000";
    refuses_jobs("", "the list is empty");
    refuses_jobs("5,6,", "job 2 is empty");
    refuses_jobs("5,,6", "job 1 is empty");
    refuses_jobs("0", &format!("job 0 ('0'): the burst '0' {range}"));
    refuses_jobs("5,-3", &format!("job 1 ('-3'): the burst '-3' {range}"));
    refuses_jobs("x", &format!("job 0 ('x'): the burst 'x' {range}"));
    refuses_jobs("1.5", &format!("job 0 ('1.5'): the burst '1.5' {range}"));
    refuses_jobs("1000000001", "job 0 ('1000000001'): the burst '1000000001'");
    refuses_jobs(
        "99999999999999999999",
        "job 0 ('99999999999999999999'): the burst",
    );
    refuses_jobs(
        "5@",
        "job 0 ('5@'): the arrival '' is no whole number from 0",
    );
    refuses_jobs("5@-1", "job 0 ('5@-1'): the arrival '-1'");
    refuses_jobs("5/3", "job 0 ('5/3'): the I/O '3' has no ':'");
    refuses_jobs("5/0:3", "job 0 ('5/0:3'): the stretch before an I/O '0'");
    refuses_jobs("5/3:0", "job 0 ('5/3:0'): the length of an I/O '0'");
    refuses_jobs("5/3:2@4", "job 0 ('5/3:2@4'): the length of an I/O '2@4'");
}

#[test]
fn jobs_that_no_clock_can_time_are_refused() {
    let said = refused(&["--policy", "fifo", "--jobs", "1000000000/1:1000000000"]);
    let reason = "error: --jobs: all jobs together take 1000000000000000000 units";
    assert_eq!(said, format!("{reason}; 1000000000000 are the most"));
}

#[test]
fn a_very_long_list_is_not_repeated() {
    let mut jobs = vec!["1"; 10_000];
    jobs.push("one");
    refuses_jobs(&jobs.join(","), "job 10000 ('one'): the burst 'one'");
}

#[test]
fn a_wrong_line_of_a_file_is_named() {
    let folder = Folder::new();
    let wrong = folder.file("wrong", "5\n\n# fine\n5@x\n");
    let said = refused(&["--policy", "fifo", "--jobs-file", &wrong]);
    let place = format!("error: {wrong}:4: job 1 ('5@x'): the arrival 'x'");
    assert!(said.starts_with(&place), "{said}");
    let empty = folder.file("empty", "# nothing\n");
    let said = refused(&["--policy", "fifo", "--jobs-file", &empty]);
    assert!(
        said.starts_with(&format!("error: {empty}:1: there is no job")),
        "{said}"
    );
    let garbage = folder.file("garbage", b"5\n\xff");
    let said = refused(&["--policy", "fifo", "--jobs-file", &garbage]);
    assert_eq!(
        said,
        format!("error: {garbage} is not UTF-8 text (see byte 2)")
    );
    let said = told(typed(
        &["sched", "--policy", "fifo", "--jobs-file", "-"],
        "0\n",
    ));
    assert!(
        said.starts_with("error: standard input:1: job 0 ('0')"),
        "{said}"
    );
    let missing = format!("{wrong}er");
    let said = refused(&["--policy", "fifo", "--jobs-file", &missing]);
    assert!(
        said.starts_with(&format!("error: cannot read {missing}: ")),
        "{said}"
    );
}

#[test]
fn an_unknown_policy_is_answered_with_those_that_exist() {
    let names = coros::policy::NAMES.join(", ");
    let said = refused(&["--policy", "fifo,bogus", "--jobs", "1"]);
    assert_eq!(
        said,
        format!("error: --policy: there is no policy 'bogus'; the policies are: {names}")
    );
    let said = refused(&["--policy", "fifo,", "--jobs", "1"]);
    assert_eq!(
        said,
        format!("error: --policy: a name is missing; the policies are: {names}")
    );
}

#[test]
fn a_number_that_cannot_be_is_refused_with_its_range() {
    for (option, value, range) in [
        ("--cpus", "0", "1 to 1024"),
        ("--cpus", "1025", "1 to 1024"),
        ("--quantum", "0", "1 to 1000000000"),
        ("--quantum", "-1", "1 to 1000000000"),
        ("--queues", "0", "1 to 1000"),
        ("--allotment", "0", "1 to 1000000000"),
        ("--boost", "0", "1 to 1000000000"),
        ("--seed", "-1", "0 to 18446744073709551615"),
        (
            "--seed",
            "18446744073709551616",
            "0 to 18446744073709551615",
        ),
        ("--switch-cost", "-1", "0 to 1000"),
        ("--switch-cost", "x", "0 to 1000"),
        ("--width", "39", "40 to 10000"),
    ] {
        let said = refused(&["--policy", "mlfq", "--jobs", "1", option, value]);
        let expected = format!("error: {option}: '{value}' is no whole number from {range}");
        assert_eq!(said, expected);
    }
}

#[test]
fn a_list_must_have_a_value_for_each_job() {
    for option in [
        "--weights",
        "--priorities",
        "--deadlines",
        "--periods",
        "--requests",
    ] {
        let said = refused(&["--policy", "fifo", "--jobs", "1,2,3", option, "4,5"]);
        assert_eq!(
            said,
            format!("error: {option}: 2 values for 3 jobs; give one for each")
        );
        let said = refused(&["--policy", "fifo", "--jobs", "1,2", option, "4,"]);
        assert!(
            said.starts_with(&format!("error: {option}: value 1: '' is no")),
            "{said}"
        );
        let said = refused(&["--policy", "fifo", "--jobs", "1", option, ""]);
        assert_eq!(said, format!("error: {option}: the list is empty"));
    }
    let said = refused(&["--policy", "fifo", "--jobs", "1", "--weights", "0"]);
    assert!(
        said.ends_with("'0' is no whole number from 1 to 1000000000"),
        "{said}"
    );
}

#[test]
fn what_excludes_or_needs_something_says_so() {
    for (arguments, words) in [
        (&["--policy", "fifo"][..], "--jobs <LIST>"),
        (&["--jobs", "1"], "--policy <P[,P]>"),
        (
            &["--policy", "fifo", "--jobs", "1", "--json", "--csv"],
            "'--csv'",
        ),
        (
            &["--policy", "fifo", "--jobs", "1", "--jobs-file", "x"],
            "'--jobs-file <FILE>'",
        ),
    ] {
        let mut all = vec!["sched"];
        all.extend(arguments);
        let said = run(&all);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
        assert!(said.err.contains(words), "{}", said.err);
    }
}
