//! Thousands of schedules by chance: no permit too many, no overtaking, no lost wake, nothing left.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::time::Duration;

use coros::sync::{Barrier, CapacityLimiter, Event, Semaphore};
use coros::{JoinHandle, Scheduler, call, sleep, timeout, yield_now};

use crate::common::{Dice, OnDrop, scheduler};

const SEEDS: u64 = 5_000;

/// Lets some time pass, or none but a turn.
fn pause(dice: &Dice) -> bool {
    match dice.below(3) {
        0 => {
            yield_now();
            true
        }
        _ => sleep(Duration::from_millis(dice.below(4))).is_ok(),
    }
}

/// Runs a test with many seeds; one that fails is told.
fn with_seeds(test: impl Fn(u64, &mut Scheduler)) {
    for seed in 0..SEEDS {
        let mut sched = scheduler();
        let tried = catch_unwind(AssertUnwindSafe(|| test(seed, &mut sched)));
        tried.unwrap_or_else(|payload| {
            eprintln!("the seed is {seed}");
            resume_unwind(payload)
        });
    }
}

/// What is known of a gate from outside.
#[derive(Default)]
struct Model {
    /// Those who wait, by their tickets.
    line: RefCell<Vec<u64>>,
    tickets: Cell<u64>,
    out: Cell<usize>,
    /// What went wrong first.
    wrong: RefCell<Option<String>>,
}

/// What lends permits.
#[derive(Clone)]
enum Gate {
    Semaphore(Semaphore, Rc<Cell<usize>>),
    /// With how many may be lent: one that has shrunk lends none until enough are back.
    Limiter(CapacityLimiter, Rc<Cell<usize>>),
}

impl Gate {
    fn limit(&self) -> usize {
        match self {
            Self::Semaphore(_, total) => total.get(),
            Self::Limiter(_, most) => most.get(),
        }
    }

    /// Waits for permits by the call itself, so that it is in the line when it says so.
    fn pass(&self, count: usize) -> Option<Box<dyn Any>> {
        Some(match self {
            Self::Semaphore(sem, _) => Box::new(call(sem.acquiring_many(count)).ok()?),
            Self::Limiter(limiter, _) => Box::new(call(limiter.acquiring()).ok()?),
        })
    }

    fn resize(&self, chance: &Dice) {
        match self {
            Self::Semaphore(sem, total) if chance.below(4) == 0 => {
                total.set(total.get() + 1);
                sem.release(1);
            }
            Self::Semaphore(..) => {}
            Self::Limiter(limiter, most) => {
                limiter.set_capacity(chance.below(4) as usize);
                most.set(limiter.capacity().max(limiter.borrowed()));
            }
        }
    }
}

/// Stands in line, holds what it gets for a while, and gives it back, whatever happens.
fn visit(gate: &Gate, model: &Rc<Model>, chance: &Dice) -> bool {
    let count = match gate {
        Gate::Semaphore(_, total) => 1 + chance.below(total.get() as u64) as usize,
        Gate::Limiter(..) => 1,
    };
    let ticket = model.tickets.get();
    model.tickets.set(ticket + 1);
    model.line.borrow_mut().push(ticket);
    let left = Rc::clone(model);
    let in_line = OnDrop(move || left.line.borrow_mut().retain(|&other| other != ticket));
    let Some(permit) = gate.pass(count) else {
        return false;
    };
    let first = model.line.borrow()[0];
    drop(in_line);
    model.out.set(model.out.get() + count);
    let back = Rc::clone(model);
    let _out = OnDrop(move || back.out.set(back.out.get() - count));
    if first != ticket {
        let told = format!("{ticket} has overtaken {first}");
        model.wrong.borrow_mut().get_or_insert(told);
    }
    if model.out.get() > gate.limit() {
        let told = format!("{} of {} are lent", model.out.get(), gate.limit());
        model.wrong.borrow_mut().get_or_insert(told);
    }
    let _permit = permit;
    chance.below(4) == 0 || pause(chance)
}

fn visitor(sched: &mut Scheduler, gate: &Gate, model: &Rc<Model>, seed: u64) -> JoinHandle<()> {
    let (gate, model) = (gate.clone(), Rc::clone(model));
    sched.spawn(move || {
        let chance = Dice::new(seed);
        for _ in 0..1 + chance.below(6) {
            let limit = Duration::from_millis(chance.below(5));
            match chance.below(3) {
                0 => _ = timeout(limit, || visit(&gate, &model, &chance)),
                _ if !visit(&gate, &model, &chance) => return,
                _ => {}
            }
            pause(&chance);
        }
    })
}

/// Cancels and kills at random, several in one step at times.
fn trouble(
    sched: &mut Scheduler,
    tasks: Vec<JoinHandle<()>>,
    seed: u64,
    also: impl Fn(&Dice) + 'static,
) {
    sched.spawn(move || {
        let chance = Dice::new(!seed);
        for _ in 0..chance.below(12) {
            let victim = &tasks[chance.below(tasks.len() as u64) as usize];
            match chance.below(6) {
                0 => victim.cancel("by chance"),
                1 => _ = victim.kill(),
                _ => also(&chance),
            }
            if chance.below(3) > 0 {
                pause(&chance);
            }
        }
    });
}

fn try_gate(seed: u64, sched: &mut Scheduler, gate: &Gate) {
    let model = Rc::new(Model::default());
    let tasks = 2 + Dice::new(seed).below(6);
    let visitors: Vec<_> = (0..tasks)
        .map(|task| visitor(sched, gate, &model, seed * 64 + task))
        .collect();
    let resized = gate.clone();
    trouble(sched, visitors, seed, move |chance| resized.resize(chance));
    let (mended, all) = (gate.clone(), Duration::from_secs(1));
    sched.spawn(move || {
        // Nobody waits for ever for what is not there: at last there is enough.
        sleep(all).unwrap();
        if let Gate::Limiter(limiter, most) = &mended {
            most.set(3);
            limiter.set_capacity(3);
        }
    });
    sched.run().expect("no wake is lost");
    assert_eq!(model.wrong.take(), None);
    assert!(model.line.borrow().is_empty() && model.out.get() == 0);
}

#[test]
fn a_semaphore_keeps_its_promises_in_any_schedule() {
    with_seeds(|seed, sched| {
        let total = 1 + Dice::new(seed).below(4) as usize;
        let (sem, total) = (Semaphore::new(total), Rc::new(Cell::new(total)));
        try_gate(
            seed,
            sched,
            &Gate::Semaphore(sem.clone(), Rc::clone(&total)),
        );
        assert_eq!((sem.available(), sem.waiters()), (total.get(), 0));
    });
}

#[test]
fn a_limiter_keeps_its_promises_in_any_schedule() {
    with_seeds(|seed, sched| {
        let most = Dice::new(seed).below(4) as usize;
        let limiter = CapacityLimiter::new(most);
        let gate = Gate::Limiter(limiter.clone(), Rc::new(Cell::new(most)));
        try_gate(seed, sched, &gate);
        assert_eq!((limiter.borrowed(), limiter.waiters()), (0, 0));
    });
}

/// Counts, for each place of arrival, who has passed a barrier from it.
fn party(
    sched: &mut Scheduler,
    barrier: &Barrier,
    passed: &Rc<RefCell<Vec<i32>>>,
    seed: u64,
) -> JoinHandle<()> {
    let (barrier, passed) = (barrier.clone(), Rc::clone(passed));
    sched.spawn(move || {
        let chance = Dice::new(seed);
        for _ in 0..1 + chance.below(6) {
            let limit = Duration::from_millis(1 + chance.below(9));
            let wait = || {
                if let Ok(result) = barrier.wait() {
                    passed.borrow_mut()[result.index()] += 1;
                }
            };
            match chance.below(3) {
                0 => _ = timeout(limit, wait),
                _ => wait(),
            }
            pause(&chance);
        }
    })
}

#[test]
fn a_barrier_lets_all_parties_of_a_round_pass_or_none_in_any_schedule() {
    with_seeds(|seed, sched| {
        let parties = 1 + Dice::new(seed).below(4) as usize;
        let (barrier, passed) = (
            Barrier::new(parties),
            Rc::new(RefCell::new(vec![0; parties])),
        );
        let tasks: Vec<_> = (0..parties as u64 + seed % 3)
            .map(|task| party(sched, &barrier, &passed, seed * 64 + task))
            .collect();
        let (ends, mended) = (barrier.clone(), barrier.clone());
        trouble(sched, tasks, seed, move |chance| match chance.below(3) {
            0 => mended.abort(),
            _ => mended.reset(),
        });
        sched.spawn(move || {
            sleep(Duration::from_secs(1)).unwrap();
            ends.abort();
        });
        sched.run().expect("no wake is lost");
        // One that is killed after its round has passed cannot say so.
        let killed = i32::try_from(sched.report().killed).unwrap();
        let passed = passed.borrow();
        let spread = passed.iter().max().unwrap() - passed.iter().min().unwrap();
        assert!(spread <= killed, "{passed:?}, {killed} killed");
        assert_eq!(barrier.waiting(), 0);
    });
}

#[test]
fn an_event_wakes_those_who_waited_when_it_was_set_in_any_schedule() {
    with_seeds(|seed, sched| {
        let (event, sets) = (Event::new(), Rc::new(Cell::new(0)));
        let early = Rc::new(Cell::new(0));
        let tasks: Vec<_> = (0..2 + seed % 5)
            .map(|task| {
                let (event, sets, early) = (event.clone(), Rc::clone(&sets), Rc::clone(&early));
                sched.spawn(move || {
                    let chance = Dice::new(seed * 64 + task);
                    for _ in 0..1 + chance.below(6) {
                        let (was_set, before) = (event.is_set(), sets.get());
                        let limit = Duration::from_millis(chance.below(5));
                        let woken = match chance.below(3) {
                            0 => timeout(limit, || call(event.waiting())) == Ok(Ok(())),
                            _ => call(event.waiting()).is_ok(),
                        };
                        let meant = was_set || sets.get() > before;
                        early.set(early.get() + u32::from(woken && !meant));
                        pause(&chance);
                    }
                })
            })
            .collect();
        let (shared, counted) = (event.clone(), Rc::clone(&sets));
        trouble(sched, tasks, seed, move |chance| match chance.below(2) {
            0 => shared.clear(),
            _ => {
                counted.set(counted.get() + u32::from(!shared.is_set()));
                shared.set();
            }
        });
        let last = event.clone();
        sched.spawn(move || {
            sleep(Duration::from_secs(1)).unwrap();
            sets.set(sets.get() + 1);
            last.set();
        });
        sched.run().expect("no wake is lost");
        assert_eq!((early.get(), event.waiters()), (0, 0));
    });
}
