//! Counting the words of a text that comes in chunks, cut anywhere.

use std::collections::HashMap;
use std::{fmt, io};

use coros::{Interrupted, JoinError};

/// How often each word occurs.
pub type Counts = HashMap<String, u64>;

/// Why a file cannot be counted.
#[derive(Debug)]
pub enum Trouble {
    Io(io::Error),
    /// The byte at this offset begins no character.
    NotUtf8(usize),
    /// The task that should have counted it did not.
    Task(JoinError),
    Interrupted(Interrupted),
    /// The program is to end.
    GivenUp,
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(out),
            Self::NotUtf8(at) => write!(out, "it is not UTF-8 text (see byte {at})"),
            Self::Task(error) => error.fmt(out),
            Self::Interrupted(why) => why.fmt(out),
            Self::GivenUp => out.write_str("it was given up half-way"),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<JoinError> for Trouble {
    fn from(error: JoinError) -> Self {
        Self::Task(error)
    }
}

impl From<Interrupted> for Trouble {
    fn from(why: Interrupted) -> Self {
        Self::Interrupted(why)
    }
}

/// Counts words as the text comes in.
///
/// A word is a run of letters and digits, with combining accents, and with apostrophes inside; it is
/// counted in lower case.
#[derive(Default)]
pub struct Counter {
    counts: Counts,
    /// The word so far; the next chunk may go on with it.
    word: String,
    /// The first bytes of a character that the chunk's end has cut.
    cut: Vec<u8>,
    /// How many bytes came before these.
    done: usize,
}

impl Counter {
    /// Takes the next chunk of the text.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Trouble> {
        let mut bytes = std::mem::take(&mut self.cut);
        bytes.extend_from_slice(chunk);
        let (text, cut) = split(&bytes).map_err(|at| Trouble::NotUtf8(self.done + at))?;
        text.chars().for_each(|c| self.take(c));
        self.done += text.len();
        self.cut = cut.to_vec();
        Ok(())
    }

    /// How often each word occurred, now that the text is over.
    pub fn finish(mut self) -> Result<Counts, Trouble> {
        if !self.cut.is_empty() {
            return Err(Trouble::NotUtf8(self.done));
        }
        self.end_word();
        Ok(self.counts)
    }

    fn take(&mut self, c: char) {
        let inside = !self.word.is_empty();
        match c {
            _ if c.is_alphanumeric() => self.word.push(c),
            '\u{300}'..='\u{36f}' if inside => self.word.push(c),
            '\'' | '’' if inside && !self.word.ends_with('\'') => self.word.push('\''),
            _ => self.end_word(),
        }
    }

    fn end_word(&mut self) {
        let word = self.word.trim_end_matches('\'');
        if !word.is_empty() {
            *self.counts.entry(word.to_lowercase()).or_default() += 1;
        }
        self.word.clear();
    }
}

/// Splits off a character that is cut at the end; an error is where a byte begins no character.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), usize> {
    let whole = match str::from_utf8(bytes) {
        Ok(text) => text.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(error) => return Err(error.valid_up_to()),
    };
    let (text, cut) = bytes.split_at(whole);
    let text = str::from_utf8(text).expect("it is valid up to here");
    Ok((text, cut))
}

/// Adds counts to others.
pub fn merge(total: &mut Counts, counts: Counts) {
    for (word, count) in counts {
        *total.entry(word).or_default() += count;
    }
}

/// The most frequent words first; those that are equally frequent by the alphabet.
pub fn ranked(counts: Counts) -> Vec<(String, u64)> {
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    ranked
}
