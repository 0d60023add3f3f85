//! Mutex: two add 1 each, in every order of their turns.
//!
//! To add is to read, to compute and to write. If the other task has a turn between the reading and the
//! writing, both may read the same, and one addition is lost. A test meets one order of the turns;
//! `every` goes through all of them.

mod every;

use std::cell::Cell;
use std::rc::Rc;

use coros::sync::Mutex;
use coros::{Stuck, yield_now};
use every::Every;

fn add(account: &Cell<u32>) {
    let read = account.get();
    yield_now(); // Another task may have a turn here.
    account.set(read + 1);
}

fn add_locked(account: &Mutex<u32>) {
    let mut account = account.lock().expect("nothing breaks this wait off");
    let read = *account;
    yield_now();
    *account = read + 1;
}

fn balance(account: &Mutex<u32>) -> u32 {
    *account.lock().expect("no task holds it any more")
}

/// Lets two tasks add in every order of their turns, and tells what came of each.
fn explore<A: 'static>(new: fn() -> A, add: fn(&A), balance: fn(&A) -> u32) -> Result<(), Stuck> {
    let (mut every, mut ends) = (Every::new(), Vec::new());
    while let Some(mut sched) = every.next_schedule() {
        let account = Rc::new(new());
        for _ in 0..2 {
            let account = Rc::clone(&account);
            sched.spawn(move || add(&account));
        }
        sched.run()?;
        ends.push((every.turns(), balance(&account)));
    }
    let told = ends.iter().map(|(turns, end)| format!("{turns} {end}"));
    let told: Vec<_> = told.collect();
    println!("  {}", told.join("  "));
    let wrong = ends.iter().filter(|(_, end)| *end != 2).count();
    println!("  {wrong} of {} schedules are wrong", ends.len());
    Ok(())
}

fn main() -> Result<(), Stuck> {
    println!("without a lock:");
    explore(|| Cell::new(0), add, Cell::get)?;
    println!("with a mutex:");
    explore(|| Mutex::new(0), add_locked, balance)
}
