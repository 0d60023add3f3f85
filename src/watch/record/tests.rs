//! Whatever happens can be written down and read again, and no damage goes unnoticed.

mod broken;
mod cut;
mod damaged;
mod draw;
mod lines;
mod reasons;
mod round_trip;

use super::{Damage, Recorder, Recording};
use crate::kernel::{Event, Observer};

/// The bytes of a recording of these events.
fn recorded(events: &[Event]) -> Vec<u8> {
    let (mut recorder, memory) = Recorder::in_memory();
    events.iter().for_each(|event| recorder.observe(event));
    assert_eq!(recorder.finish().unwrap(), events.len() as u64);
    memory.bytes()
}

fn read(bytes: &[u8]) -> Result<Recording, Damage> {
    Recording::read(bytes)
}
