//! The subjects: each does the same work, in its own idiom and at its best.
//!
//! What can be reused from round to round is reused: runtimes, executors, pools of stacks.

use std::time::{Duration, Instant};

pub mod async_executor;
pub mod coros;
pub mod corosensei;
pub mod exchanges;
pub mod may;
pub mod mio;
pub mod plain;
pub mod tokio;

/// The stacks of coros by default, and where a great many tasks are meant; may always has small ones.
pub const USUAL_STACK: usize = 256 << 10;
pub const SMALL_STACK: usize = 16 << 10;

/// How many children are spawned before their parent lets them run.
const BATCH: u64 = 32;

/// How many suspended tasks lie ready to be killed, by the clock, one after another.
const VICTIMS: u64 = 100;

/// Who sends to the one that receives, and for how many items there is room between them.
const PRODUCERS: usize = 8;
const ROOM: usize = 64;

/// How many want the one lock.
const CONTENDERS: u64 = 16;

/// The tree: each task that is no leaf has so many children.
const BRANCHES: u64 = 10;

/// How many tasks in turn set a timeout and drop it; far enough that none is ever over.
const TIMED: u64 = 1_000;
const FAR: Duration = Duration::from_secs(60);

/// Where servers listen.
const ANY_PORT: &str = "127.0.0.1:0";

/// Bytes that an echo server reads at most at once: more than come, so that it sees that it has all.
const READ_ROOM: usize = 1024;

/// What is said to those who ask for a page.
pub const HELLO: &[u8] = b"Hello, World!";

/// Within which time sleepers wake.
const WINDOW: Duration = Duration::from_millis(200);

/// How long each sleeper sleeps: at random, but the same for all subjects.
fn naps(tasks: usize) -> impl Iterator<Item = Duration> {
    let mut random = fastrand::Rng::with_seed(1);
    (0..tasks).map(move |_| WINDOW.mul_f64(random.f64()))
}

/// How much later than asked for a sleep ended.
fn overshoot(asked: Duration, began: Instant) -> Duration {
    began.elapsed().saturating_sub(asked)
}

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
