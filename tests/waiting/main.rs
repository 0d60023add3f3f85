//! Waits: for time, for tasks, for futures, for whichever comes first.

mod causes;
mod clock;
#[path = "../common/mod.rs"]
mod common;
mod futures;
mod intervals;
mod punctuality;
mod scaled_clock;
mod select;
mod select_mix;
mod several;
mod wakers;
mod wakes;
