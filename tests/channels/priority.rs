//! The priority channel: the greatest first, whatever comparisons do.

use std::cell::RefCell;
use std::cmp::{Ordering, Reverse};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use coros::channel::{RecvError, Sender, TryRecvError, priority};
use coros::{call, spawn, yield_now};

use crate::common::run;

/// Compared by its rank, after it has done what it was told to do.
struct Item {
    rank: u32,
    name: &'static str,
    before: Rc<dyn Fn()>,
}

impl Item {
    fn new(rank: u32, name: &'static str, before: impl Fn() + 'static) -> Self {
        let before = Rc::new(before);
        Self { rank, name, before }
    }

    fn plain(rank: u32, name: &'static str) -> Self {
        Self::new(rank, name, || ())
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.before)();
        (other.before)();
        self.rank.cmp(&other.rank)
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Item {}

#[test]
fn the_greatest_comes_first_and_equal_ones_in_order_of_sending() {
    let (tx, rx) = priority();
    for (rank, name) in [(1, "a"), (2, "b"), (1, "c"), (3, "d"), (2, "e"), (1, "f")] {
        tx.send(Item::plain(rank, name)).unwrap();
    }
    drop(tx);
    let names: Vec<_> = rx.iter().map(|item| item.name).collect();
    assert_eq!(names, ["d", "b", "e", "a", "c", "f"]);
}

#[test]
fn reversed_the_least_comes_first() {
    let (tx, rx) = priority();
    for number in [3, 1, 2] {
        tx.try_send(Reverse(number)).unwrap();
    }
    assert_eq!(rx.recv(), Ok(Reverse(1)));
    assert_eq!((tx.len(), tx.capacity()), (2, None));
}

#[test]
fn receivers_that_wait_are_served_and_woken_at_the_end() {
    run(|| {
        let (tx, rx) = priority();
        let receiver = spawn(move || (rx.recv(), rx.recv(), rx.recv()));
        yield_now();
        tx.send(1).unwrap();
        call(tx.sending(&mut Some(2))).unwrap();
        yield_now();
        drop(tx);
        let received = receiver.join().unwrap();
        assert_eq!(received, (Ok(2), Ok(1), Err(RecvError::Closed)));
    });
}

#[test]
fn a_comparison_that_panics_leaves_the_channel_whole() {
    let (tx, rx) = priority();
    for (rank, name) in [(1, "a"), (3, "b"), (2, "c")] {
        tx.send(Item::plain(rank, name)).unwrap();
    }
    let bad = Item::new(2, "bad", || panic!("cannot compare"));
    let sent = catch_unwind(AssertUnwindSafe(|| tx.send(bad)));
    assert!(sent.is_err());
    assert_eq!(rx.len(), 3, "the item is dropped, the others are there");
    tx.send(Item::plain(2, "d")).unwrap();
    drop(tx);
    let names: Vec<_> = rx.iter().map(|item| item.name).collect();
    assert_eq!(names, ["b", "c", "d", "a"]);
}

#[test]
fn a_comparison_that_panics_while_a_branch_sends_does_so_in_its_task() {
    run(|| {
        let (tx, rx) = priority();
        tx.send(Item::plain(1, "a")).unwrap();
        let sender = spawn(move || {
            let bad = Item::new(2, "bad", || panic!("cannot compare"));
            call(tx.sending(&mut Some(bad)))
        });
        assert!(sender.join().is_err());
        assert_eq!((rx.recv().unwrap().name, rx.len()), ("a", 0));
    });
}

#[test]
fn a_comparison_may_use_the_channel() {
    let (tx, rx) = priority();
    let inner: Rc<RefCell<Option<Sender<Item>>>> = Rc::new(RefCell::new(Some(tx.clone())));
    tx.send(Item::plain(2, "a")).unwrap();
    let seen = rx.clone();
    let nosy = Item::new(1, "nosy", move || {
        assert!(matches!(seen.try_recv(), Err(TryRecvError::Empty)));
        if let Some(tx) = inner.take() {
            tx.send(Item::plain(3, "sent meanwhile")).unwrap();
        }
    });
    tx.send(nosy).unwrap();
    let names = [(); 2].map(|()| rx.recv().unwrap().name);
    assert_eq!(names, ["sent meanwhile", "a"]);
    assert_eq!(rx.recv().unwrap().name, "nosy");
}

#[test]
fn what_a_comparison_sent_before_it_panicked_is_not_lost() {
    run(|| {
        let (tx, rx) = priority();
        tx.send(Item::plain(1, "a")).unwrap();
        let inner = tx.clone();
        let bad = Item::new(2, "bad", move || {
            inner.send(Item::plain(3, "left behind")).unwrap();
            panic!("cannot compare");
        });
        let waiting = rx.clone();
        let sender = spawn(move || tx.send(bad));
        assert!(sender.join().is_err());
        drop(rx);
        let names: Vec<_> = waiting.iter().map(|item| item.name).collect();
        assert_eq!(names, ["a", "left behind"]);
    });
}

#[test]
fn a_task_killed_while_it_compares_leaves_the_channel_whole() {
    run(|| {
        let (tx, rx) = priority();
        tx.send(Item::plain(1, "a")).unwrap();
        let sending = tx.clone();
        let slow = Item::new(2, "slow", yield_now);
        let sender = spawn(move || sending.send(slow).is_ok());
        yield_now();
        tx.send(Item::plain(3, "b")).unwrap();
        let waiting = rx.clone();
        let receiver = spawn(move || waiting.recv().unwrap().name);
        yield_now();
        sender.kill().ok();
        let first = receiver.join().unwrap();
        drop(tx);
        let mut names: Vec<_> = rx.iter().map(|item| item.name).collect();
        names.push(first);
        assert!(names.contains(&"a") && names.contains(&"b"), "{names:?}");
    });
}
