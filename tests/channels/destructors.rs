//! Items that use the channel as they are dropped, and ends that are dropped in odd places.

use coros::channel::{Sender, bounded, priority, unbounded};
use coros::{JoinError, spawn, yield_now};

use crate::common::{self, Log, OnDrop, run};

/// Sends to its own channel when it is dropped.
struct Echo {
    tx: Sender<Echo>,
    log: Log,
}

impl Drop for Echo {
    fn drop(&mut self) {
        let twin = Echo {
            tx: self.tx.clone(),
            log: self.log.clone(),
        };
        match self.tx.try_send(twin) {
            Ok(()) => self.log.say("sent"),
            Err(error) => {
                self.log.say(format!("{error:?}, {}", self.tx.len()));
                std::mem::forget(error.into_inner());
            }
        }
    }
}

#[test]
fn items_dropped_with_the_last_receiver_may_use_the_channel() {
    let log = Log::new();
    let (tx, rx) = unbounded();
    for _ in 0..2 {
        let (tx, log) = (tx.clone(), log.clone());
        assert!(tx.clone().send(Echo { tx, log }).is_ok());
    }
    drop(rx);
    assert_eq!(log.take(), ["Closed(..), 0", "Closed(..), 0"]);
    assert_eq!(tx.senders(), 3, "what was forgotten keeps its end");
}

#[test]
fn ranked_items_are_dropped_with_the_last_receiver_too() {
    let log = Log::new();
    let (tx, rx) = priority();
    for rank in [1, 2] {
        let item = (rank, Log::clone(&log));
        tx.send(Ranked(item.0, item.1)).unwrap();
    }
    drop(rx);
    assert_eq!(log.take().len(), 2);
    assert!(tx.is_empty());
}

struct Ranked(u32, Log);

impl Drop for Ranked {
    fn drop(&mut self) {
        self.1.say(self.0);
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

struct Holds(#[allow(dead_code)] Sender<Holds>);

#[test]
fn an_item_may_hold_the_last_sender_of_its_own_channel() {
    let (tx, rx) = unbounded();
    assert!(tx.clone().send(Holds(tx)).is_ok());
    assert!(!rx.is_closed(), "the last sender lies in the channel");
    drop(rx.clone());
    drop(rx.recv().map_err(drop));
    assert!(rx.is_closed());
    let (tx, rx) = unbounded();
    assert!(tx.clone().send(Holds(tx)).is_ok());
    drop(rx);
}

#[test]
fn a_destructor_sends_while_there_is_room_and_is_refused_a_wait() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let (tx, rx) = bounded(1);
        let sending = tx.clone();
        let doomed = spawn(move || {
            let _last_words = OnDrop(|| {
                said.say(format!("{:?}", sending.send(1).is_ok()));
                said.say(format!("{:?}", sending.send(2).unwrap_err().into_inner()));
            });
            panic!("as planned");
        });
        assert!(matches!(doomed.join(), Err(JoinError::Panicked(_))));
        assert_eq!((tx.waiting_senders(), rx.recv()), (0, Ok(1)));
    });
    assert_eq!(log.take(), ["true", "2"]);
}

#[test]
fn a_destructor_is_refused_a_wait_for_an_item() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let (tx, rx) = unbounded::<u32>();
        let receiving = rx.clone();
        let doomed = spawn(move || {
            let _bye = OnDrop(|| said.say(receiving.recv().unwrap_err()));
            common::park_for_ever();
        });
        yield_now();
        doomed.kill().unwrap();
        assert_eq!((tx.waiting_receivers(), rx.receivers()), (0, 1));
    });
    assert_eq!(
        log.take(),
        ["nothing was received: the call would have to wait, and a task that unwinds never waits"]
    );
}

#[test]
fn the_ends_of_a_killed_task_close_the_channel() {
    run(|| {
        let (tx, rx) = unbounded::<u32>();
        let sender = spawn(move || {
            common::park_for_ever();
            drop(tx);
        });
        let receiver = spawn(move || rx.recv().is_err());
        yield_now();
        sender.kill().unwrap();
        assert!(receiver.join().unwrap());
    });
}
