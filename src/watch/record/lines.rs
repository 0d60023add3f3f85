//! A recording's lines, as they are read, with the checksum of all before.

use std::io::{BufRead, Read};

use super::LONGEST_LINE;

/// Reads lines one by one.
pub(super) struct Lines<R> {
    input: R,
    /// The last line that was read, with its end.
    line: Vec<u8>,
    /// Its number, counted from 1.
    number: u64,
    /// The checksum of the lines before it.
    sum: crc32fast::Hasher,
}

/// What there is to read.
#[derive(PartialEq)]
pub(super) enum Found {
    Line,
    /// The beginning of a line; there the input ends.
    Part,
    Nothing,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            number: 0,
            sum: crc32fast::Hasher::new(),
        }
    }

    /// Reads the next line.
    pub(super) fn advance(&mut self) -> Result<Found, String> {
        self.sum.update(&self.line);
        self.line.clear();
        self.number += 1;
        let mut rest = (&mut self.input).take(LONGEST_LINE as u64 + 1);
        rest.read_until(b'\n', &mut self.line)
            .map_err(|error| format!("it cannot be read: {error}"))?;
        match self.line.last() {
            None => Ok(Found::Nothing),
            Some(b'\n') => Ok(Found::Line),
            Some(_) if self.line.len() > LONGEST_LINE => Err(format!(
                "it is longer than {LONGEST_LINE} bytes, and no line of a recording is"
            )),
            Some(_) => Ok(Found::Part),
        }
    }

    /// The text of the line, without its end.
    pub(super) fn text(&self) -> Result<&str, String> {
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        std::str::from_utf8(line)
            .map_err(|error| format!("it is not UTF-8 from byte {} on", error.valid_up_to() + 1))
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The checksum of the lines before this one.
    pub(super) fn sum(&self) -> u32 {
        self.sum.clone().finalize()
    }
}
