//! The observer that writes recordings.

use std::fs::File;
use std::io;
use std::path::Path;

use super::marks::{EndMark, Header};
use super::memory::Memory;
use super::names::Names;
use super::order::Order;
use super::places::Places;
use super::sink::Sink;
use super::turn::{self, Definition};
use crate::kernel::{Event, Observer, Place, Step, target};

/// An observer that writes down what it sees; see [the format](super).
///
/// The header is written at once, and the end mark by [`finish`](Self::finish), or when the recorder is
/// dropped: a file without one was broken off, and is [readable up to there](super::Recovered). What is
/// written in between is collected, and handed on 64 KiB at a time, about ten times a second, and whenever
/// the run [pauses](Observer::pause) or [sleeps](Observer::idle).
///
/// What was collected for a [file](Self::to_file) is also written when the process exits, aborts, or ends
/// by a stack overflow, a fault, or a signal that a run [handles](crate::kernel::SchedulerBuilder::handle_signals).
/// At a SIGKILL, the last tenth of a second is lost, and what a task did since then that makes no call.
///
/// The first error that the writer returns is logged and kept, and ends the
/// recording; so does an event that no reader would accept: one of two schedulers that are recorded at
/// once, say. The run goes on.
///
/// The same program, with a virtual clock and the same seed, gives the same bytes each time.
///
/// ```
/// use std::cell::RefCell;
/// use std::rc::Rc;
/// use coros::watch::record::Recorder;
/// use coros::{Clock, Scheduler, yield_now};
///
/// let recorded = || {
///     let (recorder, memory) = Recorder::in_memory();
///     let recorder = Rc::new(RefCell::new(recorder));
///     let builder = Scheduler::builder().clock(Clock::Virtual);
///     let mut sched = builder.observer(Rc::clone(&recorder)).build();
///     sched.spawn(|| (0..3).for_each(|_| yield_now()));
///     sched.run().unwrap();
///     assert!(recorder.borrow_mut().finish().unwrap() > 4);
///     memory.bytes()
/// };
/// assert_eq!(recorded(), recorded());
/// ```
pub struct Recorder<W: io::Write> {
    sink: Sink<W>,
    order: Order,
    names: Names,
    places: Places,
    events: u64,
    finished: bool,
}

impl Recorder<Memory> {
    /// A recorder that writes into memory, and that memory.
    #[must_use]
    pub fn in_memory() -> (Self, Memory) {
        let memory = Memory::default();
        (Self::new(memory.clone()), memory)
    }
}

impl Recorder<File> {
    /// A recorder that writes into a file, which is made, or emptied if there is one.
    ///
    /// # Errors
    ///
    /// If the file cannot be made; the message names it.
    pub fn to_file(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let made = File::create(path);
        let recorder = |file| {
            let mut recorder = Self::new(file);
            recorder.sink.write_at_exit();
            recorder
        };
        made.map(recorder).map_err(|error| {
            let told = format!("the recording {} cannot be made: {error}", path.display());
            io::Error::new(error.kind(), told)
        })
    }
}

impl<W: io::Write> Recorder<W> {
    /// A recorder that writes to `out`, which need not be buffered, and is written the header.
    #[must_use]
    pub fn new(out: W) -> Self {
        let mut recorder = Self {
            sink: Sink::new(out),
            order: Order::default(),
            names: Names::default(),
            places: Places::default(),
            events: 0,
            finished: false,
        };
        let written = recorder
            .sink
            .line(|out| serde_json::to_writer(out, &Header::new()));
        let flushed = written.and_then(|()| recorder.sink.flush());
        recorder.keep(flushed);
        recorder
    }

    /// Writes the end mark, and says how many events were recorded. What is observed afterwards is an
    /// error.
    ///
    /// # Errors
    ///
    /// If anything went wrong since the recording began; then there is no end mark. It says so each time
    /// that it is asked.
    pub fn finish(&mut self) -> io::Result<u64> {
        if !std::mem::replace(&mut self.finished, true) && self.sink.failed().is_none() {
            let end = EndMark::new(self.events, self.sink.sum());
            let written = self.sink.line(|out| serde_json::to_writer(out, &end));
            let flushed = written.and_then(|()| self.sink.flush());
            self.keep(flushed);
        }
        match self.sink.failed() {
            Some(error) => Err(io::Error::new(error.kind(), error.to_string())),
            None => Ok(self.events),
        }
    }

    #[inline]
    fn write(&mut self, event: &Event) -> io::Result<()> {
        if self.finished {
            return Err(io::Error::other("it was finished before"));
        }
        let refused = |reason| io::Error::new(io::ErrorKind::InvalidData, reason);
        self.order.follow(event).map_err(refused)?;
        match event {
            Event::Turn(step) => self.write_turn(step),
            other => {
                self.names.learn(other);
                self.sink.line(|out| serde_json::to_writer(out, other))
            }
        }
    }

    #[inline]
    fn write_turn(&mut self, step: &Step) -> io::Result<()> {
        let name = (!self.names.knows(step.tid, &step.name)).then_some(&step.name);
        let place = match &step.place {
            Some(place) => Some(match self.places.find(place) {
                Some(number) => number,
                None => Self::define(&mut self.sink, &mut self.places, place)?,
            }),
            None => None,
        };
        self.sink.line(|out| turn::write(out, step, name, place))
    }

    #[cold]
    fn define(sink: &mut Sink<W>, places: &mut Places, place: &Place) -> io::Result<u32> {
        let number = places.add(place);
        let definition = Definition {
            place: (number, place.file.to_string(), place.line),
        };
        sink.line(|out| serde_json::to_writer(out, &definition))?;
        Ok(number)
    }

    /// Keeps the first error, and logs it.
    fn keep(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            if self.sink.failed().is_none() {
                log::error!(
                    target: target::OBSERVER,
                    "the recording is broken off after event {}: {error}",
                    self.events
                );
            }
            self.sink.fail(error);
        }
    }
}

impl<W: io::Write> Observer for Recorder<W> {
    fn observe(&mut self, event: &Event) {
        if self.sink.failed().is_some() {
            return;
        }
        let written = self.write(event);
        self.events += u64::from(written.is_ok());
        let flushed = written.and_then(|()| self.sink.flush_if_due());
        if flushed.is_err() {
            self.keep(flushed);
        }
    }

    fn idle(&mut self) {
        self.pause();
    }

    fn pause(&mut self) {
        if self.sink.failed().is_none() {
            let flushed = self.sink.flush();
            self.keep(flushed);
        }
    }
}

impl<W: io::Write> Drop for Recorder<W> {
    /// Writes the end mark. Who wants to know whether that worked asks [`finish`](Recorder::finish).
    fn drop(&mut self) {
        _ = self.finish();
    }
}
