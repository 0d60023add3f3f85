//! A prompt that waits for lines while a clock ticks.
//!
//! It ends at the end of the input (Ctrl-D), or at a Ctrl-C. The clock shows only on a terminal.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use coros::{Builder, Interrupted, interval, run, stdin, stdout};

fn main() -> io::Result<()> {
    run(|| {
        if stdin().as_fd().is_terminal() && stdout().as_fd().is_terminal() {
            // As a daemon it does not keep the program alive.
            Builder::new().name("clock").daemon(true).spawn(tick);
        }
        answer()
    })
    .map_err(io::Error::other)?
}

fn answer() -> io::Result<()> {
    writeln!(stdout(), "say something")?;
    for line in stdin().lines() {
        let line = match line {
            // The system's Ctrl-C does that to all tasks that do not ask for it.
            Err(error) if Interrupted::of(&error).is_some() => break,
            line => line?,
        };
        match line.trim() {
            "" => {}
            word => writeln!(stdout(), "\r{word}, backwards: {}", reversed(word))?,
        }
    }
    writeln!(stdout(), "\rbye")
}

fn reversed(word: &str) -> String {
    word.chars().rev().collect()
}

/// Writes the time before the prompt, again and again, while the other task waits.
fn tick() -> io::Result<()> {
    let mut seconds = interval(Duration::from_secs(1));
    for passed in 0.. {
        seconds.tick()?;
        write!(stdout(), "\r{passed:3} s> ")?;
        stdout().flush()?;
    }
    Ok(())
}
