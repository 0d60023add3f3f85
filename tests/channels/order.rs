//! First in, first out on both sides of a channel, and nobody starves.

use std::cell::Cell;
use std::rc::Rc;

use coros::channel::{TryRecvError, TrySendError, bounded, unbounded};
use coros::{call, spawn, yield_now};

use crate::common::{Log, run, scheduler};

#[test]
fn senders_are_served_in_the_order_of_their_coming() {
    run(|| {
        let (tx, rx) = bounded(2);
        for first in [0, 10, 20, 30] {
            let tx = tx.clone();
            spawn(move || (first..first + 3).for_each(|item| tx.send(item).unwrap()));
        }
        drop(tx);
        yield_now();
        let received: Vec<_> = rx.iter().collect();
        // Two went in at once; then the third of the first task waited in front of all others.
        assert_eq!(received[..6], [0, 1, 2, 10, 20, 30]);
        assert_eq!(received.len(), 12);
    });
}

#[test]
fn receivers_are_served_in_the_order_of_their_coming() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let (tx, rx) = unbounded();
        for name in ["a", "b", "c"] {
            let (rx, said) = (rx.clone(), said.clone());
            spawn(move || {
                while let Ok(item) = rx.recv() {
                    said.say(format!("{name}{item}"));
                }
            });
        }
        yield_now();
        (0..6).for_each(|item| tx.send(item).unwrap());
    });
    assert_eq!(log.take(), ["a0", "b1", "c2", "a3", "b4", "c5"]);
}

#[test]
fn a_newcomer_never_overtakes_a_sender_that_waits() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(0).unwrap();
        let waiting = tx.clone();
        let sender = spawn(move || waiting.send(1));
        yield_now();
        assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
        assert_eq!(rx.recv(), Ok(0));
        // The one that waited has the room now, though it has not had its turn.
        assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
        assert!(!sender.is_finished());
        assert_eq!(
            (rx.recv(), rx.try_recv()),
            (Ok(1), Err(TryRecvError::Empty))
        );
    });
}

#[test]
fn a_newcomer_never_overtakes_a_branch_that_waits_to_send() {
    run(|| {
        let (tx, rx) = bounded(2);
        tx.send(0).unwrap();
        tx.send(1).unwrap();
        let waiting = tx.clone();
        spawn(move || call(waiting.sending(&mut Some(2))).unwrap());
        yield_now();
        assert_eq!((rx.recv(), rx.recv()), (Ok(0), Ok(1)));
        assert!(rx.is_empty(), "the branch comes for itself");
        assert_eq!(tx.try_send(3), Err(TrySendError::Full(3)));
        tx.send(3).unwrap();
        assert_eq!((rx.recv(), rx.recv()), (Ok(2), Ok(3)));
    });
}

#[test]
fn a_newcomer_never_overtakes_a_receiver_that_waits() {
    run(|| {
        let (tx, rx) = unbounded();
        let waiting = rx.clone();
        let receiver = spawn(move || waiting.recv());
        yield_now();
        tx.send(1).unwrap();
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty), "it is spoken for");
        tx.send(2).unwrap();
        assert_eq!(rx.recv(), Ok(2));
        assert_eq!(receiver.join().unwrap(), Ok(1));
    });
}

#[test]
fn a_receiver_takes_in_all_who_wait_without_waiting_for_them() {
    run(|| {
        let (tx, rx) = bounded(1);
        let senders = [0, 1, 2, 3].map(|item| {
            let tx = tx.clone();
            spawn(move || tx.send(item).unwrap())
        });
        yield_now();
        let received: Vec<_> = std::iter::from_fn(|| rx.try_recv().ok()).collect();
        assert_eq!(received, [0, 1, 2, 3]);
        senders
            .into_iter()
            .for_each(|sender| sender.join().unwrap());
    });
}

#[test]
fn a_producer_that_never_waits_does_not_starve_the_rest() {
    let sched = &mut scheduler();
    let done = Rc::new(Cell::new(false));
    let (tx, rx) = unbounded();
    let is_done = Rc::clone(&done);
    let producer = sched.spawn(move || {
        let mut sent = 0_u32;
        while !is_done.get() {
            tx.send(sent).unwrap();
            sent += 1;
        }
        sent
    });
    sched.spawn(move || {
        for _ in 0..3 {
            yield_now();
        }
        done.set(true);
    });
    sched.run().unwrap();
    let sent = producer.join().unwrap();
    assert!(sent < 1000, "{sent} items in four turns");
    assert_eq!(rx.len(), sent as usize);
}

#[test]
fn one_that_only_tries_does_not_starve_the_rest() {
    run(|| {
        let (tx, rx) = bounded(1);
        spawn(move || {
            yield_now();
            tx.send(1).unwrap();
        });
        while rx.try_recv() != Ok(1) {}
    });
}

#[test]
fn receivers_that_wait_are_not_woken_for_the_item_of_another() {
    let mut sched = scheduler();
    let (tx, rx) = unbounded();
    for _ in 0..3 {
        let rx = rx.clone();
        sched.spawn(move || rx.recv());
    }
    sched.spawn(move || tx.try_send(1).unwrap());
    // Each comes to its wait, one gets the item, and the other two hear of the end, once.
    assert_eq!(sched.run().unwrap().turns, 7);
}

#[test]
fn senders_whose_items_were_taken_in_go_on_side_by_side() {
    let log = Log::new();
    let tells = log.clone();
    run(move || {
        let (tx, rx) = bounded(2);
        (0..2).for_each(|item| tx.send(item).unwrap());
        for item in 2..4 {
            let (tx, tells) = (tx.clone(), tells.clone());
            spawn(move || {
                tx.send(item).unwrap();
                tells.say(format!("sent {item}"));
            });
        }
        yield_now();
        assert_eq!((rx.recv(), rx.recv()), (Ok(0), Ok(1)));
        yield_now();
        tells.say("the receiver's next turn".to_owned());
    });
    assert_eq!(log.take(), ["sent 2", "sent 3", "the receiver's next turn"]);
}
