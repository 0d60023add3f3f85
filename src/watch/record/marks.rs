//! The first line of a recording, and the last.

use serde::{Deserialize, Serialize};

use super::damage::reason_of;

/// What the first line calls the format.
const FORMAT: &str = "coros";

/// The version that is written, and the only one that is read.
const VERSION: u32 = 1;

/// How the line of the end mark begins, and no other.
pub(super) const END: &str = r#"{"end":"#;

/// The first line.
#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    recording: Format,
}

/// Fields that a newer version may have are no reason to say anything else but that it is newer.
#[derive(Serialize, Deserialize)]
struct Format {
    of: String,
    version: u32,
}

/// The last line.
#[derive(Serialize, Deserialize, PartialEq)]
pub(super) struct EndMark {
    end: Sums,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Sums {
    events: u64,
    crc32: u32,
}

impl Header {
    pub(super) fn new() -> Self {
        let of = FORMAT.to_owned();
        Self {
            recording: Format {
                of,
                version: VERSION,
            },
        }
    }

    /// Says what is wrong with a first line.
    pub(super) fn check(line: &str) -> Result<(), String> {
        let stranger = || "this is no recording: its first line is no header of one".to_owned();
        let header: Self = serde_json::from_str(line).map_err(|_| stranger())?;
        let Format { of, version } = header.recording;
        match version {
            _ if of != FORMAT => Err(stranger()),
            VERSION => Ok(()),
            _ => Err(format!(
                "this recording is of version {version} of the format; only version {VERSION} can be read"
            )),
        }
    }
}

impl EndMark {
    pub(super) fn new(events: u64, crc32: u32) -> Self {
        Self {
            end: Sums { events, crc32 },
        }
    }

    /// Says in what a last line is not this one.
    pub(super) fn check(&self, line: &str) -> Result<(), String> {
        if serde_json::to_string(self).is_ok_and(|own| own == line) {
            return Ok(());
        }
        let said: Self = serde_json::from_str(line)
            .map_err(|error| format!("this is no end mark: {}", reason_of(&error)))?;
        let (said, own) = (said.end, &self.end);
        Err(match (said.events == own.events, said.crc32 == own.crc32) {
            (false, _) => format!(
                "by the end mark there are {} events, but there are {}",
                said.events, own.events
            ),
            (true, false) => format!(
                "the checksum of all lines before is {}, but the end mark says {}: one of them was changed",
                own.crc32, said.crc32
            ),
            (true, true) => "the end mark is not as it was written".to_owned(),
        })
    }
}
