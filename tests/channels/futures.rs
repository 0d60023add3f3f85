//! The ends of a channel are futures: no item is lost, and no wake-up, whoever else waits.
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::channel::{RecvError, SendError, bounded, oneshot, rendezvous, unbounded};
use coros::{Builder, Scheduler, block_on, run, sleep, spawn, spawn_future, timeout, yield_now};
use futures_lite::future;

#[test]
fn a_future_waits_for_an_item() {
    run(|| {
        let (tx, rx) = bounded(1);
        let received = spawn_future(async move { (rx.recv_async().await, rx.recv_async().await) });
        yield_now();
        tx.send(1).unwrap();
        drop(tx);
        assert_eq!(received.join().unwrap(), (Ok(1), Err(RecvError::Closed)));
    })
    .unwrap();
}

#[test]
fn a_future_that_is_dropped_takes_no_item() {
    run(|| {
        let (tx, rx) = unbounded();
        for round in 0..10 {
            let first = block_on(future::or(async { rx.recv_async().await.ok() }, async {
                future::yield_now().await;
                None
            }));
            assert_eq!(first, Ok(None));
            // Woken, and then dropped before it is polled.
            let mut waiting = Box::pin(rx.recv_async());
            assert_eq!(block_on(future::poll_once(&mut waiting)), Ok(None));
            tx.send(round).unwrap();
            drop(waiting);
            assert_eq!(rx.recv(), Ok(round));
        }
    })
    .unwrap();
}

#[test]
fn a_future_that_is_never_polled_again_holds_up_nobody() {
    run(|| {
        let (tx, rx) = bounded(1);
        let mut neglected = Box::pin(rx.recv_async());
        assert_eq!(block_on(future::poll_once(&mut neglected)), Ok(None));
        let second = rx.clone();
        let task = spawn(move || second.recv());
        let third = rx.clone();
        let future = spawn_future(async move { third.recv_async().await });
        yield_now();
        tx.send(1).unwrap();
        assert_eq!(task.join().unwrap(), Ok(1), "tasks come first");
        tx.send(2).unwrap();
        assert_eq!(future.join().unwrap(), Ok(2));
        tx.send(3).unwrap();
        assert_eq!(block_on(neglected), Ok(Ok(3)), "it may come back");
    })
    .unwrap();
}

#[test]
fn what_a_task_gives_up_goes_to_a_future() {
    run(|| {
        let (tx, rx) = bounded(1);
        let second = rx.clone();
        let task = spawn(move || second.recv());
        let future = spawn_future(async move { rx.recv_async().await });
        yield_now();
        tx.send(1).unwrap();
        // It has been called, and has not come.
        task.kill().unwrap();
        assert_eq!(future.join().unwrap(), Ok(1));
    })
    .unwrap();
}

#[test]
fn futures_and_tasks_send_in_line() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(0).unwrap();
        let mut senders = Vec::new();
        for item in 1..=6 {
            let tx = tx.clone();
            senders.push(match item % 2 {
                0 => spawn(move || tx.send(item).unwrap()),
                _ => spawn_future(async move { tx.send_async(item).await.unwrap() }),
            });
            // A future's task needs its turn to get in line, and one more.
            yield_now();
            yield_now();
        }
        drop(tx);
        assert_eq!(rx.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
        for sender in senders {
            sender.join().unwrap();
        }
    })
    .unwrap();
}

#[test]
fn a_send_that_is_dropped_takes_its_item_back() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(Rc::new(0)).unwrap();
        let item = Rc::new(1);
        let mut waiting = Box::pin(tx.send_async(Rc::clone(&item)));
        assert_eq!(block_on(future::poll_once(&mut waiting)), Ok(None));
        assert_eq!(tx.waiting_senders(), 1);
        drop(waiting);
        assert_eq!((tx.waiting_senders(), Rc::strong_count(&item)), (0, 1));
        // One that was taken in was sent, though the future has not heard of it.
        let mut waiting = Box::pin(tx.send_async(Rc::clone(&item)));
        assert_eq!(block_on(future::poll_once(&mut waiting)), Ok(None));
        assert_eq!(rx.recv(), Ok(Rc::new(0)));
        drop(waiting);
        assert_eq!(rx.recv(), Ok(item));
    })
    .unwrap();
}

#[test]
fn a_closed_channel_gives_the_item_back() {
    run(|| {
        let (tx, rx) = bounded(1);
        tx.send(1).unwrap();
        let sender = spawn_future(async move { tx.send_async(2).await });
        yield_now();
        rx.close();
        assert_eq!(sender.join().unwrap(), Err(SendError::Closed(2)));
        assert_eq!(rx.recv(), Ok(1));
    })
    .unwrap();
}

#[test]
fn futures_meet_in_a_rendezvous() {
    run(|| {
        let (tx, rx) = rendezvous();
        let both = block_on(future::zip(
            async { (rx.recv_async().await, rx.recv_async().await) },
            async { (tx.send_async(1).await, tx.send_async(2).await) },
        ));
        assert_eq!(both.unwrap(), ((Ok(1), Ok(2)), (Ok(()), Ok(()))));
    })
    .unwrap();
}

#[test]
fn a_select_that_sends_meets_a_future_that_receives() {
    run(|| {
        let (tx, rx) = rendezvous();
        let received = spawn_future(async move { rx.recv_async().await });
        let mut item = Some(1);
        let sent = timeout(Duration::from_secs(5), || {
            coros::call(tx.sending(&mut item))
        });
        assert_eq!(sent.unwrap(), Ok(()));
        assert_eq!(received.join().unwrap(), Ok(1));
    })
    .unwrap();
}

#[test]
fn an_answer_is_a_future() {
    run(|| {
        let (answer, answered) = oneshot();
        let asked = spawn_future(async move { answered.recv_async().await });
        yield_now();
        answer.send("yes").unwrap();
        assert_eq!(asked.join().unwrap(), Ok("yes"));

        let (answer, answered) = oneshot::<u8>();
        let asked = spawn_future(async move { answered.recv_async().await });
        yield_now();
        drop(answer);
        assert_eq!(asked.join().unwrap(), Err(RecvError::Closed));
    })
    .unwrap();
}

#[test]
fn futures_that_wait_for_each_other_are_stuck() {
    let mut sched = Scheduler::new();
    let (tx, rx) = unbounded::<u8>();
    let (other_tx, other_rx) = unbounded::<u8>();
    sched
        .spawn_with(Builder::new().name("a"), move || {
            block_on(async { other_tx.send_async(rx.recv_async().await.unwrap()).await })
        })
        .unwrap();
    sched
        .spawn_with(Builder::new().name("b"), move || {
            block_on(async { tx.send_async(other_rx.recv_async().await.unwrap()).await })
        })
        .unwrap();
    let told = sched.run().unwrap_err().to_string();
    assert!(told.contains('a') && told.contains('b'), "{told}");
}

#[test]
fn every_item_arrives_once_whoever_receives() {
    run(|| {
        let (tx, rx) = bounded(3);
        let got = Rc::new(RefCell::new(Vec::new()));
        let mut receivers = Vec::new();
        for kind in 0..6 {
            let (rx, got) = (rx.clone(), Rc::clone(&got));
            receivers.push(match kind % 2 {
                0 => spawn(move || rx.iter().for_each(|item| got.borrow_mut().push(item))),
                _ => spawn_future(async move {
                    while let Ok(item) = rx.recv_async().await {
                        got.borrow_mut().push(item);
                    }
                }),
            });
        }
        drop(rx);
        let mut senders = Vec::new();
        for sender in 0..4 {
            let tx = tx.clone();
            senders.push(spawn(move || {
                for item in (sender..400).step_by(4) {
                    tx.send(item).unwrap();
                    if item % 7 == 0 {
                        sleep(Duration::from_micros(50)).unwrap();
                    }
                }
            }));
        }
        drop(tx);
        for task in senders.into_iter().chain(receivers) {
            task.join().unwrap();
        }
        got.borrow_mut().sort_unstable();
        assert_eq!(*got.borrow(), (0..400).collect::<Vec<_>>());
    })
    .unwrap();
}
