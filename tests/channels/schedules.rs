//! Channels under thousands of random schedules: nothing is lost, doubled, overtaken or forgotten.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use coros::channel::{Receiver, RecvError, SendError, Sender, TryRecvError, TrySendError};
use coros::channel::{bounded, priority, rendezvous, unbounded};
use coros::{JoinHandle, call, sleep, spawn, timeout, yield_now};

use crate::common::{Dice, scheduler};

fn nap(dice: &Dice) -> Duration {
    Duration::from_millis(dice.below(6))
}

/// What became of an item.
#[derive(Clone, Copy, Default, Debug)]
struct Fate {
    sent: u32,
    returned: u32,
    received: u32,
    dropped: u32,
}

type Books = Rc<RefCell<BTreeMap<(u64, u64), Fate>>>;

/// An item that notes what becomes of it; all compare by their worth alone.
struct Item {
    id: (u64, u64),
    worth: u64,
    books: Books,
    is_settled: bool,
}

impl Item {
    fn settle(mut self, note: impl FnOnce(&mut Fate)) {
        self.is_settled = true;
        note(self.books.borrow_mut().entry(self.id).or_default());
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        if !self.is_settled {
            self.books.borrow_mut().entry(self.id).or_default().dropped += 1;
        }
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        self.worth.cmp(&other.worth)
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.worth == other.worth
    }
}

impl Eq for Item {}

/// Sends an item in one way or another; says whether it was sent, and gives it back otherwise.
fn send(dice: &Dice, tx: &Sender<Item>, item: Item) -> Result<(), (Item, bool)> {
    let mut slot = Some(item);
    let mut take = || slot.take().unwrap();
    let sent = match dice.below(6) {
        0 => {
            return tx.try_send(take()).map_err(|error| {
                let is_over = matches!(error, TrySendError::Closed(_));
                (error.into_inner(), is_over)
            });
        }
        1 | 2 => tx.send(take()),
        3 => {
            let mut sent = None;
            let item = take();
            _ = timeout(nap(dice), || sent = Some(tx.send(item)));
            sent.unwrap()
        }
        way => {
            let mut sending = || call(tx.sending(&mut slot));
            let mut sent = None;
            match way {
                4 => sent = Some(sending()),
                _ => _ = timeout(nap(dice), || sent = Some(sending())),
            }
            match sent.unwrap() {
                Ok(()) => return Ok(()),
                Err(SendError::Closed(())) => Err(SendError::Closed(slot.take().unwrap())),
                Err(SendError::Interrupted((), why)) => {
                    Err(SendError::Interrupted(slot.take().unwrap(), why))
                }
            }
        }
    };
    sent.map_err(|error| {
        let is_over = matches!(error, SendError::Closed(_));
        (error.into_inner(), is_over)
    })
}

fn sender(id: u64, dice: Dice, tx: Sender<Item>, books: Books) {
    for number in 0..dice.below(12) {
        let id = (id, number);
        let item = Item {
            id,
            worth: dice.below(4),
            books: Rc::clone(&books),
            is_settled: false,
        };
        match send(&dice, &tx, item) {
            Ok(()) => books.borrow_mut().entry(id).or_default().sent += 1,
            Err((item, is_over)) => {
                item.settle(|fate| fate.returned += 1);
                if is_over {
                    return;
                }
            }
        }
        pause(&dice);
    }
    if dice.below(20) == 0 {
        tx.close();
    }
}

fn pause(dice: &Dice) {
    match dice.below(8) {
        0 => _ = sleep(nap(dice)),
        1 | 2 => yield_now(),
        _ => {}
    }
}

/// Receives until the channel is over, or a wait is interrupted often; then leaves.
fn receiver(dice: Dice, rx: Receiver<Item>, in_order: bool) {
    let mut last = BTreeMap::new();
    let mut patience = 20;
    while patience > 0 {
        let mut received = Err(RecvError::Closed);
        match dice.below(5) {
            0 => match rx.try_recv() {
                Ok(item) => received = Ok(item),
                Err(TryRecvError::Closed) => return,
                Err(TryRecvError::Empty) => {
                    yield_now();
                    continue;
                }
            },
            1 | 2 => received = rx.recv(),
            3 => _ = timeout(nap(&dice), || received = rx.recv()),
            _ => received = call(rx.receiving()),
        }
        match received {
            Ok(item) => {
                let (from, number) = item.id;
                let before = last.insert(from, number);
                assert!(!in_order || before < Some(number), "order of {from}");
                item.settle(|fate| fate.received += 1);
            }
            Err(RecvError::Interrupted(_)) => patience -= 1,
            Err(RecvError::Closed) => return,
        }
        pause(&dice);
    }
}

/// Cancels and kills at random.
fn trouble(dice: &Dice, victims: &[JoinHandle<()>]) {
    for _ in 0..dice.below(8) {
        let victim = &victims[dice.below(victims.len() as u64) as usize];
        match dice.below(2) {
            0 => victim.cancel("trouble"),
            _ => _ = victim.kill(),
        }
        pause(dice);
    }
}

fn main_task(dice: Dice, books: Books, is_troubled: bool) {
    let kind = dice.below(8);
    let (tx, rx) = match kind {
        0 => unbounded(),
        1 => priority(),
        2 | 3 => rendezvous(),
        _ => bounded(1 + dice.below(3) as usize),
    };
    let senders = (0..1 + dice.below(5)).map(|id| {
        let (dice, tx, books) = (dice.clone(), tx.clone(), Rc::clone(&books));
        spawn(move || sender(id, dice, tx, books))
    });
    let senders: Vec<_> = senders.collect();
    let receivers = (0..1 + dice.below(4)).map(|_| {
        let (dice, rx) = (dice.clone(), rx.clone());
        spawn(move || receiver(dice, rx, kind != 1))
    });
    let receivers: Vec<_> = receivers.collect();
    drop(tx);
    if is_troubled {
        trouble(&dice, &senders);
        trouble(&dice, &receivers);
    }
    let close = {
        let rx = rx.clone();
        spawn(move || {
            receivers.iter().for_each(|task| _ = task.join());
            rx.close();
            assert!(receivers.iter().all(|task| !panicked(task)));
        })
    };
    senders.iter().for_each(|task| _ = task.join());
    assert!(senders.iter().all(|task| !panicked(task)));
    close.join().unwrap();
    assert_eq!((rx.waiting_senders(), rx.waiting_receivers()), (0, 0));
    assert_eq!(rx.receivers(), 1, "those of the others are gone");
    while let Ok(item) = rx.try_recv() {
        item.settle(|fate| fate.received += 1);
    }
    assert!(rx.is_empty());
}

/// By its second join, a task that panicked is known as such.
fn panicked(task: &JoinHandle<()>) -> bool {
    matches!(task.join(), Err(coros::JoinError::Panicked(_)))
}

fn check(seed: u64) {
    let (dice, books) = (Dice::new(seed), Books::default());
    let is_troubled = dice.below(2) == 0;
    let mut sched = scheduler();
    let main = {
        let (dice, books) = (dice, Rc::clone(&books));
        sched.spawn(move || main_task(dice, books, is_troubled))
    };
    if let Err(stuck) = sched.run() {
        panic!("seed {seed}: {stuck}");
    }
    if let Err(error) = main.join() {
        panic!("seed {seed}: {error}");
    }
    for (id, fate) in books.borrow().iter() {
        let ends = fate.returned + fate.received + fate.dropped;
        assert_eq!(ends, 1, "seed {seed}: {id:?} {fate:?}");
        assert!(
            fate.sent + fate.returned <= 1,
            "seed {seed}: {id:?} {fate:?}"
        );
        let is_exact = fate.sent == fate.received && fate.dropped == 0;
        assert!(is_troubled || is_exact, "seed {seed}: {id:?} {fate:?}");
    }
}

#[test]
fn no_schedule_loses_doubles_or_forgets_anything() {
    (0..6000).for_each(check);
}
