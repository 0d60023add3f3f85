//! The laws of a channel without room.

mod common;

use common::{Log, run, seconds};
use coros::channel::{RecvError, TryRecvError, TrySendError, bounded, rendezvous};
use coros::{call, spawn, timeout, yield_now};

#[test]
fn a_send_returns_when_a_receiver_has_taken_the_item() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let (tx, rx) = rendezvous();
        let sender = said.clone();
        spawn(move || {
            tx.send(1).unwrap();
            sender.say("sent");
        });
        yield_now();
        yield_now();
        said.say(format!("receive, {} lie there", rx.len()));
        assert_eq!(rx.recv(), Ok(1));
        said.say("received");
        yield_now();
    });
    assert_eq!(log.take(), ["receive, 0 lie there", "received", "sent"]);
}

#[test]
fn a_send_to_a_receiver_that_waits_returns_when_that_has_come() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let (tx, rx) = bounded(0);
        let receiver = said.clone();
        spawn(move || {
            let item = rx.recv().unwrap();
            receiver.say(format!("received {item}"));
        });
        yield_now();
        tx.send(1).unwrap();
        said.say("sent");
    });
    assert_eq!(log.take(), ["received 1", "sent"]);
}

#[test]
fn try_send_takes_a_receiver_that_is_not_spoken_for() {
    run(|| {
        let (tx, rx) = rendezvous();
        assert_eq!(tx.try_send(0), Err(TrySendError::Full(0)));
        let receivers = [(); 2].map(|()| {
            let rx = rx.clone();
            spawn(move || rx.recv())
        });
        yield_now();
        tx.try_send(1).unwrap();
        tx.try_send(2).unwrap();
        assert_eq!(
            tx.try_send(3),
            Err(TrySendError::Full(3)),
            "both are spoken for"
        );
        let received = receivers.map(|receiver| receiver.join().unwrap());
        assert_eq!(received, [Ok(1), Ok(2)]);
        assert_eq!(tx.capacity(), Some(0));
    });
}

#[test]
fn try_recv_takes_from_a_sender_that_waits() {
    run(|| {
        let (tx, rx) = rendezvous();
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        let sender = spawn(move || tx.send(1));
        yield_now();
        assert_eq!(rx.try_recv(), Ok(1));
        assert_eq!(sender.join().unwrap(), Ok(()));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
    });
}

#[test]
fn what_was_handed_to_a_receiver_that_is_killed_is_the_next_ones() {
    run(|| {
        let (tx, rx) = rendezvous();
        let waiting = rx.clone();
        let receiver = spawn(move || waiting.recv());
        yield_now();
        tx.try_send(1).unwrap();
        receiver.kill().unwrap();
        assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
        let late = spawn(move || tx.send(3));
        yield_now();
        assert_eq!((rx.recv(), rx.recv()), (Ok(1), Ok(3)));
        assert_eq!(late.join().unwrap(), Ok(()));
    });
}

#[test]
fn a_sender_interrupted_after_it_called_a_receiver_keeps_its_item() {
    run(|| {
        let (tx, rx) = rendezvous();
        let receiver = spawn(move || rx.recv());
        yield_now();
        let sending = tx.clone();
        let sender = spawn(move || {
            let mut sent = Ok(());
            _ = timeout(seconds(0), || sent = sending.send(1));
            sent
        });
        assert_eq!(sender.join().unwrap().unwrap_err().into_inner(), 1);
        yield_now();
        assert!(!receiver.is_finished());
        tx.send(2).unwrap();
        assert_eq!(receiver.join().unwrap(), Ok(2));
    });
}

#[test]
fn a_branch_that_waits_to_send_is_met_by_whoever_receives() {
    run(|| {
        let (tx, rx) = rendezvous();
        let branch = tx.clone();
        let first = spawn(move || call(branch.sending(&mut Some(1))));
        yield_now();
        assert_eq!(
            rx.try_recv(),
            Err(TryRecvError::Empty),
            "it has to come for itself"
        );
        spawn(move || tx.send(2).unwrap());
        assert_eq!((rx.recv(), rx.recv()), (Ok(1), Ok(2)));
        assert_eq!(first.join().unwrap(), Ok(()));
        assert_eq!(rx.recv(), Err(RecvError::Closed));
    });
}

#[test]
fn branches_meet_one_another() {
    run(|| {
        let (tx, rx) = rendezvous();
        let senders = [1, 2, 3].map(|item| {
            let tx = tx.clone();
            spawn(move || call(tx.sending(&mut Some(item))).unwrap())
        });
        yield_now();
        drop(tx);
        let received: Vec<_> = std::iter::from_fn(|| call(rx.receiving()).ok()).collect();
        assert_eq!(received, [1, 2, 3]);
        senders
            .into_iter()
            .for_each(|sender| sender.join().unwrap());
    });
}
