//! Broadcasts: everybody gets everything, in order, or is told what it lost.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use coros::channel::broadcast::{RecvError, TryRecvError};
use coros::channel::{SendError, broadcast};
use coros::{call, sleep, spawn, timeout, yield_now};

use crate::common::{self, Log, run, scheduler, seconds};

#[test]
fn every_receiver_gets_every_item() {
    let got = run(|| {
        let (tx, rx) = broadcast(8);
        let receivers = [rx.clone(), rx]
            .map(|rx| spawn(move || rx.iter().collect::<Result<Vec<_>, _>>().unwrap()));
        for item in 0..20 {
            assert_eq!(tx.send(item), Ok(2));
            yield_now();
        }
        drop(tx);
        receivers.map(|receiver| receiver.join().unwrap())
    });
    let all: Vec<_> = (0..20).collect();
    assert_eq!(got, [all.clone(), all]);
}

#[test]
fn a_late_subscriber_sees_later_items_alone() {
    let (tx, early) = broadcast(4);
    tx.send(1).unwrap();
    let late = tx.subscribe();
    let later = early.subscribe();
    tx.send(2).unwrap();
    assert_eq!((early.len(), late.len(), later.len()), (2, 1, 1));
    assert_eq!((early.recv(), early.recv()), (Ok(1), Ok(2)));
    assert_eq!((late.recv(), later.recv()), (Ok(2), Ok(2)));
    assert_eq!(late.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn a_clone_goes_on_from_the_same_position() {
    let (tx, rx) = broadcast(4);
    (1..=3).for_each(|item| _ = tx.send(item).unwrap());
    assert_eq!(rx.recv(), Ok(1));
    let clone = rx.clone();
    assert_eq!((rx.recv(), rx.recv()), (Ok(2), Ok(3)));
    assert_eq!((clone.recv(), clone.recv()), (Ok(2), Ok(3)));
    assert!(tx.is_empty(), "all have received everything");
}

#[test]
fn a_lag_is_told_once_with_its_length() {
    let (tx, rx) = broadcast(3);
    (0..10).for_each(|item| _ = tx.send(item).unwrap());
    assert_eq!(rx.len(), 3);
    let behind = rx.clone();
    for rx in [rx, behind] {
        assert_eq!(rx.recv(), Err(RecvError::Lagged(7)));
        assert_eq!([rx.recv(), rx.recv(), rx.recv()], [Ok(7), Ok(8), Ok(9)]);
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    }
}

#[test]
fn a_receiver_that_keeps_up_never_lags_however_slow_the_others_are() {
    let (tx, slow) = broadcast(1);
    let fast = slow.clone();
    for item in 0..100 {
        tx.send(item).unwrap();
        assert_eq!(fast.try_recv(), Ok(item));
    }
    assert_eq!(slow.try_recv(), Err(TryRecvError::Lagged(99)));
    assert_eq!(slow.try_recv(), Ok(99));
}

#[test]
fn a_lag_can_grow_between_its_telling_and_the_next_item() {
    let (tx, rx) = broadcast(1);
    (0..3).for_each(|item| _ = tx.send(item).unwrap());
    assert_eq!(rx.recv(), Err(RecvError::Lagged(2)));
    tx.send(3).unwrap();
    assert_eq!(rx.recv(), Err(RecvError::Lagged(1)));
    assert_eq!(rx.recv(), Ok(3));
}

#[test]
fn iterating_goes_on_after_a_lag() {
    let (tx, rx) = broadcast(2);
    (0..4).for_each(|item| _ = tx.send(item).unwrap());
    tx.close();
    let got: Vec<_> = rx.iter().collect();
    assert_eq!(got, [Err(RecvError::Lagged(2)), Ok(2), Ok(3)]);
}

#[test]
fn iterating_ends_with_an_interruption_which_is_told() {
    run(|| {
        let (_tx, rx) = broadcast::<u32>(2);
        let receiver = spawn(move || rx.iter().collect::<Vec<_>>());
        yield_now();
        receiver.cancel("enough");
        let got = receiver.join().unwrap();
        assert!(
            matches!(got[..], [Err(RecvError::Interrupted(_))]),
            "{got:?}"
        );
    });
}

#[test]
fn closing_wakes_all_and_keeps_what_was_sent() {
    run(|| {
        let (tx, rx) = broadcast(2);
        let receivers: Vec<_> = (0..10)
            .map(|_| rx.clone())
            .map(|rx| spawn(move || [rx.recv(), rx.recv()]))
            .collect();
        yield_now();
        tx.send(1).unwrap();
        tx.close();
        assert_eq!(tx.send(2), Err(SendError::Closed(2)));
        for receiver in receivers {
            assert_eq!(receiver.join().unwrap(), [Ok(1), Err(RecvError::Closed)]);
        }
    });
}

#[test]
fn the_channel_is_closed_when_the_last_sender_is_gone() {
    run(|| {
        let (tx, rx) = broadcast::<u32>(2);
        let other = tx.clone();
        drop(tx);
        assert!(!rx.is_closed());
        spawn(move || drop(other));
        assert_eq!(rx.recv(), Err(RecvError::Closed));
    });
}

#[test]
fn an_item_for_nobody_comes_back_and_nothing_is_kept() {
    let (tx, rx) = broadcast(2);
    tx.send(1).unwrap();
    drop(rx);
    assert_eq!(tx.send(2), Err(SendError::Closed(2)));
    assert_eq!((tx.receivers(), tx.len()), (0, 0));
    let rx = tx.subscribe();
    assert_eq!((tx.send(3), rx.recv()), (Ok(1), Ok(3)));
}

#[test]
fn an_item_goes_as_soon_as_all_have_received_it() {
    let log = Log::new();
    let (tx, rx) = broadcast(4);
    let (first, second) = (rx.clone(), rx);
    assert!(tx.send(Rc::new(log.on_drop("gone"))).is_ok());
    drop(first.recv());
    assert_eq!((log.take().len(), tx.len()), (0, 1));
    let last = second.recv();
    assert_eq!((log.take().len(), tx.len()), (0, 0));
    drop(last);
    assert_eq!(log.take(), ["gone"]);
}

#[test]
fn broken_off_waits_leave_nothing() {
    run(|| {
        let (tx, rx) = broadcast(2);
        let rx = Rc::new(rx);
        let waiters = [1, 2, 3].map(|_| {
            let rx = rx.clone();
            spawn(move || rx.recv())
        });
        yield_now();
        waiters[0].kill().unwrap();
        waiters[1].cancel("enough");
        waiters[2].cancel("enough");
        yield_now();
        for _ in 0..1000 {
            assert!(timeout(seconds(1), || rx.recv().unwrap_err()).is_err());
        }
        assert_eq!(tx.send(1), Ok(1));
        assert_eq!(rx.recv(), Ok(1));
        // A wake for anybody who is still listed would be in the way of nobody, so ask the holders.
        assert_eq!(
            Rc::strong_count(&rx),
            1,
            "the killed and the cancelled have let go"
        );
    });
}

#[test]
fn a_cancel_takes_no_item() {
    run(|| {
        let (tx, rx) = broadcast(2);
        let receiver = spawn(move || (rx.recv(), rx.try_recv()));
        yield_now();
        receiver.cancel("first");
        tx.send(1).unwrap();
        let (waited, tried) = receiver.join().unwrap();
        assert!(matches!(waited, Err(RecvError::Interrupted(_))));
        assert_eq!(tried, Ok(1));
    });
}

/// An item whose clone does something first.
struct Odd(Rc<dyn Fn()>);

impl Clone for Odd {
    fn clone(&self) -> Self {
        (self.0)();
        Self(self.0.clone())
    }
}

#[test]
fn a_clone_may_use_the_channel_and_wait() {
    run(|| {
        let (tx, rx) = broadcast::<Odd>(4);
        let (inside, first, second) = (tx.clone(), rx.clone(), rx);
        let cloned = Rc::new(Cell::new(0));
        let count = cloned.clone();
        let odd = Odd(Rc::new(move || {
            count.set(count.get() + 1);
            assert!(inside.send(Odd(Rc::new(|| ()))).is_ok());
            sleep(seconds(1)).unwrap();
        }));
        assert!(tx.send(odd).is_ok());
        assert!(first.recv().is_ok());
        assert!(second.recv().is_ok());
        assert_eq!(first.len(), 1);
        assert_eq!(cloned.get(), 1, "the last gets the original");
    });
}

#[test]
fn a_clone_that_panics_harms_nobody_else() {
    run(|| {
        let (tx, rx) = broadcast::<Odd>(4);
        let first = rx.clone();
        assert!(tx.send(Odd(Rc::new(|| panic!("no copies")))).is_ok());
        let receiver = spawn(move || (first.recv().is_ok(), first.recv().is_ok()));
        assert!(receiver.join().is_err());
        assert!(rx.recv().is_ok());
        assert_eq!(tx.receivers(), 1);
    });
}

#[test]
fn a_destructor_of_an_item_may_use_the_channel() {
    let (tx, rx) = broadcast::<Rc<dyn Any>>(1);
    let said = Rc::new(RefCell::new(Vec::new()));
    let item = |name: &'static str| {
        let (tx, said) = (tx.clone(), said.clone());
        let look = move || said.borrow_mut().push((name, tx.len()));
        Rc::new(common::OnDrop(look))
    };
    assert!(tx.send(item("pushed out")).is_ok());
    assert!(tx.send(item("left behind")).is_ok());
    drop(rx);
    assert_eq!(*said.borrow(), [("pushed out", 1), ("left behind", 0)]);
}

#[test]
fn a_task_that_only_sends_lets_the_others_run() {
    run(|| {
        let (tx, rx) = broadcast(1);
        let receiver = spawn(move || rx.recv().unwrap());
        while !receiver.is_finished() {
            tx.send(1).ok();
        }
    });
}

#[test]
fn the_call_itself_can_be_yielded() {
    run(|| {
        let (tx, rx) = broadcast(1);
        spawn(move || tx.send(1).unwrap());
        assert_eq!(call(rx.receiving()), Ok(1));
        assert_eq!(call(rx.receiving()), Err(RecvError::Closed));
    });
}

#[test]
#[should_panic(expected = "give it a buffer of 1 or more")]
fn a_buffer_for_nothing_is_refused() {
    drop(broadcast::<u32>(0));
}

#[test]
fn a_stuck_receiver_is_reported_by_the_name_of_its_channel() {
    let mut sched = scheduler();
    let (tx, rx) = broadcast::<u32>(1);
    let _tx = tx.named("news");
    sched.spawn(move || rx.recv());
    let report = sched.run().unwrap_err().to_string();
    assert!(report.contains("broadcast channel 'news'"), "{report}");
}
