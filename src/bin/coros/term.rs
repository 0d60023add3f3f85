//! The terminal: output that survives a closed pipe, and text that fits in 80 columns.

use std::cell::Cell;
use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::process::{ExitCode, exit};

/// How wide the text may be.
pub const WIDTH: usize = 80;

thread_local! {
    static MARGIN: Cell<&'static str> = const { Cell::new("") };
}

/// Prints as `println!` does; but when nobody reads any more, the process ends quietly.
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
    // If nobody reads that either, there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says on standard error what went wrong, and comes back with the exit code for that.
pub fn complain(text: fmt::Arguments<'_>) -> ExitCode {
    tell(format_args!("error: {text}"));
    ExitCode::FAILURE
}

/// Says in one line what about the command line makes no sense, and comes back with the exit code for that.
pub fn refuse(text: fmt::Arguments<'_>) -> ExitCode {
    let printable = |c: char| if c.is_control() { '?' } else { c };
    let line: String = text.to_string().chars().map(printable).collect();
    complain(format_args!("{line}"));
    ExitCode::from(2)
}

/// Breaks lines that are too long between words; what is broken off is indented further.
pub fn fold(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(fold_line).collect();
    lines.join("\n")
}

fn fold_line(line: &str) -> String {
    let start = line.len() - line.trim_start().len();
    let indent = start + 4;
    let mut folded = " ".repeat(start);
    let mut column = start;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            folded.push('\n');
            folded.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > start {
            folded.push(' ');
            column += 1;
        }
        folded.push_str(&clip(word, WIDTH.saturating_sub(column)));
        column += length;
    }
    folded
}

/// The text on one line and in so many columns; an ellipsis stands for what had to go.
pub fn clip(text: &str, columns: usize) -> String {
    let printable = |c: char| if c.is_control() { '?' } else { c };
    let mut clipped: String = text.chars().take(columns).map(printable).collect();
    if text.chars().count() > columns {
        clipped.pop();
        clipped.push('…');
    }
    clipped
}

/// How the binary was started, for hints that can be typed as they stand.
pub fn command() -> &'static str {
    match std::env::var_os("CARGO") {
        Some(_) => "cargo run",
        None => "coros",
    }
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, clip, fold};

    #[test]
    fn a_line_that_just_fits_stays_as_it_is() {
        let line = format!("  {} end", "x".repeat(WIDTH - 6));
        assert_eq!(fold(&line), line);
    }

    #[test]
    fn a_line_that_is_too_long_goes_on_further_indented() {
        let line = format!("  {} end", "x".repeat(WIDTH - 5));
        let folded = format!("  {}\n      end", "x".repeat(WIDTH - 5));
        assert_eq!(fold(&line), folded);
    }

    #[test]
    fn a_word_that_fits_nowhere_is_clipped() {
        let folded = fold(&format!("a {}", "x".repeat(WIDTH * 2)));
        assert!(folded.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(folded.ends_with('…'));
    }

    #[test]
    fn clipped_text_keeps_to_one_line() {
        assert_eq!(clip("a\nb", 3), "a?b");
        assert_eq!(clip("abcd", 3), "ab…");
    }
}
