//! Ctrl-C: it is said and panics nowhere, what was asked for is told, recordings are whole.

use std::io::{BufRead, BufReader, Read, Write, pipe};
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};

use crate::{Folder, Said, coros, run, started};

fn interrupted(arguments: &[&str], word: &str) -> Said {
    signalled(arguments, "", word, Signal::INT)
}

/// Runs this with these keys typed until it has said a word, then sends a signal.
fn signalled(arguments: &[&str], keys: &str, word: &str, signal: Signal) -> Said {
    signalled_in(coros(arguments), keys, word, signal)
}

fn signalled_in(mut command: Command, keys: &str, word: &str, signal: Signal) -> Said {
    let mut child = started(&mut command);
    // What is not typed to its end is a user who looks at the screen.
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(keys.as_bytes()).expect("it is read");
    let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut line = String::new();
    while !line.contains(word) {
        line.clear();
        assert!(
            out.read_line(&mut line).expect("it is text") > 0,
            "no {word}"
        );
    }
    send(&child, signal);
    let rest: Vec<_> = out.lines().map(|line| line.expect("it is text")).collect();
    let mut said = Said::from(child.wait_with_output().expect("it ends"));
    said.out = rest.join("\n");
    said
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it is there");
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

/// Programs that would go on for long, and a word that each says before that.
const LONG: [(&[&str], &str); 6] = [
    (&["jobs", "2000", "--real"], "report: done"),
    (&["ticker", "1000000000"], "tick 1"),
    (&["deadlock", "--real"], "right: I have one"),
    (&["inversion", "--rate", "0.001"], "weather: I have the bus"),
    (&["blocking", "--rate", "0.05"], "Block for"),
    (&["signals", "--rate", "0.1"], "polite: lap 1"),
];

#[track_caller]
fn is_just_interrupted(said: &Said) {
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(130), "interrupted\n"),
        "{}",
        said.out
    );
}

#[test]
fn ctrl_c_ends_every_program_with_a_word_and_the_exit_code_for_it() {
    for (program, word) in LONG {
        is_just_interrupted(&interrupted(&[&["run"], program].concat(), word));
    }
}

/// Interrupts this while it writes into a pipe that is full, which is read only after that.
fn interrupted_while_it_writes(arguments: &[&str], keys: &str) -> Said {
    let (mut out, full) = pipe().expect("there are descriptors left");
    let mut child = coros(arguments)
        .stdin(Stdio::piped())
        .stdout(full.try_clone().expect("there are descriptors left"))
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(keys.as_bytes()).expect("it is read");
    let has_room = || {
        let mut room = [PollFd::new(&full, PollFlags::OUT)];
        poll(&mut room, Some(&Timespec::default())).expect("it is open") > 0
    };
    while has_room() {
        assert!(child.try_wait().expect("it is ours").is_none(), "it ended");
        std::thread::yield_now();
    }
    drop(full);
    send(&child, Signal::INT);
    let mut told = String::new();
    out.read_to_string(&mut told).expect("it is text");
    let mut said = Said::from(child.wait_with_output().expect("it ends"));
    said.out = told;
    said
}

#[test]
fn ctrl_c_is_told_if_all_tasks_return_before_the_loop_hears_of_it() {
    for _ in 0..5 {
        let said = interrupted_while_it_writes(&["run", "ticker", "1000000000"], "");
        assert_eq!((said.code, said.err.as_str()), (Some(130), "interrupted\n"));
    }
    let said = interrupted_while_it_writes(&["step", "ticker", "1000000000"], "c\n");
    assert_eq!((said.code, said.err.as_str()), (Some(130), "interrupted\n"));
}

#[test]
fn what_was_asked_for_is_told_of_the_part_that_ran() {
    let arguments = [
        "run",
        "jobs",
        "2000",
        "--real",
        "--metrics",
        "--gantt",
        "--lint",
    ];
    let said = interrupted(&arguments, "report: done");
    is_just_interrupted(&said);
    for told in ["turnaround", "editor", "lint:"] {
        assert!(said.out.contains(told), "no {told} in {}", said.out);
    }
}

#[test]
fn ctrl_c_ends_a_program_that_is_stepped_through_to_its_end() {
    let arguments = ["step", "jobs", "2000", "--real"];
    is_just_interrupted(&signalled(&arguments, "c\n", "report: done", Signal::INT));
}

#[test]
fn ctrl_c_at_the_prompt_ends_what_is_stepped_through() {
    let arguments = ["step", "jobs"];
    is_just_interrupted(&signalled(&arguments, "", "ready", Signal::INT));
    is_just_interrupted(&signalled(&arguments, "\n", "60ms", Signal::INT));
}

#[test]
fn sigterm_is_told_by_its_own_exit_code() {
    let arguments = ["run", "jobs", "2000", "--real"];
    let said = signalled(&arguments, "", "report: done", Signal::TERM);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(143), "interrupted by SIGTERM\n")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_from_the_start_ends_no_program() {
    for (program, word) in [
        (&["run", "signals", "--rate", "4"], "polite: lap 1"),
        (&["run", "ticker", "5000", "--real"], "tick 1"),
    ] {
        let program = coros(program);
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]);
        command.arg(program.get_program()).args(program.get_args());
        let said = signalled_in(command, "", word, Signal::HUP);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    }
}

#[test]
fn what_a_killed_program_has_recorded_can_be_shown() {
    let folder = Folder::new();
    let file = folder.file("record", "");
    let arguments = ["run", "jobs", "2000", "--real", "--record", &file];
    let said = signalled(&arguments, "", "backup: done", Signal::KILL);
    assert_eq!(said.code, None);
    let shown = run(&["show", &file]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(
        shown.err.contains("the recording breaks off"),
        "{}",
        shown.err
    );
    assert!(shown.out.contains("editor"), "{}", shown.out);
}

/// Whether a process has a handler for SIGINT.
#[cfg(target_os = "linux")]
fn handles_int(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & 1 << (Signal::INT.as_raw() - 1) != 0)
}

/// Sends SIGINT to this as soon as it has a handler for that.
#[cfg(target_os = "linux")]
fn interrupted_at_work(arguments: &[&str]) -> Said {
    let mut child = started(&mut coros(arguments));
    while !handles_int(child.id()) {
        assert!(child.try_wait().expect("it is ours").is_none(), "it ended");
        std::thread::yield_now();
    }
    send(&child, Signal::INT);
    // What it reads goes on until then.
    let _input = child.stdin.take();
    Said::from(child.wait_with_output().expect("it ends"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_simulation_ends_at_ctrl_c_and_says_so() {
    // A job of a hundred million quanta, which is one piece of the chart and no lack of room.
    let said = interrupted_at_work(&["sched", "--policy", "rr", "--jobs", "100000000"]);
    assert_eq!((said.code, said.out.as_str()), (Some(130), ""));
    assert_eq!(said.err, "interrupted\n", "no progress but on a terminal");
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_show_while_it_reads() {
    is_just_interrupted(&interrupted_at_work(&["show", "/dev/stdin"]));
}
