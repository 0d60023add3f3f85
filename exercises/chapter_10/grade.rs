//! The output is handed over, each wake is heeded wherever it comes from, and none is polled without one.

use std::future::{poll_fn, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

type Boxed = Pin<Box<dyn Future<Output = u32>>>;
type BlockOn = fn(Boxed) -> u32;

/// A thread may wake of itself now and then; one that polls all the time polls more often.
const POLLS: u32 = 10;

pub fn grade(block_on: BlockOn) {
    let asleep = "it sleeps, and no waker wakes it: which thread does the waker let go on?";
    crate::in_time(Duration::from_secs(5), asleep, move || grade_all(block_on));
}

fn grade_all(block_on: BlockOn) {
    let output = block_on(Box::pin(ready(42)));
    assert_eq!(output, 42, "what is ready at once needs no waker");
    let output = block_on(countdown(3));
    assert_eq!(output, 4, "woken in each of 3 polls, it is polled 4 times");
    let output = block_on(Box::pin(async { countdown(1).await + countdown(2).await }));
    assert_eq!(output, 2 + 3, "one after the other");
    woken_by_another_thread(block_on);
    // A leftover of other code: the thread's next sleep is a short one.
    thread::current().unpark();
    woken_by_another_thread(block_on);
}

/// Wakes itself so many times before it is ready; says how often it was polled.
fn countdown(mut left: u32) -> Boxed {
    let mut polls = 0;
    Box::pin(poll_fn(move |context| {
        polls += 1;
        if left == 0 {
            return Poll::Ready(polls);
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }))
}

/// Another thread takes its time, and then wakes.
fn woken_by_another_thread(block_on: BlockOn) {
    let (leave, left) = channel::<Waker>();
    let due = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&due);
    let other = thread::spawn(move || {
        let waker = left.recv().expect("it is polled");
        thread::sleep(Duration::from_millis(50));
        told.store(true, SeqCst);
        // The last one counts, if it was polled again.
        left.try_iter().last().unwrap_or(waker).wake();
    });
    let mut polls = 0;
    let polled = block_on(Box::pin(poll_fn(move |context| {
        polls += 1;
        assert!(
            polls <= POLLS,
            "no waker has woken it, and it was polled {polls} times"
        );
        if due.load(SeqCst) {
            return Poll::Ready(polls);
        }
        // It is not taken any more if the other wakes just now.
        _ = leave.send(context.waker().clone());
        Poll::Pending
    })));
    assert!(polled >= 2, "it was pending at first");
    other.join().unwrap();
}
