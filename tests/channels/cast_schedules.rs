//! Thousands of random schedules: what every receiver of a broadcast and every watcher may rely on.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use coros::channel::broadcast::{Receiver, RecvError, TryRecvError};
use coros::channel::{self, broadcast, watch};
use coros::{JoinHandle, call, sleep, spawn, timeout, yield_now};

use crate::common::{Dice, scheduler};

const SEEDS: u64 = 10_000;

/// Lets others run: not at all, for a turn, or for a while.
fn pause(dice: &Dice) {
    match dice.below(4) {
        0 => {}
        1 | 2 => yield_now(),
        _ => _ = sleep(Duration::from_millis(dice.below(4))),
    }
}

/// Runs a schedule for each seed; a failure says which seed it was.
fn for_each_seed(schedule: fn(Dice)) {
    for seed in 1..=SEEDS {
        let mut sched = scheduler();
        let main = sched.spawn(move || schedule(Dice::new(seed)));
        let report = sched.run();
        let report = report.unwrap_or_else(|stuck| panic!("seed {seed}: {stuck}"));
        if let Err(error) = main.join() {
            panic!("seed {seed}: {error}");
        }
        assert_eq!(report.panicked, 0, "seed {seed}: a task panicked");
    }
}

/// Tasks, of which more may come.
#[derive(Clone, Default)]
struct Tasks(Rc<RefCell<Vec<Rc<JoinHandle<()>>>>>);

impl Tasks {
    fn spawn(&self, f: impl FnOnce() + 'static) {
        let task = Rc::new(spawn(f));
        self.0.borrow_mut().push(task);
    }

    fn count(&self) -> u64 {
        self.0.borrow().len() as u64
    }

    fn get(&self, at: u64) -> Rc<JoinHandle<()>> {
        self.0.borrow()[usize::try_from(at).unwrap()].clone()
    }

    /// Kills or cancels some of them, some time.
    fn harass(&self, dice: &Dice) {
        let (dice, tasks) = (dice.clone(), self.clone());
        spawn(move || {
            for _ in 0..dice.below(4) {
                pause(&dice);
                let victim = tasks.get(dice.below(tasks.count()));
                match dice.below(2) {
                    0 => victim.cancel("at random"),
                    _ => _ = victim.kill(),
                }
            }
        });
    }

    /// Joins all, and hands on what failed in them.
    fn join(&self) {
        let mut at = 0;
        while at < self.count() {
            match self.get(at).join() {
                Ok(()) | Err(coros::JoinError::Killed(_)) => at += 1,
                Err(failed) => panic!("{failed}"),
            }
        }
    }
}

/// Receives in one way or another; what comes must follow on what came.
fn listen(dice: &Dice, rx: &Receiver<u64>, expected: &Cell<Option<u64>>) -> Result<(), ()> {
    let waiting = || match dice.below(3) {
        0 => rx.recv(),
        1 => call(rx.receiving()),
        _ => match rx.try_recv() {
            Ok(item) => Ok(item),
            Err(TryRecvError::Lagged(count)) => Err(RecvError::Lagged(count)),
            Err(TryRecvError::Closed) => Err(RecvError::Closed),
            Err(TryRecvError::Empty) => rx.recv(),
        },
    };
    let mut received = None;
    let within = Duration::from_millis(dice.below(6));
    match dice.below(3) {
        0 => _ = timeout(within, || received = Some(waiting())),
        _ => received = Some(waiting()),
    }
    match received.expect("a wait comes back") {
        Ok(item) => {
            let expected_item = expected.get().unwrap_or(item);
            assert_eq!(item, expected_item, "in order, and without a gap");
            expected.set(Some(item + 1));
        }
        Err(RecvError::Lagged(count)) => {
            assert!(count > 0);
            expected.set(expected.get().map(|item| item + count));
        }
        Err(RecvError::Closed) => return Err(()),
        Err(RecvError::Interrupted(why)) if why.why() == coros::kernel::Why::Cancelled => {
            return Err(());
        }
        Err(RecvError::Interrupted(_)) => {}
    }
    Ok(())
}

/// One broadcast; its senders number what they send, one at a time.
fn a_broadcast(dice: Dice) {
    let room = 1 + dice.below(5) as usize;
    let (tx, rx) = broadcast(room);
    let (next, per_sender) = (Rc::new(Cell::new(0)), dice.below(12));
    let (is_sending, listeners) = (Rc::new(Cell::new(false)), Tasks::default());
    for _ in 0..1 + dice.below(4) {
        let (dice, tx, rx) = (dice.clone(), tx.clone(), rx.clone());
        let (next, more) = (next.clone(), listeners.clone());
        listeners.spawn(move || {
            let (rx, first) = match dice.below(3) {
                0 => (tx.subscribe(), next.get()),
                _ => (rx, 0),
            };
            drop(tx);
            let expected = Cell::new(Some(first));
            while listen(&dice, &rx, &expected).is_ok() {
                assert!(rx.len() <= room);
                if dice.below(8) == 0 && more.count() < 8 {
                    let (dice, rx, expected) = (dice.clone(), rx.clone(), expected.clone());
                    let clone = move || while listen(&dice, &rx, &expected).is_ok() {};
                    more.spawn(clone);
                }
                pause(&dice);
            }
            if rx.is_closed() && rx.is_empty() {
                assert_eq!(expected.get(), Some(next.get()), "up to the last item");
            }
        });
    }
    for _ in 0..1 + dice.below(3) {
        let (dice, tx, next) = (dice.clone(), tx.clone(), next.clone());
        let is_sending = is_sending.clone();
        spawn(move || {
            for _ in 0..per_sender {
                pause(&dice);
                // Sending may yield, when the budget is spent.
                while is_sending.replace(true) {
                    yield_now();
                }
                if tx.send(next.get()).is_ok() {
                    next.set(next.get() + 1);
                }
                is_sending.set(false);
            }
        });
    }
    drop((tx, rx));
    listeners.harass(&dice);
    listeners.join();
}

#[test]
fn every_receiver_sees_all_in_order_but_for_the_lags_it_is_told() {
    for_each_seed(a_broadcast);
}

/// One watched value that only grows.
fn a_watch(dice: Dice) {
    let (tx, rx) = watch(0_u64);
    let watchers = Tasks::default();
    for _ in 0..1 + dice.below(4) {
        let (dice, rx) = (dice.clone(), rx.clone());
        let latest = tx.get() + dice.below(3);
        watchers.spawn(move || {
            let mut seen = rx.get();
            _ = timeout(Duration::from_millis(dice.below(4)), || {
                rx.wait_for(|&value| value >= latest).is_ok()
            });
            loop {
                let within = Duration::from_millis(1 + dice.below(5));
                let mut changed = Ok(());
                let timed_out = timeout(within, || changed = rx.changed()).is_err();
                let value = *rx.borrow();
                assert!(value >= seen, "{value} after {seen}: it never goes back");
                seen = value;
                match changed {
                    Err(channel::RecvError::Closed) => break,
                    Err(_) if !timed_out => return,
                    _ => pause(&dice),
                }
            }
            assert!(rx.is_closed() && !rx.has_changed());
            assert_eq!(seen, rx.get(), "the last value is seen");
        });
    }
    drop(rx);
    for _ in 0..1 + dice.below(3) {
        let (dice, tx) = (dice.clone(), tx.clone());
        spawn(move || {
            for _ in 0..dice.below(10) {
                pause(&dice);
                match dice.below(3) {
                    0 => tx.send_modify(|value| *value += 1),
                    1 => _ = tx.send_replace(tx.get() + 1),
                    _ => {
                        _ = tx.send_if_modified(|value| {
                            *value += 1;
                            true
                        })
                    }
                }
            }
        });
    }
    drop(tx);
    watchers.harass(&dice);
    watchers.join();
}

#[test]
fn a_watcher_never_goes_back_and_sees_the_last_value() {
    for_each_seed(a_watch);
}
