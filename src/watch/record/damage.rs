//! What is wrong with a recording.

use std::fmt;

use crate::shown::error;

/// How much of what a file says is repeated in a message, in characters.
const LONGEST_REASON: usize = 200;

/// A file is no recording, or not all of one, or was changed.
///
/// ```
/// use coros::watch::record::Recording;
///
/// let damage = Recording::read(&b"turn 1\n"[..]).unwrap_err();
/// assert_eq!(damage.line, 1);
/// assert!(damage.to_string().starts_with("line 1: this is no recording"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Damage {
    /// The line where it shows, counted from 1; 0 if no line could be read.
    pub line: u64,
    /// What is wrong, in words.
    pub reason: String,
    /// Where it was broken off, if nothing else is wrong with it: the events before can be used.
    pub cut: Option<Cut>,
}

impl Damage {
    /// Repeats no more of the file than can be read at a glance, and nothing that a terminal would obey.
    pub(super) fn new(line: u64, reason: &str) -> Self {
        let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        let mut clipped: String = reason.chars().take(LONGEST_REASON).map(plain).collect();
        if reason.chars().nth(LONGEST_REASON).is_some() {
            clipped.push('…');
        }
        Self {
            line,
            reason: clipped,
            cut: None,
        }
    }

    pub(super) fn of(cut: Cut) -> Self {
        Self {
            cut: Some(cut),
            ..Self::new(cut.line, &cut.to_string())
        }
    }
}

error! {
    Damage {
        Self { line: 0, reason, .. } => reason,
        Self { line, reason, .. } => format_args!("line {line}: {reason}"),
    }
}

/// Where a recording was broken off: its recorder never came to write the end mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Cut {
    /// The line where it breaks off, counted from 1: it is not there, or not all of it.
    pub line: u64,
    /// Whether there is a part of that line, which is left out.
    pub half_line: bool,
    /// How many events come before.
    pub events: u64,
    /// The last turn among them; 0 if there is none.
    pub turn: u64,
}

impl fmt::Display for Cut {
    /// Where it is, but for the line's number.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match (self.line, self.half_line) {
            (1, _) => return out.write_str("the recording breaks off after its header"),
            (_, true) => "in the middle of this line",
            (_, false) => "before this line",
        };
        write!(out, "the recording breaks off {place}, ")?;
        match (self.events, self.turn) {
            (0, _) => out.write_str("before the first event")?,
            (events, 0) => write!(out, "after event {events}")?,
            (events, turn) => write!(out, "after event {events}, turn {turn}")?,
        }
        out.write_str(": it has no end mark")
    }
}

/// What serde says, in words that fit to a file of many lines.
pub(super) fn reason_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(reason) => format!("{reason}, at column {}", error.column()),
        None => text,
    }
}
