//! Programs run as child processes: waiting blocks the task alone, and nothing is left behind.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use coros::process::{Child, Command, Stdio};
use coros::signal::Signal;
use coros::syscall::KillTask;
use coros::{Clock, Scheduler, call, group, pipe, run, sleep, spawn, timeout, yield_now};

use crate::common::Folder;

const LONG: Duration = Duration::from_secs(60);

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// Waits until a process is neither there nor a zombie.
fn until_gone(id: u32) {
    while Path::new(&format!("/proc/{id}")).exists() {
        sleep(Duration::from_millis(1)).unwrap();
    }
}

/// Waits for a line of a child's output.
fn line_of(child: &mut Child) -> String {
    let mut line = String::new();
    let output = child.stdout.as_ref().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();
    line
}

#[test]
fn the_end_of_a_child_is_told_as_it_was() {
    run(|| {
        assert!(shell("true").status().unwrap().success());
        assert_eq!(shell("exit 7").status().unwrap().code(), Some(7));
        assert_eq!(shell("kill -9 $$").status().unwrap().signal(), Some(9));
        let mut child = shell("exit 3").spawn().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(3));
        assert_eq!(child.wait().unwrap().code(), Some(3), "again");
        assert_eq!(child.try_wait().unwrap().unwrap().code(), Some(3));
        child.kill().unwrap();
        child.signal(Signal::Term).unwrap();
        assert_eq!(child.stop(LONG).unwrap().code(), Some(3));
    })
    .unwrap();
}

#[test]
fn the_others_run_while_a_task_waits_for_a_child() {
    run(|| {
        let mut child = shell("read line").stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let waiter = spawn(move || child.wait().unwrap().success());
        for _ in 0..100 {
            yield_now();
        }
        assert!(!waiter.is_finished());
        input.write_all(b"go on\n").unwrap();
        assert!(waiter.join().unwrap());
    })
    .unwrap();
}

#[test]
fn a_child_gets_arguments_environment_and_directory() {
    run(|| {
        let mut command = shell("echo $0 $GREETING $GONE; pwd");
        command
            .arg("zero")
            .env("GREETING", "hello")
            .env("GONE", "?");
        command.env_remove("GONE").current_dir("/");
        let output = command.output().unwrap();
        assert_eq!(output.stdout, b"zero hello\n/\n");
        let mut bare = Command::new("/usr/bin/env");
        let output = bare.env_clear().envs([("A", "1")]).output().unwrap();
        assert_eq!(output.stdout, b"A=1\n");
    })
    .unwrap();
}

#[test]
fn errors_name_the_program() {
    run(|| {
        let error = Command::new("no-such-program").status().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(
            error
                .to_string()
                .starts_with("cannot run `no-such-program`: "),
            "{error}"
        );
        let nowhere = Command::new("ls").current_dir("/no/such/place").spawn();
        let error = nowhere.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("/no/such/place"), "{error}");
        let error = Command::new("/").output().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    })
    .unwrap();
}

#[test]
fn much_output_on_both_streams_is_read_at_once() {
    run(|| {
        let flood =
            "for i in 1 2 3 4 5; do head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; done";
        let output = shell(flood).output().unwrap();
        assert!(output.status.success());
        assert_eq!(
            (output.stdout.len(), output.stderr.len()),
            (5_000_000, 5_000_000)
        );
        // One stream after the other was closed.
        let output = shell("echo a; exec >&-; echo b >&2").output().unwrap();
        assert_eq!(
            (&*output.stdout, &*output.stderr),
            (&b"a\n"[..], &b"b\n"[..])
        );
        // Only one of them is ours to read.
        let output = shell("echo a; echo b >&2")
            .stderr(Stdio::null())
            .output()
            .unwrap();
        assert_eq!((output.stdout.len(), output.stderr.len()), (2, 0));
    })
    .unwrap();
}

#[test]
fn what_is_written_to_a_child_comes_back() {
    run(|| {
        let mut cat = Command::new("cat");
        let mut child = cat
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let writer = spawn(move || input.write_all(&[b'x'; 1_000_000]));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert_eq!(output.stdout.len(), 1_000_000);
    })
    .unwrap();
}

#[test]
fn a_child_that_reads_no_more_is_a_broken_pipe() {
    run(|| {
        let mut child = shell("exit 0").stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let error = input.write_all(&[0; 1_000_000]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        assert!(child.wait().unwrap().success());
    })
    .unwrap();
}

#[test]
fn children_are_connected_by_pipes() {
    run(|| {
        let mut first = shell("echo one; echo two")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = first.stdout.take().unwrap();
        let (mut ours, theirs) = pipe::os().unwrap();
        let mut second = Command::new("sort");
        let mut child = second
            .arg("-r")
            .stdin(output)
            .stdout(theirs)
            .spawn()
            .unwrap();
        drop(second);
        let mut text = String::new();
        ours.read_to_string(&mut text).unwrap();
        assert_eq!(text, "two\none\n");
        assert!(first.wait().unwrap().success() && child.wait().unwrap().success());
    })
    .unwrap();
}

#[test]
fn an_interrupted_wait_did_not_happen() {
    run(|| {
        let mut child = shell("read line; exit 4")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        for _ in 0..3 {
            assert!(timeout(Duration::from_millis(1), || child.wait()).is_err());
        }
        assert!(child.try_wait().unwrap().is_none());
        input.write_all(b"\n").unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(4));
    })
    .unwrap();
}

#[test]
fn a_child_that_ignores_sigterm_is_stopped_all_the_same() {
    run(|| {
        let mut deaf = shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        let mut child = deaf.stdout(Stdio::piped()).spawn().unwrap();
        assert_eq!(line_of(&mut child), "ready\n");
        let status = child.stop(Duration::from_millis(20)).unwrap();
        assert_eq!(status.signal(), Some(9));
        let mut heeding = shell("trap 'exit 5' TERM; echo ready; while :; do sleep 0.01; done");
        let mut child = heeding.stdout(Stdio::piped()).spawn().unwrap();
        assert_eq!(line_of(&mut child), "ready\n");
        assert_eq!(child.stop(LONG).unwrap().code(), Some(5));
    })
    .unwrap();
}

#[test]
fn a_child_that_is_dropped_goes_on_and_leaves_no_zombie() {
    run(|| {
        let mut command = shell("read line; echo heard $line");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let id = child.id();
        let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        drop(child);
        input.write_all(b"you\n").unwrap();
        let mut text = String::new();
        output.read_to_string(&mut text).unwrap();
        assert_eq!(text, "heard you\n");
        until_gone(id);
        // Many, some of which have ended, at several times.
        let ids: Vec<_> = (0..20)
            .map(|n| shell(&format!("sleep 0.0{}", n % 3)).spawn().unwrap().id())
            .collect();
        ids.into_iter().for_each(until_gone);
    })
    .unwrap();
}

#[test]
fn a_child_is_killed_as_it_is_dropped_if_so_asked() {
    run(|| {
        let mut sleeper = Command::new("sleep");
        let child = sleeper.arg("1000").kill_on_drop(true).spawn().unwrap();
        let id = child.id();
        drop(child);
        until_gone(id);
    })
    .unwrap();
}

#[test]
fn the_child_of_a_killed_task_is_killed_if_so_asked() {
    let id = run(|| {
        let ids = std::rc::Rc::new(std::cell::Cell::new(0));
        let task = spawn({
            let ids = ids.clone();
            move || {
                let mut sleeper = Command::new("sleep");
                let mut child = sleeper.arg("1000").kill_on_drop(true).spawn().unwrap();
                ids.set(child.id());
                let _ = child.wait();
            }
        });
        while ids.get() == 0 {
            yield_now();
        }
        call(KillTask(task.tid())).unwrap();
        until_gone(ids.get());
        ids.get()
    });
    assert!(id.unwrap() > 0);
}

#[test]
fn what_nobody_knows_any_more_is_killed() {
    run(|| {
        let folder = Folder::new();
        let place = folder.at("id");
        let script = "echo $$ > \"$0\"; exec sleep 1000";
        let waiter = spawn({
            let place = place.clone();
            move || shell(script).arg(place).output().map(drop)
        });
        let id = loop {
            match std::fs::read_to_string(&place) {
                Ok(id) if id.ends_with('\n') => break id,
                _ => sleep(Duration::from_millis(1)).unwrap(),
            }
        };
        waiter.cancel("enough");
        assert!(waiter.join().unwrap().is_err());
        until_gone(id.trim().parse().unwrap());
    })
    .unwrap();
}

#[test]
fn fifty_children_at_once() {
    run(|| {
        let codes = group(|group| {
            let members: Vec<_> = (0..50)
                .map(|n| group.spawn(move || shell(&format!("sleep 0.01; exit {n}")).status()))
                .collect();
            members
                .into_iter()
                .map(|member| member.join().unwrap().unwrap().code().unwrap())
                .collect::<Vec<_>>()
        });
        assert_eq!(codes.unwrap(), (0..50).collect::<Vec<_>>());
    })
    .unwrap();
}

#[test]
fn children_are_waited_for_in_virtual_time_too() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let child = sched.spawn(|| shell("sleep 0.01; exit 6").status().unwrap().code());
    sched.run().unwrap();
    assert_eq!(child.join().unwrap(), Some(6));
}

#[test]
fn a_command_of_std_is_taken_over() {
    run(|| {
        let mut std = std::process::Command::new("echo");
        std.arg("hello");
        let mut command = Command::from(std);
        command.as_std_mut().arg("again");
        assert_eq!(command.output().unwrap().stdout, b"hello again\n");
        assert_eq!(command.output().unwrap().stdout, b"hello again\n", "twice");
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        assert!(child.stderr.is_none(), "what `output` wants is not kept");
        child.wait().unwrap();
    })
    .unwrap();
}
