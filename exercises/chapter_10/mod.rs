//! The event loop: a thread that waits for one future, and sleeps while it does.

mod grade;
mod solved;
mod yours;

crate::exercise!(block_on);
