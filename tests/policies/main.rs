//! Who computes when: policies, CPUs, and what is told of them.

mod bad;
mod changes;
#[path = "../common/mod.rs"]
mod common;
mod computing;
mod cpus;
mod dice;
mod every;
mod interleavings;
mod known_answers;
mod machine;
mod models;
mod protocol;
mod rules;
mod shares;
mod ticks;
