//! The laws of a channel without room.

use std::cell::Cell;
use std::rc::Rc;

use coros::channel::{
    Receiver, RecvError, SendError, Sender, TryRecvError, TrySendError, bounded, rendezvous,
};
use coros::select::{Order, select_among};
use coros::syscall::{Park, Sleep};
use coros::{JoinHandle, WaitList, block_on, call, select, sleep, spawn, spawn_future};
use coros::{timeout, yield_now};
use futures_lite::future;

use crate::common::{Log, run, scheduler, seconds};

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
        spawn(move || tx.send(2).unwrap());
        assert_eq!((rx.try_recv(), rx.recv()), (Ok(1), Ok(2)));
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

/// What a select with an end of a channel in it came to.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Met {
    Sent,
    Got(Result<u32, RecvError>),
    Slept,
}

/// A select that offers an item and asks for one, on ends of whatever channels, for some seconds.
fn both_ways(
    order: Order,
    (tx, item): (&Sender<u32>, &mut Option<u32>),
    rx: &Receiver<u32>,
    patience: u64,
) -> Met {
    let nap = seconds(patience);
    match order {
        Order::Biased => select! {
            biased;
            sent = tx.sending(item) => { sent.unwrap(); Met::Sent },
            got = rx.receiving() => Met::Got(got),
            _ = Sleep(nap) => Met::Slept,
        },
        Order::Fair => select! {
            sent = tx.sending(item) => { sent.unwrap(); Met::Sent },
            got = rx.receiving() => Met::Got(got),
            _ = Sleep(nap) => Met::Slept,
        },
    }
    .unwrap()
}

const ORDERS: [Order; 2] = [Order::Biased, Order::Fair];

#[test]
fn a_select_never_meets_itself() {
    for seed in 0..20 {
        for order in ORDERS {
            let mut sched = coros::Scheduler::builder()
                .clock(coros::Clock::Virtual)
                .seed(seed)
                .build();
            let main = sched.spawn(move || {
                let (tx, rx) = rendezvous();
                let mut item = Some(7);
                let met = both_ways(order, (&tx, &mut item), &rx, 1);
                assert_eq!((met, item), (Met::Slept, Some(7)));
                let mut item = Some(7);
                let met = select! {
                    got = rx.receiving() => Met::Got(got),
                    _ = tx.sending(&mut item) => Met::Sent,
                    _ = Sleep(seconds(1)) => Met::Slept,
                };
                assert_eq!((met, item), (Ok(Met::Slept), Some(7)));
                assert_eq!((tx.waiting_senders(), rx.waiting_receivers()), (0, 0));
                assert_eq!(tx.len(), 0);
            });
            sched.run().unwrap();
            main.join().unwrap();
        }
    }
}

#[test]
fn a_select_that_waits_for_itself_alone_is_stuck() {
    let mut sched = scheduler();
    sched.spawn(|| {
        let (tx, rx) = rendezvous();
        let mut item = Some(1);
        _ = select! {
            _ = tx.sending(&mut item) => (),
            _ = rx.receiving() => (),
        };
    });
    let report = sched.run().unwrap_err().to_string();
    assert!(report.contains("Select(Send("), "{report}");
}

#[test]
fn selects_with_both_ends_meet_each_other() {
    for order in ORDERS {
        run(move || {
            let (tx, rx) = rendezvous();
            let peers = [1, 2].map(|number| {
                let (tx, rx) = (tx.clone(), rx.clone());
                spawn(move || {
                    let mut item = Some(number);
                    (both_ways(order, (&tx, &mut item), &rx, 9), item)
                })
            });
            let mut met = peers.map(|peer| peer.join().unwrap());
            met.sort_by_key(|(met, _)| *met != Met::Sent);
            let (sent, got) = (&met[0], &met[1]);
            assert_eq!(*sent, (Met::Sent, None));
            // Whichever sent, the other has its item, and keeps its own.
            let (Met::Got(Ok(item)), Some(kept)) = (&got.0, got.1) else {
                panic!("one sent, so the other got: {met:?}")
            };
            assert_eq!(item + kept, 3);
            assert_eq!((tx.waiting_senders(), rx.waiting_receivers()), (0, 0));
        });
    }
}

#[test]
fn selects_with_crossed_branches_commit_one_pair() {
    for order in ORDERS {
        run(move || {
            let (to_right, right) = rendezvous();
            let (to_left, left) = rendezvous();
            let lefty = {
                let (tx, rx) = (to_right.clone(), left.clone());
                spawn(move || {
                    let mut item = Some(1);
                    (both_ways(order, (&tx, &mut item), &rx, 9), item)
                })
            };
            let righty = {
                let (tx, rx) = (to_left.clone(), right.clone());
                spawn(move || {
                    let mut item = Some(2);
                    (both_ways(order, (&tx, &mut item), &rx, 9), item)
                })
            };
            match (lefty.join().unwrap(), righty.join().unwrap()) {
                ((Met::Sent, None), (Met::Got(Ok(1)), Some(2))) => {}
                ((Met::Got(Ok(2)), Some(1)), (Met::Sent, None)) => {}
                other => panic!("one pair meets, and the other keeps its item: {other:?}"),
            }
            for (tx, rx) in [(to_right, right), (to_left, left)] {
                assert_eq!((tx.waiting_senders(), rx.waiting_receivers()), (0, 0));
                assert_eq!(tx.len(), 0);
            }
        });
    }
}

/// A task that selects between an item and a ring of the bell.
fn listener(rx: &Receiver<u32>, bell: &WaitList) -> JoinHandle<Result<Option<u32>, String>> {
    let (rx, bell) = (rx.clone(), bell.clone());
    spawn(move || {
        let chosen = select! {
            biased;
            _ = Park(&bell) => None,
            got = rx.receiving() => Some(got.unwrap()),
        };
        chosen.map_err(|why| why.to_string())
    })
}

#[test]
fn a_receiver_that_was_met_does_not_take_another_branch() {
    run(|| {
        let (tx, rx) = rendezvous();
        let bell = WaitList::new();
        // By a call, and by a shortcut; the bell rings before and after.
        for (item, rings_first, at_once) in [
            (1, false, false),
            (2, true, false),
            (3, false, true),
            (4, true, true),
        ] {
            let receiver = listener(&rx, &bell);
            let second = {
                let bell = bell.clone();
                yield_now();
                spawn(move || timeout(seconds(1), || call(Park(&bell))).is_ok())
            };
            yield_now();
            if rings_first {
                bell.wake_one();
            }
            let sent = match at_once {
                true => tx.try_send(item).is_ok(),
                false => call(tx.sending(&mut Some(item))).is_ok(),
            };
            if !rings_first {
                bell.wake_one();
            }
            let got = receiver.join().unwrap();
            let rang = second.join().unwrap();
            match sent {
                true => assert_eq!((got, rang), (Ok(Some(item)), true), "the ring is passed on"),
                false => assert_eq!(got, Ok(None)),
            }
            assert_eq!((rx.waiting_receivers(), rx.len()), (0, 0));
        }
    });
}

#[test]
fn every_send_that_is_answered_is_received_and_no_other() {
    for seed in 0..300 {
        let mut sched = coros::Scheduler::builder()
            .clock(coros::Clock::Virtual)
            .seed(seed)
            .build();
        let (sent, got) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let books = (Rc::clone(&sent), Rc::clone(&got));
        sched.spawn(move || {
            let channels: [_; 2] = std::array::from_fn(|_| rendezvous());
            for number in 0..6 {
                let channels = channels.clone();
                let (sent, got) = (Rc::clone(&sent), Rc::clone(&got));
                spawn(move || {
                    for turn in 0..5 {
                        let ways = coros::random();
                        let (tx, _) = &channels[ways as usize & 1];
                        let (_, rx) = &channels[ways as usize >> 1 & 1];
                        let mut item = Some(number * 10 + turn);
                        match ways >> 2 & 3 {
                            0 => _ = tx.try_send(0).map(|()| sent.set(sent.get() + 1)),
                            1 => _ = rx.try_recv().map(|_| got.set(got.get() + 1)),
                            _ => {
                                let patience = (ways >> 4) & 3;
                                match both_ways(Order::Fair, (tx, &mut item), rx, patience) {
                                    Met::Sent => sent.set(sent.get() + 1),
                                    Met::Got(_) => got.set(got.get() + 1),
                                    Met::Slept => assert!(item.is_some(), "it was not sent"),
                                }
                            }
                        }
                        yield_now();
                    }
                });
            }
        });
        sched.run().unwrap();
        assert_eq!(books.0, books.1, "seed {seed}: sent and received");
        assert!(books.0.get() > 0, "seed {seed}: some met");
    }
}

#[test]
fn a_receiver_that_is_cancelled_after_the_meeting_has_the_item() {
    run(|| {
        let (tx, rx) = rendezvous();
        for at_once in [true, false] {
            let receiver = listener(&rx, &WaitList::new());
            yield_now();
            let sent = match at_once {
                true => tx.try_send(1).is_ok(),
                false => call(tx.sending(&mut Some(1))).is_ok(),
            };
            assert!(sent);
            receiver.cancel("too late");
            assert_eq!(receiver.join().unwrap(), Ok(Some(1)));
        }
        let plain = rx.clone();
        let receiver = spawn(move || plain.recv());
        yield_now();
        receiver.cancel("at the same time");
        tx.try_send(2).unwrap();
        assert_eq!(receiver.join().unwrap(), Ok(2));
        assert_eq!((rx.len(), rx.waiting_receivers()), (0, 0));
    });
}

#[test]
fn a_receiver_whose_time_is_over_after_the_meeting_has_the_item() {
    run(|| {
        let (tx, rx) = rendezvous();
        let receiver = spawn(move || {
            let mut got = None;
            let in_time = timeout(seconds(1), || got = Some(rx.recv())).is_ok();
            (in_time, got)
        });
        // Due in the very same moment, and served first.
        sleep(seconds(1)).unwrap();
        let sent = tx.try_send(1).is_ok();
        let (_, got) = receiver.join().unwrap();
        assert_eq!(sent, matches!(got, Some(Ok(1))));
    });
}

#[test]
fn a_sender_that_meets_a_receiver_which_is_killed_gives_the_item_to_the_next() {
    run(|| {
        let (tx, rx) = rendezvous();
        let doomed = listener(&rx, &WaitList::new());
        yield_now();
        tx.try_send(1).unwrap();
        doomed.kill().unwrap();
        let next = listener(&rx, &WaitList::new());
        assert_eq!(next.join().unwrap(), Ok(Some(1)));
        // One that waits already has it at once.
        let doomed = listener(&rx, &WaitList::new());
        let next = listener(&rx, &WaitList::new());
        yield_now();
        tx.try_send(2).unwrap();
        doomed.kill().unwrap();
        assert_eq!(next.join().unwrap(), Ok(Some(2)));
        assert_eq!((rx.len(), rx.waiting_receivers()), (0, 0));
    });
}

#[test]
fn an_item_on_its_way_is_not_lost_when_the_channel_is_closed() {
    run(|| {
        let (tx, rx) = rendezvous();
        let receivers = [(); 2].map(|()| {
            let rx = rx.clone();
            spawn(move || rx.recv())
        });
        yield_now();
        tx.try_send(1).unwrap();
        tx.close();
        let [first, second] = receivers.map(|receiver| receiver.join().unwrap());
        assert_eq!((first, second), (Ok(1), Err(RecvError::Closed)));
        assert_eq!(tx.try_send(2), Err(TrySendError::Closed(2)));

        let (tx, rx) = rendezvous();
        let doomed = listener(&rx, &WaitList::new());
        let waits = {
            let rx = rx.clone();
            yield_now();
            spawn(move || rx.recv())
        };
        yield_now();
        tx.try_send(1).unwrap();
        tx.close();
        doomed.kill().unwrap();
        assert_eq!(waits.join().unwrap(), Ok(1), "it is the next one's");
        assert_eq!(rx.recv(), Err(RecvError::Closed));
    });
}

#[test]
fn a_select_that_gives_up_sending_has_its_item_back() {
    run(|| {
        let (tx, rx) = rendezvous::<String>();
        let mut item = Some(String::from("mine"));
        let late = timeout(seconds(1), || {
            let sent = call(tx.sending(&mut item));
            assert!(matches!(sent, Err(SendError::Interrupted((), _))));
        });
        assert!(late.is_err());
        assert_eq!(item.as_deref(), Some("mine"));
        let closer = rx.clone();
        spawn(move || closer.close());
        let sent = call(tx.sending(&mut item));
        assert_eq!(sent, Err(SendError::Closed(())));
        assert_eq!(item.as_deref(), Some("mine"));
    });
}

#[test]
fn of_several_receives_in_one_select_one_is_met() {
    run(|| {
        let channels: [(Sender<u32>, Receiver<u32>); 3] = std::array::from_fn(|_| rendezvous());
        let inboxes: Vec<_> = channels.iter().map(|(_, rx)| rx.clone()).collect();
        let selecting = spawn(move || {
            let calls = inboxes.iter().map(Receiver::receiving).collect();
            select_among(calls, Order::Fair).unwrap()
        });
        yield_now();
        let tried: Vec<_> = channels.iter().map(|(tx, _)| tx.try_send(7)).collect();
        let full = Err(TrySendError::Full(7));
        assert_eq!(tried, [Ok(()), full.clone(), full], "it takes one");
        assert_eq!(selecting.join().unwrap(), (0, Ok(7)));
        for (tx, rx) in &channels {
            assert_eq!((tx.len(), rx.waiting_receivers()), (0, 0));
        }
    });
}

#[test]
fn of_several_sends_in_one_select_one_is_taken() {
    run(|| {
        let (tx_a, rx_a) = rendezvous();
        let (tx_b, rx_b) = rendezvous();
        let selecting = spawn(move || {
            let (mut a, mut b) = (Some(1), Some(2));
            let sent = select! {
                sent = tx_a.sending(&mut a) => { sent.unwrap(); 'a' },
                sent = tx_b.sending(&mut b) => { sent.unwrap(); 'b' },
            };
            (sent.unwrap(), a, b)
        });
        yield_now();
        // Both come in one turn of the loop each, before the sender's next.
        let takers = [rx_a, rx_b].map(|rx| spawn(move || timeout(seconds(1), || rx.recv())));
        let [a, b] = takers.map(|taker| taker.join().unwrap().ok());
        assert_eq!(selecting.join().unwrap(), ('a', None, Some(2)));
        assert_eq!(a, Some(Ok(1)));
        assert!(!matches!(b, Some(Ok(_))), "{b:?}");
    });
}

#[test]
fn a_sender_is_not_answered_before_a_future_has_the_item() {
    run(|| {
        let (tx, rx) = rendezvous();
        // It waits, and goes without having been polled again.
        let mut waiting = Box::pin(rx.recv_async());
        assert_eq!(block_on(future::poll_once(&mut waiting)), Ok(None));
        assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
        let sending = tx.clone();
        let sender = spawn(move || {
            let mut item = Some(2);
            let sent = timeout(seconds(1), || call(sending.sending(&mut item)).is_ok());
            (sent.unwrap_or(false), item)
        });
        yield_now();
        drop(waiting);
        assert_eq!(sender.join().unwrap(), (false, Some(2)));
        assert_eq!((rx.len(), tx.waiting_senders()), (0, 0));

        let late = rx.clone();
        let received = spawn_future(async move { late.recv_async().await });
        yield_now();
        let mut item = Some(3);
        assert_eq!(call(tx.sending(&mut item)), Ok(()));
        assert_eq!((received.join().unwrap(), item), (Ok(3), None));
    });
}

#[test]
fn futures_meet_selects_on_either_side() {
    run(|| {
        let (tx, rx) = rendezvous();
        let (tx2, rx2) = (tx.clone(), rx.clone());
        let selecting = spawn(move || {
            let mut item = Some(1);
            both_ways(Order::Fair, (&tx2, &mut item), &rx2, 9)
        });
        yield_now();
        assert_eq!(block_on(rx.recv_async()), Ok(Ok(1)));
        assert_eq!(selecting.join().unwrap(), Met::Sent);
        let selecting = spawn(move || {
            let (idle, _end) = rendezvous();
            let mut item = Some(1);
            both_ways(Order::Fair, (&idle, &mut item), &rx, 9)
        });
        yield_now();
        assert_eq!(block_on(tx.send_async(2)), Ok(Ok(())));
        assert_eq!(selecting.join().unwrap(), Met::Got(Ok(2)));
    });
}

#[test]
fn a_select_that_is_served_meets_nobody_behind_its_own_back() {
    // The second branch sends to the first while both are being served.
    struct SendTo(Sender<u32>);
    impl coros::SystemCall for SendTo {
        type Reply = Result<(), TrySendError<u32>>;
        fn serve(&mut self, _: &mut coros::Kernel, _: coros::Tid) -> coros::Answer<Self::Reply> {
            coros::Answer::Done(self.0.try_send(1))
        }
    }
    run(|| {
        let (tx, rx) = rendezvous();
        let chosen = select! {
            biased;
            got = rx.receiving() => panic!("{got:?}"),
            sent = SendTo(tx.clone()) => sent,
        };
        assert_eq!(chosen, Ok(Err(TrySendError::Full(1))));
        assert_eq!((rx.len(), rx.waiting_receivers()), (0, 0));
    });
}

#[test]
fn a_stopped_receiver_that_was_met_has_its_item_when_it_goes_on() {
    use coros::signal::{self, Signal};
    run(|| {
        let (tx, rx) = rendezvous();
        let receiver = listener(&rx, &WaitList::new());
        yield_now();
        signal::kill(receiver.tid(), Signal::Tstp).unwrap();
        call(tx.sending(&mut Some(1))).unwrap();
        sleep(seconds(1)).unwrap();
        assert!(!receiver.is_finished());
        signal::kill(receiver.tid(), Signal::Cont).unwrap();
        assert_eq!(receiver.join().unwrap(), Ok(Some(1)));
    });
}

#[test]
fn a_select_that_does_not_wait_meets_a_branch_that_waits_to_send() {
    run(|| {
        let (tx, rx) = rendezvous();
        let sender = spawn(move || {
            select! {
                sent = tx.sending(&mut Some(7)) => sent.is_ok(),
                _ = Sleep(seconds(1)) => false,
            }
        });
        yield_now();
        let met = select! {
            item = rx.receiving() => item.ok(),
            default => None,
        };
        assert_eq!(met, Ok(Some(7)));
        assert_eq!(sender.join().unwrap(), Ok(true));
    });
}

#[test]
fn a_taken_branch_is_sent_though_its_select_is_cancelled_before_its_turn() {
    run(|| {
        let (tx, rx) = rendezvous();
        let sender = spawn(move || {
            let mut item = Some(7);
            let sent = select! {
                sent = tx.sending(&mut item) => sent.is_ok(),
                _ = Sleep(seconds(1)) => false,
            };
            (sent, item)
        });
        yield_now();
        assert_eq!(rx.try_recv(), Ok(7));
        sender.cancel("too late");
        assert_eq!(sender.join().unwrap(), (Ok(true), None));
    });
}
