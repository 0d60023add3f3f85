//! Watched values: the latest is seen, and nobody misses that there was a change.

use std::rc::Rc;

use coros::channel::{RecvError, SendError, watch};
use coros::{call, sleep, spawn, timeout, yield_now};

use crate::common::{run, scheduler, seconds};

#[test]
fn the_latest_value_alone_counts() {
    run(|| {
        let (tx, rx) = watch(0);
        let watcher = spawn(move || (rx.changed(), rx.get(), rx.has_changed()));
        yield_now();
        (1..=3).for_each(|value| tx.send(value).unwrap());
        assert_eq!(watcher.join().unwrap(), (Ok(()), 3, false));
    });
}

#[test]
fn the_first_value_counts_as_seen() {
    let (tx, rx) = watch(1);
    assert!(!rx.has_changed());
    assert_eq!((rx.get(), tx.get()), (1, 1));
    tx.send(2).unwrap();
    assert!(rx.has_changed() && rx.clone().has_changed());
    assert!(!rx.subscribe().has_changed() && !tx.subscribe().has_changed());
    assert_eq!(*rx.borrow(), 2);
    assert!(rx.has_changed(), "to look is not to see");
    assert_eq!(*rx.borrow_and_update(), 2);
    assert!(!rx.has_changed());
}

#[test]
fn a_last_value_is_seen_after_the_senders_are_gone() {
    run(|| {
        let (tx, rx) = watch(0);
        tx.send(1).unwrap();
        drop(tx);
        assert!(rx.is_closed());
        assert_eq!((rx.changed(), rx.get()), (Ok(()), 1));
        assert_eq!(rx.changed(), Err(RecvError::Closed));
        assert_eq!(rx.get(), 1, "it is still there");
    });
}

#[test]
fn all_are_woken_when_the_last_sender_goes() {
    run(|| {
        let (tx, rx) = watch(0);
        let watchers: Vec<_> = (0..10)
            .map(|_| rx.clone())
            .map(|rx| spawn(move || rx.changed()))
            .collect();
        let other = tx.clone();
        drop(tx);
        yield_now();
        assert!(!watchers[0].is_finished());
        drop(other);
        for watcher in watchers {
            assert_eq!(watcher.join().unwrap(), Err(RecvError::Closed));
        }
    });
}

#[test]
fn a_value_for_nobody_comes_back_unless_it_is_for_later() {
    let (tx, rx) = watch(0);
    drop(rx);
    assert_eq!(tx.send(1), Err(SendError::Closed(1)));
    assert_eq!(tx.get(), 0);
    assert_eq!(*tx.send_replace(2), 0);
    tx.send_modify(|value| *value += 1);
    assert_eq!(tx.subscribe().get(), 3);
}

#[test]
fn a_change_in_place_tells_nobody_if_it_was_none() {
    let (tx, rx) = watch(0);
    assert!(!tx.send_if_modified(|_| false));
    assert!(!rx.has_changed());
    assert!(tx.send_if_modified(|value| {
        *value = 1;
        true
    }));
    assert!(rx.has_changed());
}

#[test]
fn what_was_borrowed_may_be_kept_across_waits() {
    run(|| {
        let (tx, rx) = watch(String::from("old"));
        let held = rx.borrow();
        spawn(move || tx.send(String::from("new")).unwrap());
        rx.changed().unwrap();
        assert_eq!((&**held, &**rx.borrow()), ("old", "new"));
    });
}

#[test]
fn a_change_in_place_of_a_borrowed_value_panics_and_harms_nothing() {
    let (tx, rx) = watch(1);
    let held = rx.borrow();
    let change = || tx.send_modify(|value| *value = 2);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(change)).unwrap_err();
    let message = caught.downcast_ref::<&str>().copied();
    let message = message.or(caught.downcast_ref::<String>().map(|text| &**text));
    assert!(message.unwrap().contains("drop its Ref first"));
    assert_eq!((*held, rx.get(), rx.has_changed()), (1, 1, false));
    drop(held);
    change();
    assert_eq!(rx.get(), 2);
}

#[test]
fn a_change_in_place_that_panics_leaves_the_value_there() {
    run(|| {
        let (tx, rx) = watch(1);
        let changer = spawn(move || tx.send_modify(|_| panic!("no")));
        assert!(changer.join().is_err());
        assert_eq!((rx.get(), rx.changed()), (1, Err(RecvError::Closed)));
    });
}

#[test]
fn waiting_for_a_value_looks_at_the_one_that_is_there() {
    run(|| {
        let (tx, rx) = watch(5);
        assert_eq!(*rx.wait_for(|&value| value == 5).unwrap(), 5);
        spawn(move || {
            for value in 6..10 {
                sleep(seconds(1)).unwrap();
                tx.send(value).unwrap();
            }
        });
        assert_eq!(*rx.wait_for(|&value| value > 7).unwrap(), 8);
        assert!(
            rx.wait_for(|&value| value > 100)
                .is_err_and(|why| why == RecvError::Closed)
        );
    });
}

#[test]
fn an_interrupted_wait_for_a_value_leaves_its_changes_unseen() {
    run(|| {
        let (tx, rx) = watch(0);
        let changes = tx.clone();
        spawn(move || {
            sleep(seconds(1)).unwrap();
            changes.send(1).unwrap();
        });
        let waited = timeout(seconds(5), || rx.wait_for(|&value| value > 1).is_err());
        assert!(waited.is_err());
        assert_eq!((rx.has_changed(), rx.changed()), (true, Ok(())));
        drop(tx);
    });
}

#[test]
fn a_cancel_sees_no_change() {
    run(|| {
        let (tx, rx) = watch(0);
        let watcher = spawn(move || (rx.changed(), rx.has_changed()));
        yield_now();
        watcher.cancel("first");
        tx.send(1).unwrap();
        let (waited, has_changed) = watcher.join().unwrap();
        assert!(matches!(waited, Err(RecvError::Interrupted(_))));
        assert!(has_changed);
    });
}

#[test]
fn broken_off_waits_leave_nothing() {
    run(|| {
        let (tx, rx) = watch(0);
        let rx = Rc::new(rx);
        let waiters = [1, 2].map(|_| {
            let rx = rx.clone();
            spawn(move || rx.changed())
        });
        yield_now();
        waiters[0].kill().unwrap();
        waiters[1].cancel("enough");
        yield_now();
        for _ in 0..1000 {
            assert!(timeout(seconds(1), || rx.changed().unwrap_err()).is_err());
        }
        assert_eq!(Rc::strong_count(&rx), 1);
        tx.send(1).unwrap();
        assert_eq!(call(rx.changing()), Ok(()));
    });
}

#[test]
fn a_stuck_watcher_is_reported_by_the_name_of_its_value() {
    let mut sched = scheduler();
    let (tx, rx) = watch(0);
    let _tx = tx.named("settings");
    sched.spawn(move || rx.changed());
    let report = sched.run().unwrap_err().to_string();
    assert!(report.contains("watched value 'settings'"), "{report}");
}
