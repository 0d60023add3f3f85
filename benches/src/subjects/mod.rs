//! The subjects: each does the same work, in its own idiom and at its best.
//!
//! What can be reused from round to round is reused: runtimes, executors, pools of stacks.

pub mod async_executor;
pub mod coros;
pub mod corosensei;
pub mod may;
pub mod tokio;

/// How many children are spawned before their parent lets them run.
const BATCH: u64 = 32;

/// How many suspended tasks lie ready to be killed, by the clock, one after another.
const VICTIMS: u64 = 100;

/// A destructor that can be counted.
mod guard {
    use std::cell::Cell;
    use std::hint::black_box;
    use std::rc::Rc;

    /// Counts its end.
    pub struct Guard(Rc<Cell<u64>>);

    impl Guard {
        pub fn three(count: &Rc<Cell<u64>>) -> [Guard; 3] {
            [0; 3].map(|_| Guard(Rc::clone(count)))
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.set(black_box(self.0.get() + 1));
        }
    }
}
