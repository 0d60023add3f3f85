//! Transcripts: commands as a reader types them, and what they print.

use std::io::{Read, pipe};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::common::example::path_of;

/// Whoever takes longer hangs: most take milliseconds.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs the block's commands, the lines that begin with `$`.
pub fn of(body: &[&str]) -> String {
    let commands = body.iter().filter_map(|line| line.strip_prefix("$ "));
    let told = commands.map(|command| format!("$ {command}\n{}", output(command)));
    let told: String = told.collect();
    assert!(
        !told.is_empty(),
        "a console block begins with `$ cargo run …`"
    );
    told
}

/// What a command prints, if it ends as it should.
fn output(command: &str) -> String {
    let (output, status) = ended(command, program(command));
    let is_to_fail = command.ends_with("broken");
    assert!(status.success() || is_to_fail, "{command}: {status}");
    output
}

/// What a program prints on both its streams, in the order in which it does, and how it ends.
pub fn ended(command: &str, mut program: Command) -> (String, ExitStatus) {
    let (mut reader, writer) = pipe().expect("a pipe is to be had");
    let errors = writer.try_clone().expect("a descriptor is to be had");
    program.stdin(Stdio::null()).stdout(writer).stderr(errors);
    let mut child = program
        .spawn()
        .unwrap_or_else(|error| panic!("{command}: {error}; `cargo build --examples` builds it"));
    // It holds the writing end as well: the reader would wait for it.
    drop(program);
    let (tell, told) = channel();
    thread::spawn(move || {
        let mut output = Vec::new();
        reader.read_to_end(&mut output).expect("a pipe can be read");
        _ = tell.send(output);
    });
    let output = told.recv_timeout(LONGEST);
    if output.is_err() {
        child.kill().expect("it is ours");
    }
    let status = child.wait().expect("it was begun");
    let output = output.unwrap_or_else(|_| panic!("{command} has not ended in {LONGEST:?}"));
    let output = String::from_utf8(output);
    let output = output.unwrap_or_else(|_| panic!("{command} prints no text"));
    (output, status)
}

/// The program behind `[NAME=value…] cargo run [--example NAME] [--] [ARGUMENTS]`, as cargo has built it.
pub fn program(command: &str) -> Command {
    let words: Vec<_> = command.split_whitespace().collect();
    let settings = words.iter().take_while(|word| word.contains('=')).count();
    let (settings, words) = words.split_at(settings);
    let ["cargo", "run", arguments @ ..] = words else {
        panic!("{command:?} is no `cargo run`: put what is not run into an `sh` block")
    };
    let (path, arguments) = match arguments {
        ["--example", name, arguments @ ..] => (path_of(name), arguments),
        arguments => (env!("CARGO_BIN_EXE_coros").into(), arguments),
    };
    let arguments = arguments.strip_prefix(&["--"]).unwrap_or(arguments);
    let mut program = Command::new(path);
    program
        .args(arguments)
        .env_remove("RUST_LOG")
        .env("COLUMNS", "80");
    program.envs(
        settings
            .iter()
            .filter_map(|setting| setting.split_once('=')),
    );
    program
}

/// A text with each number, and the blanks and lines drawn to fit it, made the same.
pub fn without_figures(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.chars() {
        let (sign, alike) = match letter {
            '0'..='9' | '.' | ',' if letter.is_ascii_digit() || plain.ends_with('#') => ('#', true),
            ' ' => (' ', true),
            '-' => ('-', true),
            other => (other, false),
        };
        if !alike || !plain.ends_with(sign) {
            plain.push(sign);
        }
    }
    plain
}

#[test]
fn figures_do_not_count() {
    let (one, other) = ("fork    1.5 ms  12\n", "fork  120 ms 9\n");
    assert_eq!(without_figures(one), without_figures(other));
    assert_ne!(without_figures(one), without_figures("spawn 1.5 ms 12\n"));
}
