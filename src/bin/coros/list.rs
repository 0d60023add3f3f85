//! `coros list`: the programs, one line each.

use std::process::ExitCode;

use crate::programs;
use crate::term::say;

pub fn print() -> ExitCode {
    for (name, caption) in programs::captions() {
        say!("{name:8} {caption}");
    }
    say!("");
    say!("`coros run NAME` runs one to its end, `coros step NAME` turn by turn.");
    ExitCode::SUCCESS
}
