//! Time tables.

#[path = "../../examples/time_tables/asyncio.rs"]
mod asyncio;
mod grade;
mod solved;
mod yours;

/// What a function does next, for so many seconds.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Block(u64),
    Await(u64),
}

crate::exercise!(ends);
