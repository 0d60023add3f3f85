//! RLock: a function calls one that locks the same again.
//!
//! A mutex would make the task wait for itself, for ever; here the second lock is an error. A reentrant
//! lock knows its owner, and counts: it is free after as many unlocks as locks. But it keeps out others
//! alone. The owner itself sees what is half done, and so do the functions that it calls.

use std::cell::Cell;

use coros::sync::{LockError, Mutex, RLock};
use coros::{Clock, Scheduler, Stuck, yield_now};

/// Two accounts, with 100 in all.
struct Accounts {
    yours: Cell<u32>,
    mine: Cell<u32>,
}

impl Accounts {
    fn new() -> Self {
        Self {
            yours: Cell::new(70),
            mine: Cell::new(30),
        }
    }

    fn total(&self) -> u32 {
        self.yours.get() + self.mine.get()
    }
}

fn total(bank: &Mutex<Accounts>) -> Result<u32, LockError> {
    Ok(bank.lock()?.total())
}

fn transfer(bank: &Mutex<Accounts>) -> Result<(), LockError> {
    let accounts = bank.lock()?;
    accounts.yours.set(accounts.yours.get() - 40);
    println!("mutex: transfer, half done: {:?}", total(bank));
    accounts.mine.set(accounts.mine.get() + 40);
    Ok(())
}

/// As `total`, and how often the lock is held meanwhile.
fn total_again(bank: &RLock<Accounts>) -> Result<(usize, u32), LockError> {
    let accounts = bank.lock()?;
    Ok((bank.holds(), accounts.total()))
}

fn transfer_again(bank: &RLock<Accounts>) -> Result<(), LockError> {
    let accounts = bank.lock()?;
    accounts.yours.set(accounts.yours.get() - 40);
    yield_now(); // The auditor comes, and waits.
    let (holds, total) = total_again(bank)?;
    println!("rlock: transfer, half done: total {total}, {holds} holds");
    accounts.mine.set(accounts.mine.get() + 40);
    println!("rlock: transfer, done: {} hold", bank.holds());
    Ok(())
}

fn audit(bank: &RLock<Accounts>) -> Result<(), LockError> {
    let (holds, total) = total_again(bank)?;
    println!("rlock: auditor: total {total}, {holds} hold");
    Ok(())
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| transfer(&Mutex::new(Accounts::new())));
    let bank = RLock::new(Accounts::new());
    let audited = bank.clone();
    sched.spawn(move || transfer_again(&bank));
    sched.spawn(move || audit(&audited));
    sched.run()?;
    Ok(())
}
