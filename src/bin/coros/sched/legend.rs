//! The legend below the charts.

use coros::picture::signs::{BLOCKED, MEANINGS, PART, READY, WHOLE, joined};

/// What the signs mean, in lines that are no wider than this.
pub fn legend(cpus: u32, width: usize) -> String {
    let runs = match cpus {
        1 => [meaning(WHOLE), meaning(PART)],
        _ => ["0 to 9 runs on that CPU", "+ on another"].map(str::to_owned),
    };
    // Jobs wait for nothing else.
    let waits = [meaning(READY), format!("{BLOCKED} waits for I/O")];
    joined(runs.into_iter().chain(waits), width)
}

fn meaning(sign: char) -> String {
    let known = MEANINGS.iter().find(|(known, _)| *known == sign);
    known.map_or(String::new(), |(sign, meaning)| format!("{sign} {meaning}"))
}
