//! What is wrong with a recording.

use std::fmt;

use super::recovered::Cut;

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

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => out.write_str(&self.reason),
            line => write!(out, "line {line}: {}", self.reason),
        }
    }
}

impl std::error::Error for Damage {}
