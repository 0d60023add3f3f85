//! Closing a channel: whoever waits is woken, and what was sent stays.

use coros::channel::{RecvError, SendError, TryRecvError, TrySendError, bounded, unbounded};
use coros::{spawn, yield_now};

use crate::common::{Log, run};

#[test]
fn closing_wakes_all_who_wait_to_receive() {
    for by_sender in [true, false] {
        run(move || {
            let (tx, rx) = bounded::<u32>(1);
            let waiters = [(); 3].map(|()| {
                let rx = rx.clone();
                spawn(move || rx.recv())
            });
            yield_now();
            assert_eq!(rx.waiting_receivers(), 3);
            if by_sender {
                tx.close()
            } else {
                rx.close()
            }
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap(), Err(RecvError::Closed));
            }
            assert_eq!(rx.waiting_receivers(), 0);
        });
    }
}

#[test]
fn closing_wakes_all_who_wait_to_send() {
    for by_sender in [true, false] {
        run(move || {
            let (tx, rx) = bounded(1);
            tx.send(0).unwrap();
            let waiters = [1, 2, 3].map(|item| {
                let tx = tx.clone();
                spawn(move || tx.send(item))
            });
            yield_now();
            assert_eq!(tx.waiting_senders(), 3);
            if by_sender {
                tx.close()
            } else {
                rx.close()
            }
            for (waiter, item) in waiters.into_iter().zip(1..) {
                assert_eq!(waiter.join().unwrap(), Err(SendError::Closed(item)));
            }
            assert_eq!(tx.waiting_senders(), 0);
            assert_eq!((rx.recv(), rx.recv()), (Ok(0), Err(RecvError::Closed)));
        });
    }
}

#[test]
fn the_last_senders_end_wakes_receivers_and_leaves_what_was_sent() {
    run(|| {
        let (tx, rx) = unbounded();
        let other = tx.clone();
        tx.send(1).unwrap();
        tx.send(2).unwrap();
        drop(tx);
        assert!(!rx.is_closed(), "there is one left");
        let receiver = rx.clone();
        let received = spawn(move || receiver.iter().collect::<Vec<_>>());
        yield_now();
        drop(other);
        assert_eq!(received.join().unwrap(), [1, 2]);
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
    });
}

#[test]
fn the_last_receivers_end_gives_senders_their_items_back() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(0).unwrap();
        let waiting = tx.clone();
        let sender = spawn(move || waiting.send(1));
        yield_now();
        drop(rx.clone());
        assert!(!tx.is_closed(), "there is one left");
        drop(rx);
        assert_eq!(sender.join().unwrap(), Err(SendError::Closed(1)));
        assert_eq!(tx.send(2), Err(SendError::Closed(2)));
        assert_eq!(tx.try_send(3), Err(TrySendError::Closed(3)));
        assert!(tx.is_empty(), "what nobody can receive is dropped");
    });
}

#[test]
fn room_made_after_the_close_is_nobodys() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(0).unwrap();
        let waiting = tx.clone();
        let sender = spawn(move || waiting.send(1));
        yield_now();
        rx.close();
        assert_eq!(rx.recv(), Ok(0));
        assert_eq!(rx.recv(), Err(RecvError::Closed));
        assert_eq!(sender.join().unwrap(), Err(SendError::Closed(1)));
    });
}

#[test]
fn an_item_taken_in_before_the_close_counts_as_sent() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(0).unwrap();
        let waiting = tx.clone();
        let sender = spawn(move || waiting.send(1));
        yield_now();
        assert_eq!(rx.recv(), Ok(0));
        rx.close();
        assert_eq!(sender.join().unwrap(), Ok(()));
        assert_eq!(rx.recv(), Ok(1));
    });
}

#[test]
fn a_loop_over_a_receiver_ends_when_the_channel_does() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let (tx, rx) = bounded(2);
        spawn(move || (1..=5).for_each(|item| tx.send(item).unwrap()));
        for item in &rx {
            said.say(item);
            if item == 3 {
                break;
            }
        }
        for item in rx {
            said.say(item * 10);
        }
    });
    assert_eq!(log.take(), ["1", "2", "3", "40", "50"]);
}

#[test]
fn what_needs_no_wait_works_outside_tasks() {
    let (tx, rx) = bounded(2);
    tx.send(1).unwrap();
    tx.send(2).unwrap();
    assert_eq!(tx.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!((rx.recv(), rx.try_recv()), (Ok(1), Ok(2)));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    assert_eq!((tx.capacity(), rx.len()), (Some(2), 0));
    drop(tx);
    assert_eq!(rx.recv(), Err(RecvError::Closed));
}

#[test]
fn both_ends_are_counted() {
    let (tx, rx) = unbounded::<()>();
    let more = (tx.clone(), tx.clone(), rx.clone());
    assert_eq!((tx.senders(), rx.receivers()), (3, 2));
    drop(more);
    assert_eq!((tx.senders(), rx.receivers()), (1, 1));
    assert_eq!(tx.capacity(), None);
}

#[test]
fn errors_say_what_to_do() {
    let (tx, rx) = bounded(1);
    tx.try_send(std::cell::Cell::new(1)).unwrap();
    let full = tx.try_send(std::cell::Cell::new(2)).unwrap_err();
    assert_eq!(
        full.to_string(),
        "the channel has no room now: send, and wait for it"
    );
    assert_eq!(format!("{full:?}"), "Full(..)");
    drop(rx);
    let closed = tx.send(full.into_inner()).unwrap_err();
    assert_eq!(
        closed.to_string(),
        "the channel is closed: no receiver is left for the item"
    );
    assert_eq!(closed.into_inner().get(), 2);
}
