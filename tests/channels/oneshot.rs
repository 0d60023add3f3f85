//! Oneshots: one value, once, and an end that everybody hears of.

use coros::channel::{RecvError, SendError, TryRecvError, oneshot};
use coros::{Kernel, SystemCall, Tid, call, sleep, spawn, timeout, yield_now};

use crate::common::{self, Log, run, scheduler, seconds};

#[test]
fn the_value_is_received_once() {
    run(|| {
        let (tx, rx) = oneshot();
        spawn(move || tx.send(1).unwrap());
        assert_eq!(rx.recv(), Ok(1));
        assert_eq!(rx.recv(), Err(RecvError::Closed));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
    });
}

#[test]
fn a_value_sent_before_is_there_at_once_also_outside_tasks() {
    let (tx, rx) = oneshot();
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    tx.send(1).unwrap();
    assert!(rx.is_closed(), "nothing more will be sent");
    assert_eq!(rx.recv(), Ok(1));
}

#[test]
fn a_sender_dropped_without_sending_closes() {
    run(|| {
        let (tx, rx) = oneshot::<u32>();
        spawn(move || drop(tx));
        assert_eq!(rx.recv(), Err(RecvError::Closed));
    });
}

#[test]
fn a_sender_that_is_killed_closes() {
    run(|| {
        let (tx, rx) = oneshot::<u32>();
        let sender = spawn(move || {
            sleep(seconds(60)).unwrap();
            tx.send(1).unwrap();
        });
        spawn(move || sender.kill().unwrap());
        assert_eq!(rx.recv(), Err(RecvError::Closed));
    });
}

#[test]
fn what_nobody_will_receive_comes_back() {
    let (tx, rx) = oneshot();
    drop(rx);
    assert!(tx.is_closed());
    assert_eq!(tx.send(1), Err(SendError::Closed(1)));
    let (tx, rx) = oneshot();
    rx.close();
    assert_eq!(tx.send(1), Err(SendError::Closed(1)));
    assert_eq!(rx.recv(), Err(RecvError::Closed));
}

#[test]
fn closing_keeps_what_was_sent() {
    let (tx, rx) = oneshot();
    tx.send(1).unwrap();
    rx.close();
    assert_eq!(rx.recv(), Ok(1));
}

#[test]
fn an_interrupted_wait_took_nothing_and_can_be_repeated() {
    run(|| {
        let (tx, rx) = oneshot();
        spawn(move || {
            sleep(seconds(5)).unwrap();
            tx.send(1).unwrap();
        });
        let first = timeout(seconds(1), || rx.recv().unwrap_err());
        assert!(first.is_err());
        assert_eq!(rx.recv(), Ok(1));
    });
}

#[test]
fn a_thousand_timed_out_waits_leave_nothing() {
    run(|| {
        let (tx, rx) = oneshot();
        for _ in 0..1000 {
            assert!(timeout(seconds(1), || rx.recv().unwrap_err()).is_err());
        }
        tx.send(1).unwrap();
        assert_eq!(rx.recv(), Ok(1));
    });
}

#[test]
fn a_value_sent_before_a_cancel_in_the_same_turn_is_received() {
    run(|| {
        let (tx, rx) = oneshot();
        let receiver = spawn(move || rx.recv());
        yield_now();
        tx.send(1).unwrap();
        receiver.cancel("too late");
        assert_eq!(receiver.join().unwrap(), Ok(1));
    });
}

#[test]
fn a_value_sent_after_a_cancel_in_the_same_turn_is_left_for_later() {
    run(|| {
        let (tx, rx) = oneshot();
        let receiver = spawn(move || (rx.recv(), rx.try_recv()));
        yield_now();
        receiver.cancel("first");
        tx.send(1).unwrap();
        let (waited, tried) = receiver.join().unwrap();
        assert!(matches!(waited, Err(RecvError::Interrupted(_))));
        assert_eq!(tried, Ok(1), "not lost");
    });
}

#[test]
fn a_value_that_nobody_received_is_dropped_with_the_receiver() {
    let log = Log::new();
    let (tx, rx) = oneshot();
    assert!(tx.send(log.on_drop("value")).is_ok());
    drop(rx);
    assert_eq!(log.take(), ["value"]);
}

#[test]
fn a_value_can_be_sent_by_a_destructor_of_a_killed_task() {
    run(|| {
        let (tx, rx) = oneshot();
        let mut tx = Some(tx);
        let victim = spawn(move || {
            let _bye = common::OnDrop(move || {
                tx.take().unwrap().send("last words").unwrap();
            });
            common::park_for_ever();
        });
        yield_now();
        victim.kill().unwrap();
        assert_eq!(rx.recv(), Ok("last words"));
    });
}

#[test]
fn the_call_itself_can_be_yielded() {
    run(|| {
        let (tx, rx) = oneshot();
        spawn(move || tx.send(1).unwrap());
        assert_eq!(call(rx.receiving()), Ok(1));
    });
}

/// Serves a call, and a second time however that was answered.
struct Twice<C>(C);

impl<C: SystemCall> SystemCall for Twice<C> {
    type Reply = C::Reply;
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> coros::Answer<C::Reply> {
        match self.0.serve(kernel, caller) {
            coros::Answer::Wait => self.0.serve(kernel, caller),
            done => done,
        }
    }
    fn abandon(&mut self, k: &mut Kernel, caller: Tid, why: coros::Interrupted) -> C::Reply {
        self.0.abandon(k, caller, why)
    }
}

#[test]
fn to_be_served_twice_changes_nothing() {
    run(|| {
        let (tx, rx) = oneshot();
        spawn(move || tx.send(1).unwrap());
        assert_eq!(call(Twice(rx.receiving())), Ok(1));
    });
}

#[test]
fn a_stuck_receiver_is_reported_by_the_name_of_its_channel() {
    let mut sched = scheduler();
    let (tx, rx) = oneshot::<u32>();
    let tx = tx.named("answer");
    sched.spawn(move || rx.recv());
    let report = sched.run().unwrap_err().to_string();
    assert!(report.contains("'answer'"), "{report}");
    drop(tx);
    sched.run().expect("a post from outside counts");
}
