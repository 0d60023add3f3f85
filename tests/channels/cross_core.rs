//! What one thread sends another receives: each item once, in order, whoever waits and gives up.
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use coros::channel::{RecvError, SendError, TryRecvError, TrySendError};
use coros::kernel::Why;
use coros::smp::{self, Receiver, Sender};
use coros::{Scheduler, call, run, select, spawn, timeout, yield_now};

/// Small random numbers, the same for each seed; a failure prints it.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

#[test]
fn items_cross_in_order() {
    let (tx, rx) = smp::channel(3);
    let results = smp::run(2, move |core| match core.id() {
        0 => {
            (0..2000).for_each(|item| tx.send(item).unwrap());
            tx.close();
            Vec::new()
        }
        _ => rx.iter().collect(),
    });
    assert_eq!(results.unwrap()[1], (0..2000).collect::<Vec<i32>>());
}

#[test]
fn threads_without_tasks_use_the_same_ends() {
    let (tx, rx) = smp::channel(1);
    let (back, answers) = smp::channel(1);
    let echo = thread::spawn(move || rx.iter().for_each(|item: i32| back.send(item * 2).unwrap()));
    let sum = run(move || {
        let mut sum = 0;
        for item in 0..200 {
            tx.send(item).unwrap();
            sum += answers.recv().unwrap();
        }
        sum
    });
    assert_eq!(sum.unwrap(), 2 * (0..200).sum::<i32>());
    echo.join().unwrap();
}

#[test]
fn the_other_tasks_run_while_one_waits() {
    let (tx, rx) = smp::channel::<()>(1);
    run(move || {
        let waiter = spawn(move || rx.recv());
        (0..50).for_each(|_| yield_now());
        let thread = thread::spawn(move || tx.send(()).unwrap());
        assert_eq!(waiter.join().unwrap(), Ok(()));
        thread.join().unwrap();
    })
    .unwrap();
}

#[test]
fn a_channel_has_room_for_as_many_as_it_says() {
    let (tx, rx) = smp::channel(2);
    assert_eq!((tx.try_send(1), tx.try_send(2)), (Ok(()), Ok(())));
    assert_eq!(tx.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!((rx.len(), rx.capacity(), rx.is_empty()), (2, 2, false));
    assert_eq!((rx.recv(), tx.try_send(3)), (Ok(1), Ok(())));
    drop(tx);
    assert_eq!(rx.iter().collect::<Vec<_>>(), [2, 3]);
    assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
    let (tx, rx) = smp::channel(0);
    assert_eq!((tx.try_send(1), rx.try_recv()), (Ok(()), Ok(1)));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    let (tx, rx) = smp::channel(usize::MAX);
    (0..1000).for_each(|item| tx.try_send(item).unwrap());
    assert_eq!(rx.len(), 1000);
}

#[test]
fn the_last_receiver_drops_what_is_left_and_refuses_more() {
    let item = Arc::new(());
    let (tx, rx) = smp::channel(4);
    let other = rx.clone();
    tx.send(Arc::clone(&item)).unwrap();
    drop(rx);
    tx.send(Arc::clone(&item)).unwrap();
    drop(other);
    assert_eq!(Arc::strong_count(&item), 1);
    assert!(matches!(tx.send(item), Err(SendError::Closed(_))));
}

#[test]
fn a_channel_closed_in_the_middle_wakes_both_sides() {
    let (tx, rx) = smp::channel(1);
    let (other_tx, other_rx) = smp::channel::<u8>(1);
    tx.send(0).unwrap();
    let closer = (tx.clone(), other_tx.clone());
    run(move || {
        let sender = spawn(move || tx.send(1));
        let receiver = spawn(move || other_rx.recv());
        yield_now();
        thread::spawn(move || {
            closer.0.close();
            closer.1.close();
        });
        assert_eq!(sender.join().unwrap(), Err(SendError::Closed(1)));
        assert_eq!(receiver.join().unwrap(), Err(RecvError::Closed));
        assert_eq!(rx.recv(), Ok(0), "what was sent can be received");
        drop(other_tx);
    })
    .unwrap();
}

#[test]
fn all_who_wait_learn_that_a_channel_is_closed_though_an_item_is_left() {
    let (tx, rx) = smp::channel(1);
    let received = run(move || {
        let waiters = [(); 4].map(|()| {
            let rx = rx.clone();
            spawn(move || rx.recv().is_ok())
        });
        yield_now();
        // All have been woken when the first of them takes the item.
        let sender = thread::spawn(move || {
            tx.send(()).unwrap();
            tx.close();
        });
        sender.join().unwrap();
        waiters.map(|waiter| waiter.join().unwrap())
    });
    assert_eq!(received.unwrap(), [true, false, false, false]);
}

#[test]
fn a_sender_that_panics_closes_what_it_held() {
    let (tx, rx) = smp::channel::<u8>(1);
    let received = run(move || {
        let waiter = spawn(move || rx.recv());
        yield_now();
        let thread = thread::spawn(move || {
            let _tx = tx;
            panic!("with a sender");
        });
        let received = waiter.join().unwrap();
        assert!(thread.join().is_err());
        received
    });
    assert_eq!(received.unwrap(), Err(RecvError::Closed));
}

#[test]
fn an_interrupted_wait_takes_and_sends_nothing() {
    let (tx, rx) = smp::channel(1);
    run(move || {
        let late = timeout(Duration::from_millis(1), || rx.recv());
        assert!(late.is_err());
        tx.send(1).unwrap();
        let refused = timeout(Duration::from_millis(1), || {
            let refused = tx.send(2).unwrap_err();
            assert!(
                matches!(&refused, SendError::Interrupted(2, why) if why.why() == Why::TimedOut)
            );
        });
        assert!(refused.is_err());
        assert_eq!(
            (rx.recv(), rx.try_recv()),
            (Ok(1), Err(TryRecvError::Empty))
        );
    })
    .unwrap();
}

#[test]
fn a_receiver_killed_while_an_item_is_handed_over_passes_it_on() {
    for turns in 0..6 {
        let (tx, rx) = smp::channel(1);
        run(move || {
            let second = rx.clone();
            let first = spawn(move || _ = rx.recv());
            let second = spawn(move || second.recv());
            yield_now();
            thread::spawn(move || tx.send(7).unwrap()).join().unwrap();
            // The letter is there; it may or may not have been read.
            (0..turns).for_each(|_| yield_now());
            match first.kill() {
                Ok(()) => assert_eq!(second.join().unwrap(), Ok(7)),
                Err(_) => assert_eq!(second.join().unwrap(), Err(RecvError::Closed)),
            }
        })
        .unwrap();
    }
}

#[test]
fn a_branch_that_loses_takes_nothing() {
    let (tx, rx) = smp::channel(1);
    let (other_tx, other_rx) = smp::channel(1);
    run(move || {
        other_tx.send("other").unwrap();
        let first = select! {
            item = rx.receiving() => item,
            item = other_rx.receiving() => item,
        };
        assert_eq!(first, Ok(Ok("other")));
        tx.send("kept").unwrap();
        assert_eq!(call(rx.receiving()), Ok("kept"));
    })
    .unwrap();
}

#[test]
fn one_value_crosses_once() {
    let (tx, rx) = smp::oneshot();
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    let thread = thread::spawn(move || rx.recv());
    tx.send(5).unwrap();
    assert_eq!(thread.join().unwrap(), Ok(5));

    let (tx, rx) = smp::oneshot::<u8>();
    run(move || {
        let late = timeout(Duration::from_millis(1), || rx.recv());
        assert!(late.is_err());
        thread::spawn(move || drop(tx));
        assert_eq!(rx.recv(), Err(RecvError::Closed));
    })
    .unwrap();
    let (tx, rx) = smp::oneshot();
    drop(rx);
    assert!(tx.is_closed());
    assert_eq!(tx.send(1), Err(SendError::Closed(1)));
}

#[test]
fn two_threads_may_wait_for_one_value() {
    let (tx, rx) = smp::oneshot();
    let rx = Arc::new(rx);
    let waiters: Vec<_> = (0..2)
        .map(|_| {
            let rx = Arc::clone(&rx);
            thread::spawn(move || run(move || rx.recv()).unwrap())
        })
        .collect();
    tx.send(1).unwrap();
    let mut got: Vec<_> = waiters
        .into_iter()
        .map(|waiter| waiter.join().unwrap().ok())
        .collect();
    got.sort_unstable();
    assert_eq!(got, [None, Some(1)]);
}

/// Sends its share, with some waits broken off: what comes back is sent again.
fn send_all(tx: &Sender<u64>, items: impl Iterator<Item = u64>, dice: &mut Dice) {
    for item in items {
        let mut left = Some(item);
        while let Some(item) = left.take() {
            let limit = Duration::from_micros(dice.throw(200));
            _ = timeout(limit, || {
                left = tx.send(item).err().map(SendError::into_inner)
            });
        }
        (0..dice.throw(3)).for_each(|_| yield_now());
    }
}

/// Receives until all is over, with some waits broken off.
fn receive_all(rx: &Receiver<u64>, got: &Mutex<Vec<u64>>, dice: &mut Dice) {
    loop {
        let limit = Duration::from_micros(dice.throw(200));
        let mut received = None;
        _ = timeout(limit, || received = Some(rx.recv()));
        match received {
            Some(Ok(item)) => got.lock().unwrap().push(item),
            Some(Err(RecvError::Closed)) => return,
            _ => {}
        }
        (0..dice.throw(3)).for_each(|_| yield_now());
    }
}

#[test]
fn nothing_is_lost_or_doubled_among_cores_that_give_up_now_and_then() {
    let base = 1 + u64::from(std::process::id());
    for round in 0..12 {
        let seed = base * 1000 + round;
        println!("seed {seed}");
        let (tx, rx) = smp::channel(1 + (seed % 3) as usize);
        let ends = Arc::new(Mutex::new(Some(tx)));
        let got = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&got);
        let done = Arc::new(AtomicBool::new(false));
        smp::run(4, move |core| {
            let mut dice = Dice(seed * 10 + core.id() as u64);
            if core.id() % 2 == 1 {
                return receive_all(&rx, &all, &mut dice);
            }
            let tx = ends.lock().unwrap().as_ref().unwrap().clone();
            let half = core.id() as u64 / 2;
            send_all(&tx, (half..100).step_by(2), &mut dice);
            drop(tx);
            if done.swap(true, SeqCst) {
                // The last end of those that are kept for the cores.
                ends.lock().unwrap().take();
            }
        })
        .unwrap();
        let mut got = got.lock().unwrap().clone();
        got.sort_unstable();
        assert_eq!(got, (0..100).collect::<Vec<_>>(), "seed {seed}");
    }
}

#[test]
fn a_crowd_of_tasks_on_each_core_gets_each_item_once() {
    let (tx, rx) = smp::channel(2);
    let kept = Mutex::new(Some(tx));
    let sums = smp::run(3, move |core| {
        if core.id() == 0 {
            let tx = kept.lock().unwrap().take().unwrap();
            let senders: Vec<_> = (0..20_u64)
                .map(|sender| {
                    let tx = tx.clone();
                    spawn(move || (0..20).for_each(|item| tx.send(sender * 20 + item).unwrap()))
                })
                .collect();
            drop(tx);
            senders
                .into_iter()
                .for_each(|sender| sender.join().unwrap());
            return 0;
        }
        let receivers: Vec<_> = (0..20)
            .map(|_| {
                let rx = rx.clone();
                spawn(move || rx.iter().sum::<u64>())
            })
            .collect();
        receivers
            .into_iter()
            .map(|receiver| receiver.join().unwrap())
            .sum()
    });
    assert_eq!(sums.unwrap().iter().sum::<u64>(), (0..400).sum::<u64>());
}

#[test]
fn a_great_capacity_is_a_bound_too() {
    const CAPACITY: usize = 5_000;
    let (tx, rx) = smp::channel(CAPACITY);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let tx = tx.clone();
            std::thread::spawn(move || (0..CAPACITY).filter(|&n| tx.try_send(n).is_ok()).count())
        })
        .collect();
    let sent: usize = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .sum();
    assert_eq!(sent, CAPACITY);
    assert_eq!(rx.len(), CAPACITY);
    rx.try_recv().unwrap();
    tx.try_send(1).unwrap();
    assert!(tx.try_send(2).is_err());
    tx.close();
    assert!(matches!(tx.try_send(3), Err(TrySendError::Closed(3))));
}

#[test]
fn a_stuck_report_calls_channels_between_threads_by_their_names() {
    let (tx, rx) = smp::channel::<u8>(1);
    let (_one_tx, one_rx) = smp::oneshot::<u8>();
    let (rx, one_rx) = (rx.named("jobs"), one_rx.named("answer"));
    let mut sched = Scheduler::new();
    sched.spawn(move || drop(rx.recv()));
    sched.spawn(move || drop(one_rx.recv()));
    (0..2).for_each(|_| _ = sched.step().unwrap());
    let told: Vec<_> = sched.tasks().filter_map(|task| task.waits_in).collect();
    assert!(
        told.contains(&"Receive(channel between threads 'jobs')".to_owned()),
        "{told:?}"
    );
    assert!(told.contains(&"Receive(value from another thread 'answer')".to_owned()));
    drop(tx);
}
