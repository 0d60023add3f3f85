//! What can be read of a recording that was broken off.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::damage::{Cut, Damage};
use super::events::Events;
use super::recording::{Recording, unreadable};
use crate::kernel::Event;

/// The beginning of a recording that was broken off, say by the end of the process.
///
/// Each event was read, and stands in the order in which it was told. But the checksum of all lines was
/// never written: that none was changed since is not known.
#[derive(Clone, PartialEq, Debug)]
pub struct Prefix {
    pub(super) events: Vec<Event>,
    pub(super) cut: Cut,
}

impl Prefix {
    /// What happened up to the cut, in the order in which it was told.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Where it was broken off.
    #[must_use]
    pub fn cut(&self) -> Cut {
        self.cut
    }
}

/// A recording that was read as far as it goes: all of it, or the beginning.
///
/// ```
/// use coros::watch::record::{Recorder, Recovered};
/// use coros::{Scheduler, yield_now};
///
/// let (recorder, memory) = Recorder::in_memory();
/// let mut sched = Scheduler::builder().observer(recorder).build();
/// sched.spawn(yield_now);
/// sched.run()?;
/// std::mem::forget(sched); // as a SIGKILL would: nothing writes the end mark
///
/// let Recovered::Prefix(prefix) = Recovered::read(&memory.bytes()[..]).unwrap() else {
///     panic!("it is not whole");
/// };
/// assert_eq!(prefix.cut().turn, 2);
/// assert_eq!(prefix.cut().events, prefix.events().len() as u64);
/// # Ok::<(), coros::Stuck>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub enum Recovered {
    /// It has its end mark, and is as it was written.
    Whole(Recording),
    /// It was broken off.
    Prefix(Prefix),
}

impl Recovered {
    /// Reads a recording up to its end, or up to where it was broken off; a last line without its end is
    /// left out.
    ///
    /// # Errors
    ///
    /// If it is no recording, or was damaged otherwise.
    pub fn read(input: impl BufRead) -> Result<Self, Damage> {
        let mut events = Vec::new();
        for event in Events::new(input) {
            match event {
                Ok(event) => events.push(event),
                Err(Damage { cut: Some(cut), .. }) => {
                    return Ok(Self::Prefix(Prefix { events, cut }));
                }
                Err(damage) => return Err(damage),
            }
        }
        Ok(Self::Whole(Recording::of(events)))
    }

    /// Reads the recording in a file.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and if there is no such file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Damage> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        Self::read(BufReader::with_capacity(64 << 10, file))
    }

    /// What happened, as far as it is there, in the order in which it was told.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        match self {
            Self::Whole(recording) => recording.events(),
            Self::Prefix(prefix) => prefix.events(),
        }
    }

    /// Where it was broken off, if it was.
    #[must_use]
    pub fn cut(&self) -> Option<Cut> {
        match self {
            Self::Whole(_) => None,
            Self::Prefix(prefix) => Some(prefix.cut),
        }
    }
}
