//! Locks under thousands of random schedules: exclusion, order, no lost wake-up, nothing left behind.
//!
//! Each seed makes its own tasks, which lock, yield, sleep and give up after a while, and a villain
//! that cancels and kills them. A failure names its seed.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::time::Duration;

use coros::sync::{Condvar, LockError, Mutex, RwLock};
use coros::{Scheduler, call, sleep, spawn, timeout, yield_now};

use crate::common::{OnDrop, scheduler};

/// A small generator (SplitMix64): the seed is the schedule.
#[derive(Clone)]
struct Dice(Rc<Cell<u64>>);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Rc::new(Cell::new(seed)))
    }

    /// A number below `end`.
    fn below(&self, end: u64) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn time(&self) -> Duration {
        Duration::from_millis(self.below(4))
    }

    /// Does nothing, yields or sleeps; what interrupts that is of no interest here.
    fn dawdle(&self) {
        match self.below(4) {
            0 => {}
            1 | 2 => yield_now(),
            _ => drop(sleep(self.time())),
        }
    }

    /// Does `f`, at times with a deadline.
    fn perhaps_in_time<T>(&self, f: impl FnOnce() -> T) -> T {
        if self.below(3) > 0 {
            return f();
        }
        let mut value = None;
        _ = timeout(self.time(), || value = Some(f()));
        value.expect("f was run")
    }
}

/// Runs a scene with each seed, to its end.
fn schedules(seeds: u64, scene: impl Fn(&mut Scheduler, Dice) -> Box<dyn FnOnce()>) {
    for seed in 0..seeds {
        let run = || {
            let mut sched = scheduler();
            let check = scene(&mut sched, Dice::new(seed));
            let report = sched.run().unwrap_or_else(|stuck| panic!("{stuck}"));
            assert_eq!(report.panicked, 0, "see above");
            check();
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(run)) {
            eprintln!("the seed is {seed}");
            resume_unwind(payload);
        }
    }
}

/// Spawns tasks that do `work` a few times, and a villain that cancels and kills some of them.
fn cast(sched: &mut Scheduler, dice: &Dice, work: impl Fn() + Clone + 'static) {
    let dice = dice.clone();
    let main = move || {
        let tasks: Vec<_> = (0..2 + dice.below(5))
            .map(|_| {
                let (dice, work) = (dice.clone(), work.clone());
                spawn(move || {
                    for _ in 0..1 + dice.below(4) {
                        dice.dawdle();
                        work();
                    }
                })
            })
            .collect();
        for _ in 0..dice.below(5) {
            dice.dawdle();
            let victim = &tasks[dice.below(tasks.len() as u64) as usize];
            match dice.below(2) {
                0 => victim.cancel("for fun"),
                _ => drop(victim.kill()),
            }
        }
    };
    sched.spawn(main);
}

/// Who came to wait, in that order: whoever is let in was the first of those who have not given up.
#[derive(Clone, Default)]
struct Line(Rc<RefCell<VecDeque<u64>>>, Rc<Cell<u64>>);

impl Line {
    /// Stands in line while `f` asks. If it is let in, it was its turn. (So few shortcuts are taken that
    /// none has to yield first.)
    fn wait<T>(&self, f: impl FnOnce() -> Result<T, LockError>) -> Result<T, LockError> {
        let Self(line, next) = self;
        let ticket = next.replace(next.get() + 1);
        line.borrow_mut().push_back(ticket);
        let _leave = OnDrop(|| line.borrow_mut().retain(|&other| other != ticket));
        let entered = f();
        if entered.is_ok() {
            assert_eq!(line.borrow().front(), Some(&ticket), "it overtook somebody");
        }
        entered
    }
}

/// Goes in, and says so when it comes out.
fn inside(count: &Rc<Cell<u32>>) -> impl Sized + use<> {
    count.set(count.get() + 1);
    let count = Rc::clone(count);
    OnDrop(move || count.set(count.get() - 1))
}

#[test]
fn a_mutex_excludes_and_keeps_the_order_in_any_schedule() {
    schedules(10_000, |sched, dice| {
        let (mutex, line) = (Mutex::new(()), Line::default());
        let users = Rc::new(Cell::new(0));
        let (held, said) = (mutex.clone(), dice.clone());
        cast(sched, &dice, move || {
            let locked = said.perhaps_in_time(|| {
                held.clear_poison();
                match said.below(2) {
                    // Who gave up in this turn stands in the line, and is not overtaken.
                    0 if held.waiters() == 0 => held.lock(),
                    0 => line.wait(|| held.lock()),
                    _ => line.wait(|| call(held.locking())),
                }
            });
            match locked {
                Ok(_guard) => {
                    let _inside = inside(&users);
                    assert_eq!(users.get(), 1, "it is not alone");
                    said.dawdle();
                }
                Err(LockError::Poisoned | LockError::Interrupted(_)) => {}
                Err(error) => panic!("{error}"),
            }
        });
        Box::new(move || {
            assert_eq!((mutex.waiters(), mutex.is_locked()), (0, false));
            mutex.clear_poison();
            assert!(mutex.try_lock().is_ok());
        })
    });
}

#[test]
fn a_read_write_lock_excludes_and_keeps_the_order_in_any_schedule() {
    schedules(10_000, |sched, dice| {
        let (lock, line) = (RwLock::new(()), Line::default());
        let (readers, writers) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let (held, said) = (lock.clone(), dice.clone());
        cast(sched, &dice, move || {
            let reads = said.below(3) > 0;
            let entered = said.perhaps_in_time(|| {
                held.clear_poison();
                line.wait(|| match reads {
                    true => call(held.reading()).map(|guard| (Some(guard), None)),
                    false => call(held.writing()).map(|guard| (None, Some(guard))),
                })
            });
            match entered {
                Ok(_guard) => {
                    let _inside = inside(if reads { &readers } else { &writers });
                    let alone = (readers.get() == 0) != (writers.get() == 0) && writers.get() < 2;
                    assert!(alone, "{readers:?} read while {writers:?} write");
                    said.dawdle();
                }
                Err(LockError::Poisoned | LockError::Interrupted(_)) => {}
                Err(error) => panic!("{error}"),
            }
        });
        Box::new(move || {
            assert_eq!(
                (lock.waiters(), lock.readers(), lock.is_written()),
                (0, 0, false)
            );
            lock.clear_poison();
            assert!(lock.try_write().is_ok());
        })
    });
}

/// Takers wait for parcels that givers bring; who leaves a parcel notifies one.
#[test]
fn no_notification_is_lost_in_any_schedule() {
    schedules(10_000, |sched, dice| {
        let (belt, bell) = (Mutex::new(0_u32), Condvar::new());
        let (brought, taken) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let theirs = (belt.clone(), bell.clone(), brought.clone(), taken.clone());
        let said = dice.clone();
        cast(sched, &dice, move || {
            let (belt, bell, brought, taken) = &theirs;
            if said.below(2) == 0 {
                if let Ok(mut parcels) = belt.lock() {
                    *parcels += 1;
                    brought.set(brought.get() + 1);
                    bell.notify_one();
                    drop(parcels);
                }
                belt.clear_poison();
                return;
            }
            let took = said.perhaps_in_time(|| -> Result<(), LockError> {
                let mut parcels = bell.wait_while(belt.lock()?, |parcels| *parcels == 0)?;
                *parcels -= 1;
                taken.set(taken.get() + 1);
                Ok(())
            });
            if took == Err(LockError::Poisoned) {
                belt.clear_poison();
            }
        });
        let last = (belt.clone(), bell.clone(), brought.clone());
        sched.spawn(move || {
            let (belt, bell, brought) = last;
            loop {
                // By then all have done what they can; whoever waits still, waits for a parcel.
                sleep(Duration::from_secs(1)).unwrap();
                belt.clear_poison();
                let mut parcels = belt.lock().unwrap();
                if bell.waiters() == 0 {
                    return;
                }
                assert_eq!(*parcels, 0, "they lie there, and {bell:?}");
                *parcels += 1;
                brought.set(brought.get() + 1);
                bell.notify_one();
            }
        });
        Box::new(move || {
            assert_eq!(
                (belt.waiters(), bell.waiters(), belt.is_locked()),
                (0, 0, false)
            );
            belt.clear_poison();
            assert_eq!(*belt.lock().unwrap(), brought.get() - taken.get());
        })
    });
}
