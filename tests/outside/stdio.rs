//! The standard streams block only the task that uses them, whatever they are.
//!
//! Each test starts this very program again, with other streams, to play one of the roles below.

use std::fs::File;
use std::io::{ErrorKind, Read, Write, pipe};
use std::process::{Command, Stdio};
use std::time::Duration;

use coros::stdio::{stderr, stdin, stdout};
use coros::{interval, run, select, sleep, spawn, timeout, yield_now};

use crate::common::{again, again_by};

const ROLE: &str = "COROS_TEST_ROLE";

/// Plays a role if this process was started for that.
#[test]
fn a_role() {
    match std::env::var(ROLE).as_deref() {
        Ok("lines") => run(print_lines).unwrap(),
        Ok("patient") => run(wait_beside_a_clock).unwrap(),
        Ok("impatient") => run(give_up_on_half_a_line).unwrap(),
        Ok("flood") => run(write_a_lot).unwrap(),
        Ok("unreadable") => run(read_what_is_for_writing).unwrap(),
        Ok("several") => run(read_by_three).unwrap(),
        Ok("bytes") => run(count_bytes).unwrap(),
        _ => {}
    }
}

fn say(text: impl std::fmt::Display) {
    writeln!(stdout(), "@{text}").unwrap();
}

fn print_lines() {
    for line in stdin().lines() {
        match line {
            Ok(line) => say(line),
            Err(error) => say(error.kind()),
        }
    }
    say("end");
}

fn wait_beside_a_clock() {
    let clock = spawn(|| {
        let mut ticks = interval(Duration::from_millis(1));
        for _ in 0..5 {
            ticks.tick().unwrap();
        }
        say("five ticks");
    });
    let reader = spawn(|| {
        let mut line = String::new();
        stdin().read_line(&mut line).unwrap();
        say(line.trim_end());
    });
    clock.join().unwrap();
    reader.join().unwrap();
}

fn give_up_on_half_a_line() {
    let mut line = String::new();
    let wait = Duration::from_millis(20);
    let error = timeout(wait, || stdin().read_line(&mut line)).is_err();
    say(format!("gave up: {error}, {} bytes", line.len()));
    let chosen = select! {
        line = stdin().reading_line() => line.unwrap(),
        _ = coros::syscall::Sleep(Duration::from_secs(100)) => "nothing".to_owned(),
    };
    say(chosen.unwrap().trim_end());
}

fn write_a_lot() {
    let beside = spawn(|| {
        for _ in 0..20 {
            yield_now();
        }
        writeln!(stderr(), "@beside").unwrap();
    });
    let writers: Vec<_> = ["a", "b"]
        .map(|letter| {
            spawn(move || {
                let (first, rest) = (letter, letter.repeat(98));
                for _ in 0..5_000 {
                    writeln!(stdout(), "{first}{rest}").unwrap();
                }
            })
        })
        .into();
    for task in writers {
        task.join().unwrap();
    }
    beside.join().unwrap();
}

fn read_what_is_for_writing() {
    let sink = File::options().write(true).open("/dev/null").unwrap();
    rustix::stdio::dup2_stdin(&sink).unwrap();
    let mut line = String::new();
    say(stdin().read_line(&mut line).unwrap());
}

fn read_by_three() {
    let readers = [1, 2, 3].map(|_| {
        spawn(|| {
            let mut line = String::new();
            stdin().read_line(&mut line).map(|_| line)
        })
    });
    // All three wait before the first line comes.
    sleep(Duration::from_millis(5)).unwrap();
    say("ready");
    let mut lines = readers.map(|task| task.join().unwrap().unwrap());
    lines.sort();
    say(lines.concat().replace('\n', " "));
}

fn count_bytes() {
    let mut bytes = Vec::new();
    stdin().read_to_end(&mut bytes).unwrap();
    say(bytes.len());
}

/// This program in a role.
fn role(name: &str) -> Command {
    let mut command = again(a_role);
    command.env(ROLE, name).stderr(Stdio::piped());
    command.stdout(Stdio::piped());
    command
}

/// What it said.
fn said(command: &mut Command) -> Vec<String> {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    words(&output.stdout)
}

fn words(output: &[u8]) -> Vec<String> {
    let output = String::from_utf8_lossy(output);
    // The harness may have begun a line of its own before.
    let said = output.lines().filter_map(|line| line.split_once('@'));
    said.map(|(_, said)| said.to_owned()).collect()
}

fn file_of(name: &str, text: &[u8]) -> File {
    let path = std::env::temp_dir().join(format!("coros-stdio-{name}-{}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    let file = File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file
}

#[test]
fn lines_come_from_a_file() {
    let file = file_of("lines", b"one\ntwo\r\n\nno UTF-8: \xff\nlast");
    let said = said(role("lines").stdin(file));
    assert_eq!(said, ["one", "two", "", "invalid data", "last", "end"]);
}

#[test]
fn nothing_comes_from_the_null_device() {
    assert_eq!(said(role("lines").stdin(Stdio::null())), ["end"]);
}

#[test]
fn lines_come_from_a_pipe() {
    let (reader, mut writer) = pipe().unwrap();
    let child = role("lines").stdin(reader).spawn().unwrap();
    for piece in ["o", "ne\ntw", "o"] {
        writer.write_all(piece.as_bytes()).unwrap();
    }
    drop(writer);
    let output = child.wait_with_output().unwrap();
    assert_eq!(words(&output.stdout), ["one", "two", "end"]);
}

#[test]
fn a_closed_input_is_at_its_end() {
    let mut closed = again_by("exec \"$@\" <&-", a_role);
    assert_eq!(said(closed.env(ROLE, "lines")), ["end"]);
    assert_eq!(said(role("unreadable").stdin(Stdio::null())), ["0"]);
}

#[test]
fn the_others_run_while_a_task_waits_for_input() {
    let (reader, mut writer) = pipe().unwrap();
    let mut child = role("patient").stdin(reader).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    while !words(&seen).contains(&"five ticks".to_owned()) {
        let mut buffer = [0; 100];
        let count = output.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended early");
        seen.extend(&buffer[..count]);
    }
    writer.write_all(b"at last\n").unwrap();
    output.read_to_end(&mut seen).unwrap();
    assert_eq!(words(&seen), ["five ticks", "at last"]);
    assert!(child.wait().unwrap().success());
}

#[test]
fn half_a_line_waits_for_the_other_half() {
    let (reader, mut writer) = pipe().unwrap();
    writer.write_all(b"half").unwrap();
    let mut child = role("impatient").stdin(reader).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    while words(&seen).is_empty() || seen.last() != Some(&b'\n') {
        let mut buffer = [0; 100];
        let count = output.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended early");
        seen.extend(&buffer[..count]);
    }
    writer.write_all(b" and half\n").unwrap();
    output.read_to_end(&mut seen).unwrap();
    assert_eq!(words(&seen), ["gave up: true, 0 bytes", "half and half"]);
    assert!(child.wait().unwrap().success());
}

#[test]
fn several_readers_share_the_input() {
    let (reader, mut writer) = pipe().unwrap();
    let mut child = role("several").stdin(reader).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    while words(&seen).is_empty() {
        let mut buffer = [0; 100];
        let count = output.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended early");
        seen.extend(&buffer[..count]);
    }
    writer.write_all(b"1\n2\n").unwrap();
    writer.write_all(b"3\n").unwrap();
    output.read_to_end(&mut seen).unwrap();
    assert_eq!(words(&seen)[1], "1 2 3 ");
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_slow_reader_of_the_output_holds_up_its_writers_alone() {
    let mut child = role("flood").stdin(Stdio::null()).spawn().unwrap();
    // Nobody reads the output yet, so it is full soon.
    let mut errors = child.stderr.take().unwrap();
    let mut seen = Vec::new();
    while words(&seen).is_empty() {
        let mut buffer = [0; 100];
        let count = errors.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended early");
        seen.extend(&buffer[..count]);
    }
    let mut text = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert!(child.wait().unwrap().success());
    let whole = |letter: &str| text.matches(&(letter.repeat(99) + "\n")).count();
    assert_eq!((whole("a"), whole("b")), (5_000, 5_000));
}

#[test]
fn an_output_that_nobody_reads_is_a_broken_pipe() {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let output = role("flood").stdin(Stdio::null()).stdout(writer).output();
    let output = output.unwrap();
    assert!(!output.status.success());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("BrokenPipe") || errors.contains("Broken pipe"),
        "{errors}"
    );
    assert_eq!(ErrorKind::BrokenPipe.to_string(), "broken pipe");
}

#[test]
fn a_file_is_read_to_its_end() {
    let file = file_of("bytes", &vec![b'x'; 300_000]);
    assert_eq!(said(role("bytes").stdin(file)), ["300000"]);
}
