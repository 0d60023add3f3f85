//! A policy can go through all interleavings of a program: there are as many as combinatorics says.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Pick, Policy, Runnable};
use coros::{Clock, Scheduler, Tid, yield_now};

/// The choices of one run: at each pick, which of how many.
#[derive(Clone, Default)]
struct Choices(Rc<RefCell<Vec<(usize, usize)>>>);

impl Choices {
    /// Goes on to the next run, depth first; says whether there is one.
    fn advance(&self) -> bool {
        let mut choices = self.0.borrow_mut();
        while let Some((chosen, of)) = choices.pop() {
            if chosen + 1 < of {
                choices.push((chosen + 1, of));
                return true;
            }
        }
        false
    }
}

/// Picks what the choices say, and the first where they say nothing yet.
struct Exhaustive {
    ready: Vec<Tid>,
    choices: Choices,
    picks: usize,
}

impl Policy for Exhaustive {
    fn name(&self) -> Cow<'static, str> {
        "exhaustive".into()
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        self.ready.push(task);
        self.ready.sort_unstable();
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.retain(|ready| *ready != task);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        if self.ready.is_empty() {
            return None;
        }
        let mut choices = self.choices.0.borrow_mut();
        if choices.len() == self.picks {
            choices.push((0, self.ready.len()));
        }
        let (chosen, of) = choices[self.picks];
        assert_eq!(
            of,
            self.ready.len(),
            "the same choices lead to the same place"
        );
        self.picks += 1;
        let task = self.ready.remove(chosen);
        Some(Pick { task, slice: None })
    }
}

/// Runs a program in all its interleavings; says how many there are.
fn explore(mut fill: impl FnMut(&mut Scheduler), mut check: impl FnMut()) -> usize {
    let choices = Choices::default();
    let mut runs = 0;
    loop {
        let mut sched = Scheduler::builder()
            .clock(Clock::Virtual)
            .policy(Exhaustive {
                ready: Vec::new(),
                choices: choices.clone(),
                picks: 0,
            })
            .build();
        fill(&mut sched);
        let report = sched.run().unwrap();
        assert_eq!(report.policies_dropped, 0);
        check();
        runs += 1;
        if !choices.advance() {
            return runs;
        }
    }
}

/// How many interleavings there are of so many tasks with so many turns each.
fn interleavings(tasks: usize, turns: usize) -> usize {
    let fill = |sched: &mut Scheduler| {
        for _ in 0..tasks {
            sched.spawn(move || (1..turns).for_each(|_| yield_now()));
        }
    };
    explore(fill, || ())
}

#[test]
fn there_are_as_many_interleavings_as_combinatorics_says() {
    assert_eq!(interleavings(2, 3), 20);
    assert_eq!(interleavings(2, 5), 252);
    assert_eq!(interleavings(3, 2), 90);
    assert_eq!(interleavings(3, 3), 1_680);
}

#[test]
fn four_of_the_six_ways_to_add_twice_lose_an_update() {
    let account = Rc::new(Cell::new(0));
    let wrong = Cell::new(0);
    let fill = |sched: &mut Scheduler| {
        account.set(0);
        for _ in 0..2 {
            let account = Rc::clone(&account);
            sched.spawn(move || {
                let read = account.get();
                yield_now();
                account.set(read + 1);
            });
        }
    };
    let check = || wrong.set(wrong.get() + u32::from(account.get() != 2));
    assert_eq!((explore(fill, check), wrong.get()), (6, 4));
}
