//! The budget begins anew when the others have had their turns.

use std::time::Duration;

use coros::yield_now;

pub fn work_in_pieces(items: Vec<Box<dyn FnOnce()>>, budget: Duration, now: &dyn Fn() -> Duration) {
    let mut began = now();
    let mut items = items.into_iter().peekable();
    while let Some(item) = items.next() {
        item();
        if items.peek().is_some() && now() - began >= budget {
            yield_now();
            began = now();
        }
    }
}
