//! A wait at a channel that is broken off did not happen, and leaves nothing behind.

use std::cell::RefCell;
use std::rc::Rc;

use coros::channel::{RecvError, SendError, bounded, rendezvous, unbounded};
use coros::kernel::Why;
use coros::{call, sleep, spawn, timeout, yield_now};

use crate::common::{OnDrop, run, scheduler, seconds};

#[test]
fn a_cancelled_sender_gets_its_item_back() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(1).unwrap();
        let sender = spawn(move || tx.send(2));
        yield_now();
        sender.cancel("enough");
        let Err(SendError::Interrupted(item, why)) = sender.join().unwrap() else {
            panic!("the wait was interrupted");
        };
        assert_eq!((item, why.reason()), (2, Some("enough")));
        assert_eq!((rx.recv(), rx.recv()), (Ok(1), Err(RecvError::Closed)));
    });
}

#[test]
fn a_sender_whose_time_is_over_gets_its_item_back() {
    run(|| {
        for (tx, rx) in [bounded(1), rendezvous()] {
            _ = tx.try_send(0);
            let before = rx.len();
            let mut sent = Ok(());
            assert!(timeout(seconds(1), || sent = tx.send(7)).is_err());
            assert_eq!(sent.unwrap_err().into_inner(), 7);
            assert_eq!((rx.len(), rx.waiting_senders()), (before, 0));
        }
    });
}

#[test]
fn an_item_taken_in_before_the_cancel_counts_as_sent() {
    run(|| {
        for capacity in [0, 1] {
            for cancel_first in [true, false] {
                let (tx, rx) = bounded(capacity);
                _ = tx.try_send(1);
                let sender = spawn(move || tx.send(2));
                yield_now();
                // A post, so carried out after the item was taken, either way.
                if cancel_first {
                    sender.cancel("too late");
                }
                rx.recv().unwrap();
                sender.cancel("too late");
                assert_eq!(sender.join().unwrap(), Ok(()));
            }
        }
    });
}

#[test]
fn an_item_called_for_by_a_killed_receiver_goes_to_the_next() {
    run(|| {
        let (tx, rx) = unbounded();
        let receivers = [(); 2].map(|()| {
            let rx = rx.clone();
            spawn(move || rx.recv())
        });
        yield_now();
        tx.send(7).unwrap(); // Now the first has been woken, and has not come.
        receivers[0].kill().unwrap();
        tx.send(8).unwrap();
        let [_, second] = receivers;
        assert!(matches!(second.join().unwrap(), Ok(7 | 8)));
        assert_eq!(rx.waiting_receivers(), 0);
    });
}

#[test]
fn an_item_meant_for_a_cancelled_receiver_goes_to_the_next() {
    for kill in [true, false] {
        run(move || {
            let (tx, rx) = unbounded();
            let receivers = [(); 2].map(|()| {
                let rx = rx.clone();
                spawn(move || rx.recv())
            });
            yield_now();
            receivers[0].cancel("before the item");
            tx.send(7).unwrap();
            if kill {
                receivers[0].kill().unwrap();
            }
            let [first, second] = receivers;
            match kill {
                true => assert!(first.join().is_err()),
                false => assert!(matches!(
                    first.join().unwrap(),
                    Err(RecvError::Interrupted(_))
                )),
            }
            assert_eq!(second.join().unwrap(), Ok(7));
            assert!(rx.is_empty());
        });
    }
}

#[test]
fn a_thousand_waits_that_timed_out_leave_no_entry() {
    run(|| {
        let (tx, rx) = bounded(1);
        for _ in 0..1000 {
            assert!(timeout(seconds(1), || rx.recv()).is_err());
        }
        assert_eq!(rx.waiting_receivers(), 0);
        tx.send(0).unwrap();
        let mut item = Some(2);
        for _ in 0..500 {
            assert!(timeout(seconds(1), || tx.send(1)).is_err());
            assert!(timeout(seconds(1), || call(tx.sending(&mut item))).is_err());
        }
        assert_eq!((tx.waiting_senders(), item), (0, Some(2)));
        assert_eq!(rx.recv(), Ok(0));
        assert!(rx.is_empty());
    });
}

#[test]
fn killed_waiters_leave_no_entry_and_drop_their_items() {
    let dropped = Rc::new(RefCell::new(Vec::new()));
    let notes = Rc::clone(&dropped);
    run(move || {
        let (tx, rx) = bounded(1);
        let note = |name: u32| {
            let notes = Rc::clone(&notes);
            OnDrop(move || notes.borrow_mut().push(name))
        };
        assert!(tx.try_send(note(0)).is_ok());
        let senders: Vec<_> = (1..100)
            .map(|name| {
                let (tx, item) = (tx.clone(), note(name));
                spawn(move || _ = tx.send(item))
            })
            .collect();
        // Twice: a yield that the budget forces takes one of them its first turn.
        yield_now();
        yield_now();
        assert_eq!(tx.waiting_senders(), 99);
        senders.iter().for_each(|sender| sender.kill().unwrap());
        assert_eq!(tx.waiting_senders(), 0);
        assert_eq!(notes.take(), (1..100).collect::<Vec<_>>());
        assert!(rx.recv().is_ok());
        let receivers: Vec<_> = (1..100)
            .map(|_| {
                let rx = rx.clone();
                spawn(move || _ = rx.recv())
            })
            .collect();
        yield_now();
        yield_now();
        assert_eq!(rx.waiting_receivers(), 99);
        receivers
            .iter()
            .for_each(|receiver| receiver.kill().unwrap());
        assert_eq!(rx.waiting_receivers(), 0);
    });
    assert_eq!(dropped.take(), [0]);
}

#[test]
fn a_sender_killed_in_line_lets_those_behind_it_move_up() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(0).unwrap();
        let senders = [1, 2, 3].map(|item| {
            let tx = tx.clone();
            spawn(move || tx.send(item).is_ok())
        });
        yield_now();
        senders[0].kill().unwrap();
        drop(tx);
        assert_eq!(rx.iter().collect::<Vec<_>>(), [0, 2, 3]);
    });
}

#[test]
fn a_branch_killed_in_its_turn_lets_those_behind_it_move_up() {
    run(|| {
        for capacity in [0, 1] {
            let (tx, rx) = bounded(capacity);
            _ = tx.try_send(0);
            let first = tx.clone();
            let branch = spawn(move || call(first.sending(&mut Some(1))).is_ok());
            let behind = spawn(move || tx.send(2));
            yield_now();
            // There is room, or a receiver, and the branch is called: but it never comes.
            _ = rx.try_recv();
            branch.kill().unwrap();
            let receiving = rx.clone();
            let receiver = spawn(move || receiving.recv());
            assert_eq!(behind.join().unwrap(), Ok(()));
            assert_eq!(receiver.join().unwrap(), Ok(2));
            assert_eq!((rx.waiting_senders(), rx.waiting_receivers()), (0, 0));
        }
    });
}

#[test]
fn room_that_a_killed_branch_was_called_for_is_the_next_ones() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(0).unwrap();
        let first = tx.clone();
        let branch = spawn(move || call(first.sending(&mut Some(1))).is_ok());
        let behind = spawn(move || tx.send(2));
        yield_now();
        assert_eq!(rx.recv(), Ok(0));
        branch.kill().unwrap();
        assert_eq!(behind.join().unwrap(), Ok(()), "though nobody receives");
        assert_eq!(rx.recv(), Ok(2));
    });
}

#[test]
fn a_cancel_out_of_nowhere_reaches_a_receiver_at_its_next_wait() {
    let mut sched = scheduler();
    let task = sched.spawn(|| {
        let (tx, rx) = unbounded();
        tx.send(1).unwrap();
        _ = sleep(seconds(1));
        (rx.recv(), rx.recv())
    });
    task.cancel("from outside");
    sched.run().unwrap();
    let (first, second) = task.join().unwrap();
    assert_eq!(first, Ok(1), "what needs no wait is not interrupted");
    let Err(RecvError::Interrupted(why)) = second else {
        panic!("the wait was interrupted");
    };
    assert_eq!(why.why(), Why::Cancelled);
}
