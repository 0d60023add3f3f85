//! What tasks share by turns: locks, semaphores, barriers, events.

mod barriers;
#[path = "../common/mod.rs"]
mod common;
mod condvar;
mod events;
mod limiters;
mod once_cells;
mod order;
mod owners;
mod poison;
mod rwlock;
mod schedules;
mod semaphore_schedules;
mod semaphores;
