//! The terminal: how wide it is, and output that survives a closed pipe.

use std::cell::Cell;
use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::os::fd::AsFd;
use std::process::{ExitCode, exit};

use rustix::termios::tcgetwinsize;
use unicode_width::UnicodeWidthStr;

use crate::fit::fold;

/// How wide text is that goes to no terminal, unless `COLUMNS` says.
const WIDTH: usize = 80;

/// The least and the most columns that anything is drawn in.
const NARROWEST: usize = 40;
const WIDEST: usize = 200;

/// How complaints begin.
const ERROR: &str = "error: ";

/// How wide the text on standard output may be: as wide as its terminal is, or else as `COLUMNS` says, or
/// else 80 columns; at least 40, and at most 200.
pub fn width() -> usize {
    width_on(io::stdout())
}

/// The same, on standard error.
pub fn error_width() -> usize {
    width_on(io::stderr())
}

/// The same, in a file.
pub fn file_width() -> usize {
    let asked = std::env::var("COLUMNS").ok();
    let columns = asked.and_then(|asked| asked.trim().parse().ok());
    columns
        .filter(|columns| *columns > 0)
        .unwrap_or(WIDTH)
        .clamp(NARROWEST, WIDEST)
}

fn width_on(stream: impl AsFd + IsTerminal) -> usize {
    let size = stream.is_terminal().then(|| tcgetwinsize(&stream).ok());
    // A terminal that does not know says that it has none.
    match size.flatten().map_or(0, |size| usize::from(size.ws_col)) {
        0 => file_width(),
        columns => columns.clamp(NARROWEST, WIDEST),
    }
}

thread_local! {
    static MARGIN: Cell<&'static str> = const { Cell::new("") };
}

/// Prints as `println!` does; but when the output is not read any more, the process ends quietly.
macro_rules! say {
    ($($text:tt)*) => { $crate::term::say_line(format_args!($($text)*)) };
}

pub(crate) use say;

/// See [`say!`].
pub fn say_line(text: fmt::Arguments<'_>) {
    let margin = MARGIN.get();
    let text = text.to_string();
    let lines = text.split('\n');
    let lines: String = lines
        .map(|line| format!("{}\n", format!("{margin}{line}").trim_end()))
        .collect();
    print(&lines);
}

/// Prints a text whose lines are broken where they are too long for the terminal.
pub fn say_folded(text: &str) {
    let room = width().saturating_sub(MARGIN.get().width());
    say_line(format_args!("{}", fold(text, room)));
}

/// Does something with a mark before each line that it says, to tell its output from ours.
pub fn with_margin<T>(margin: &'static str, work: impl FnOnce() -> T) -> T {
    let before = MARGIN.replace(margin);
    let done = work();
    MARGIN.set(before);
    done
}

/// Writes text as it is, at once.
pub fn print(text: &str) {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(0),
        Err(error) => {
            complain(format_args!("cannot write to standard output: {error}"));
            exit(1)
        }
    }
}

/// Says something on standard error, which is no part of what was asked for.
pub fn tell(text: fmt::Arguments<'_>) {
    // If standard error is closed too, there is no way to say so.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says on standard error what went wrong, and comes back with the exit code for that.
pub fn complain(text: fmt::Arguments<'_>) -> ExitCode {
    tell(format_args!("{ERROR}{text}"));
    ExitCode::FAILURE
}

/// As [`complain`], with lines broken where they are too long for the terminal.
pub fn complain_folded(text: &str) -> ExitCode {
    let told = fold(&format!("{ERROR}{text}"), error_width());
    tell(format_args!("{told}"));
    ExitCode::FAILURE
}

/// Says in one sentence what about the command line makes no sense, and comes back with the exit code for
/// that. The text may hold whatever was typed: no line of it ends where the user wants.
pub fn refuse(text: fmt::Arguments<'_>) -> ExitCode {
    let printable = |c: char| if c.is_control() { '?' } else { c };
    let line: String = text.to_string().chars().map(printable).collect();
    complain_folded(&line);
    ExitCode::from(2)
}

/// How the binary was started, for hints that can be typed as they stand.
pub fn command() -> &'static str {
    match std::env::var_os("CARGO") {
        Some(_) => "cargo run",
        None => "coros",
    }
}
