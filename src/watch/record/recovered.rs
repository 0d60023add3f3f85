//! What can be read of a recording that was broken off.

use std::io::BufRead;
use std::path::Path;

use super::damage::{Cut, Damage};
use super::events::Events;
use super::recording::open;
use crate::kernel::Event;

/// A recording that was read as far as it goes: all of it, or the beginning of one that was broken off, say
/// by the end of the process.
///
/// Of a beginning each event was read, and stands in the order in which it was told. But the checksum of
/// all lines was never written: that none was changed since is not known.
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
/// let recovered = Recovered::read(&memory.bytes()[..]).unwrap();
/// let cut = recovered.cut().expect("it is not whole");
/// assert_eq!(cut.turn, 2);
/// assert_eq!(cut.events, recovered.events().len() as u64);
/// # Ok::<(), coros::Stuck>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Recovered {
    events: Vec<Event>,
    cut: Option<Cut>,
}

impl Recovered {
    /// Reads a recording up to its end, or up to where it was broken off; a last line without its end is
    /// left out.
    ///
    /// # Errors
    ///
    /// If it is no recording, or was damaged otherwise.
    pub fn read(input: impl BufRead) -> Result<Self, Damage> {
        let (mut events, mut cut) = (Vec::new(), None);
        for event in Events::new(input) {
            match event {
                Ok(event) => events.push(event),
                Err(damage) if damage.cut.is_some() => cut = damage.cut,
                Err(damage) => return Err(damage),
            }
        }
        Ok(Self { events, cut })
    }

    /// Reads the recording in a file.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and if there is no such file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Damage> {
        Self::read(open(path.as_ref())?)
    }

    /// What happened, as far as it is there, in the order in which it was told.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Where it was broken off; `None` if it is whole.
    #[must_use]
    pub fn cut(&self) -> Option<Cut> {
        self.cut
    }
}
