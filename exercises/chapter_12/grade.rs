//! The turns of another task are noted between the items: `012|34` are three items, a turn, two items.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use coros::{run, spawn, yield_now};

type WorkInPieces = fn(Vec<Box<dyn FnOnce()>>, Duration, &dyn Fn() -> Duration);

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A clock that goes on by what is done, and what was done.
#[derive(Default)]
struct Log {
    clock: Cell<Duration>,
    done: RefCell<String>,
}

impl Log {
    fn add(&self, what: &str, took: Duration) {
        self.clock.set(self.clock.get() + took);
        *self.done.borrow_mut() += what;
    }
}

/// What is done in which order by the function, with a budget of 10 ms, and by another task, whose turns
/// take so long.
fn pieces(work_in_pieces: WorkInPieces, items: &[u64], turn: u64) -> String {
    let log = Rc::new(Log::default());
    let item = |(number, took): (usize, &u64)| -> Box<dyn FnOnce()> {
        let (log, took) = (Rc::clone(&log), ms(*took));
        Box::new(move || log.add(&number.to_string(), took))
    };
    let items: Vec<_> = items.iter().enumerate().map(item).collect();
    let (clock, others) = (Rc::clone(&log), Rc::clone(&log));
    run(move || {
        let worker = spawn(move || work_in_pieces(items, ms(10), &|| clock.clock.get()));
        yield_now();
        while !worker.is_finished() {
            others.add("|", ms(turn));
            yield_now();
        }
        worker.join().expect("the worker returns");
    })
    .expect("no task is stuck");
    log.done.take()
}

pub fn grade(work_in_pieces: WorkInPieces) {
    let pieces = |items: &[u64], turn| pieces(work_in_pieces, items, turn);
    assert_eq!(pieces(&[], 0), "", "nothing to do, no task to give way to");
    assert_eq!(pieces(&[50], 0), "0", "no turn after the last item");
    assert_eq!(
        pieces(&[0; 9], 0),
        "012345678",
        "what takes no time needs no turn"
    );
    assert_eq!(
        pieces(&[4, 4, 4, 4, 20, 1, 1, 1, 9], 0),
        "012|34|5678",
        "a turn for the others after an item, when 10 ms or more have passed since their last one"
    );
    assert_eq!(pieces(&[5, 5, 5], 0), "01|2", "10 ms are enough");
    assert_eq!(
        pieces(&[5, 5, 1, 1, 1, 1], 30),
        "01|2345",
        "the others' turns are not on your account: they had theirs"
    );
    assert_eq!(
        pieces(&[99, 1, 99, 1], 30),
        "0|12|3",
        "after each long one, and not after the last"
    );
}
