//! A recording that was read.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::damage::Damage;
use super::events::Events;
use crate::kernel::Event;

/// All that was recorded of a run, read and found to be whole.
///
/// ```
/// use coros::watch::record::{Recorder, Recording};
///
/// let path = std::env::temp_dir().join(format!("coros-recording-{}", std::process::id()));
/// Recorder::to_file(&path)?.finish()?;
/// let recording = Recording::open(&path).unwrap();
/// assert!(recording.events().is_empty(), "nothing ran");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Recording {
    events: Vec<Event>,
}

impl Recording {
    /// Reads a recording to its end.
    ///
    /// # Errors
    ///
    /// If it is no recording, not all of one, or was changed after it was written: then nothing of it
    /// can be trusted. [`Recovered`](super::Recovered) takes one that was broken off, and says that it is
    /// one; [`Events`] gives what comes before any damage.
    pub fn read(input: impl BufRead) -> Result<Self, Damage> {
        let events = Events::new(input).collect::<Result<_, _>>()?;
        Ok(Self { events })
    }

    /// Reads the recording in a file.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and if there is no such file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Damage> {
        Self::read(open(path.as_ref())?)
    }

    /// What happened, in the order in which it was told.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}

/// Opens the file of a recording.
pub(super) fn open(path: &Path) -> Result<BufReader<File>, Damage> {
    let file = File::open(path).map_err(|error| {
        let reason = format!("the recording {} cannot be read: {error}", path.display());
        Damage::new(0, &reason)
    })?;
    Ok(BufReader::with_capacity(64 << 10, file))
}
