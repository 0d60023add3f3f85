//! The line of a turn, in columns.
//!
//! ```text
//! turn     time  task       source line     call, answer, ends, wakes
//! turn 1     0ns 1 parent   …family.rs:24   NewTask -> 2
//! turn 2     0ns 3 waiter   …deadlock.rs:45 Sleep(600s) waits until 600s
//! turn 3    600s 3 waiter                   -> slept; returned; woke 1
//! ```

use std::fmt::{self, Write};
use std::time::Duration;

use super::step::{Did, Place, Step};

/// How wide the columns are. Call and answer begin at column 45: what a logger puts before the line
/// included, an ordinary one fits into 80 columns.
const TIME: usize = 7;
const TASK: usize = 10;
const PLACE: usize = 15;

/// How many others that ended in the turn are told of at most.
const ENDS: usize = 4;

/// A turn, as a line tells it.
pub(in crate::kernel) struct TurnLine<'s> {
    pub(in crate::kernel) step: &'s Step,
    /// Whether it tells who else ended in the turn.
    pub(in crate::kernel) ends: bool,
}

impl fmt::Display for TurnLine<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::with_capacity(80);
        self.write(&mut line)?;
        // Names and calls are the user's: what they contain must not break the line.
        let printable = |c: char| if c.is_control() { '?' } else { c };
        out.write_str(&line.chars().map(printable).collect::<String>())
    }
}

impl TurnLine<'_> {
    fn write(&self, line: &mut String) -> fmt::Result {
        let step = self.step;
        let task = format!("{} {}", step.tid, step.name);
        let place = step.place.as_ref();
        let place = place.map_or(String::new(), |place| cut(place, PLACE));
        write!(
            line,
            "turn {:<2} {:>TIME$} {:TASK$} {place:PLACE$} ",
            step.turn,
            brief(step.time),
            task.trim_end(),
        )?;
        if !step.with.is_empty() {
            write!(line, "-> {}; ", step.with)?;
        }
        self.write_deed(line)?;
        self.write_ends(line)?;
        self.write_woken(line)?;
        match step.why.as_str() {
            "" => Ok(()),
            why => write!(line, " [{why}]"),
        }
    }

    fn write_deed(&self, line: &mut String) -> fmt::Result {
        match &self.step.did {
            Did::Asked(call, reply) if reply.is_empty() => write!(line, "{call}"),
            Did::Asked(call, reply) => write!(line, "{call} -> {reply}"),
            Did::Computes(call) => write!(line, "{call} computes"),
            Did::Waits(call) => match self.step.until {
                Some(until) => write!(line, "{call} waits until {}", brief(until)),
                None => write!(line, "{call} waits"),
            },
            // The message of a panic has a line of its own.
            Did::Ended(exit) => line.write_str(exit.word()),
        }
    }

    /// Who else ended.
    fn write_ends(&self, line: &mut String) -> fmt::Result {
        let ended = &self.step.ended;
        if !self.ends {
            return Ok(());
        }
        for other in ended.iter().take(ENDS) {
            write!(line, "; {other}")?;
        }
        match ended.len().saturating_sub(ENDS) {
            0 => Ok(()),
            more => write!(line, "; {more} more ended"),
        }
    }

    /// Who was woken; that the task itself was shows in that it has its turn.
    fn write_woken(&self, line: &mut String) -> fmt::Result {
        for wakes in self.step.wakes_of(|tid| tid != self.step.tid) {
            write!(line, "; {wakes}")?;
        }
        Ok(())
    }
}

/// A time without more digits than a column has room for, cut off and not rounded.
fn brief(time: Duration) -> String {
    let whole = format!("{time:?}");
    if whole.chars().count() <= TIME {
        return whole;
    }
    let unit = match time.as_nanos() {
        0..1_000_000 => 100,
        1_000_000..1_000_000_000 => 10_000,
        _ => 1_000_000,
    };
    let nanos = time.as_nanos() / unit * unit;
    let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
    format!(
        "{:?}",
        Duration::new(seconds, (nanos % 1_000_000_000) as u32)
    )
}

/// The place in so many columns: a path that is too long is cut at the front, since its end tells
/// files apart.
fn cut(place: &Place, columns: usize) -> String {
    let whole = place.to_string();
    let fits = |text: &str| text.chars().count() <= columns;
    if fits(&whole) {
        return whole;
    }
    let tails = whole
        .match_indices(['/', '\\'])
        .map(|(at, _)| &whole[at + 1..]);
    let mut cut = tails.map(|tail| format!("…{tail}"));
    cut.find(|tail| fits(tail)).unwrap_or_else(|| {
        let skipped = whole.chars().count() + 1 - columns;
        let tail = whole.chars().skip(skipped);
        std::iter::once('…').chain(tail).collect()
    })
}
