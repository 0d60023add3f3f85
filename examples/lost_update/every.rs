//! Every schedule of a program: a policy that goes another way each time.
//!
//! Wherever several tasks are ready, a run has a choice. The first run takes the first task each time;
//! each later run changes the last choice that can still be changed, and what comes after it is open
//! again. (So VeriSoft searched the schedules of C programs in 1997, and CHESS those of threads in 2008.)

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Pick, Policy, Runnable};
use coros::{Clock, Scheduler, Tid};

/// A choice: who was taken, of whom.
struct Choice {
    taken: usize,
    ready: Vec<Tid>,
}

/// Goes through all schedules of a program, which must do nothing else by chance.
pub struct Every {
    choices: Rc<RefCell<Vec<Choice>>>,
    begun: bool,
}

impl Every {
    pub fn new() -> Self {
        Self {
            choices: Rc::default(),
            begun: false,
        }
    }

    /// A scheduler for the next run; `None` when all have been.
    pub fn next_schedule(&mut self) -> Option<Scheduler> {
        if self.begun && !self.change_a_choice() {
            return None;
        }
        self.begun = true;
        let policy = Path {
            choices: Rc::clone(&self.choices),
            ready: Vec::new(),
            picks: 0,
        };
        let builder = Scheduler::builder().clock(Clock::Virtual);
        Some(builder.policy(policy).build())
    }

    fn change_a_choice(&self) -> bool {
        let mut choices = self.choices.borrow_mut();
        while let Some(mut last) = choices.pop() {
            last.taken += 1;
            if last.taken < last.ready.len() {
                choices.push(last);
                return true;
            }
        }
        false
    }

    /// Who had the turns of the last run: a letter for each, `A` for task 1.
    pub fn turns(&self) -> String {
        let letter = |choice: &Choice| {
            let number = choice.ready[choice.taken].number();
            char::from(b'A' + (number - 1) as u8)
        };
        self.choices.borrow().iter().map(letter).collect()
    }
}

/// Picks as was chosen; where nothing is chosen yet, the task with the lowest number.
struct Path {
    choices: Rc<RefCell<Vec<Choice>>>,
    ready: Vec<Tid>,
    picks: usize,
}

impl Policy for Path {
    fn name(&self) -> Cow<'static, str> {
        "every".into()
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
        let mut choices = self.choices.borrow_mut();
        if choices.len() == self.picks {
            let ready = self.ready.clone();
            choices.push(Choice { taken: 0, ready });
        }
        let task = self.ready.remove(choices[self.picks].taken);
        self.picks += 1;
        Some(Pick { task, slice: None })
    }
}
