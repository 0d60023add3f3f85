//! `coros list`: the programs, one line each.

use std::process::ExitCode;

use crate::programs;
use crate::term::{command, say};

pub fn print() -> ExitCode {
    for (name, caption) in programs::captions() {
        say!("{name:9} {caption}");
    }
    say!("");
    let coros = command();
    say!("`{coros} run NAME` runs one to its end (--gantt draws who ran when),");
    say!("`{coros} step NAME` goes turn by turn.");
    ExitCode::SUCCESS
}
