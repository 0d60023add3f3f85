//! `coros list`: the programs, one line each.

use std::process::ExitCode;

use crate::fit::wrap;
use crate::programs;
use crate::term::{self, command, say, say_folded};

/// How wide the longest name is.
const NAME: usize = 9;

pub fn print() -> ExitCode {
    for (name, caption) in programs::captions() {
        let caption = wrap(&caption, term::width() - NAME - 1);
        let below = format!("\n{:NAME$} ", "");
        say!("{name:NAME$} {}", caption.replace('\n', &below));
    }
    say!("");
    let coros = command();
    say_folded(&format!(
        "`{coros} run NAME` runs one to its end (--gantt draws who ran when),"
    ));
    say_folded(&format!("`{coros} step NAME` goes turn by turn."));
    ExitCode::SUCCESS
}
