//! Recordings: all that happened in a run, written down as lines of JSON, and read again.
//!
//! ```text
//! {"recording":{"of":"coros","version":1}}             the header
//! {"birth":{"time":0,"tid":1,"name":"main"}}           an event a line, as serde writes it;
//! {"place":[0,"src/main.rs",7]}
//! {"turn":{"turn":1,"time":0,"tid":1,…,"place":0,…}}   but the records of turns are abbreviated
//! {"end":{"events":2,"crc32":3735928559}}              the end mark
//! ```
//!
//! Times are nanoseconds since the scheduler's start; tasks go by their numbers; what is empty, zero or
//! not there is left out. The record of a turn leaves out the task's name where the line of its birth
//! has told it, and calls the place of the call by a number, which a line before has defined. The end
//! mark tells how many events there are, and the CRC-32 (that of zip and PNG) of all bytes before it. A
//! process that ends early leaves a beginning without it, which can be [read](Recovered) as such.
//!
//! What is read equals what was written, but for two things that mean nothing outside the process: the
//! [depth](crate::Step::depth) of stacks is not recorded, and a [`Tid`](crate::Tid) that was read keeps
//! its number, but names no task that lives.
//!
//! ```
//! use coros::kernel::Event;
//! use coros::watch::record::{Recorder, Recording};
//! use coros::{Scheduler, yield_now};
//!
//! let (recorder, memory) = Recorder::in_memory();
//! let mut sched = Scheduler::builder().observer(recorder).build();
//! sched.spawn(yield_now);
//! let report = sched.run()?;
//! drop(sched); // and with it the recorder, which writes the end mark
//!
//! let recording = Recording::read(&memory.bytes()[..]).unwrap();
//! let turns = recording.events().iter().filter(|event| matches!(event, Event::Turn(_)));
//! assert_eq!(turns.count() as u64, report.turns);
//! # Ok::<(), coros::Stuck>(())
//! ```

mod damage;
mod events;
mod flush_timer;
mod json;
mod lines;
mod marks;
mod memory;
mod names;
mod order;
mod places;
mod recorder;
mod recording;
mod recovered;
mod sink;
#[cfg(test)]
mod tests;
mod turn;

pub use damage::{Cut, Damage};
pub use events::Events;
pub use memory::Memory;
pub use recorder::Recorder;
pub use recording::Recording;
pub use recovered::Recovered;

/// The longest line, in bytes. A turn that ends a million tasks fits; what is no recording, and has no
/// lines, is not read into memory whole. Under test it is less, since to fill a line takes a while.
const LONGEST_LINE: usize = if cfg!(test) { 1 << 20 } else { 64 << 20 };
