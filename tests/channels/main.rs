//! Channels, broadcasts, oneshots, watched values: what is sent comes once, in order, or its sender knows.

mod broadcast;
mod cast_schedules;
mod closing;
#[path = "../common/mod.rs"]
mod common;
mod cross_core;
mod destructors;
mod futures;
mod interrupts;
mod oneshot;
mod order;
mod priority;
mod rendezvous;
mod reports;
mod schedules;
mod streams;
mod watch;
