//! Every task is run to its end, none overtakes, and the exits come in order.

use std::cell::RefCell;
use std::rc::Rc;

use coros::{Exit, Task, yield_now};

pub fn grade(run_in_turns: fn(Vec<Task>) -> Vec<Exit>) {
    assert!(run_in_turns(Vec::new()).is_empty(), "no tasks, no exits");

    let said = Rc::new(RefCell::new(String::new()));
    let counts = [('a', 3), ('b', 1), ('c', 2)].map(|(name, count)| {
        let said = Rc::clone(&said);
        Task::new(move || {
            for _ in 0..count {
                said.borrow_mut().push(name);
                yield_now();
            }
        })
    });
    let failing = Task::new(|| std::panic::resume_unwind(Box::new("on purpose")));
    let exits = run_in_turns(counts.into_iter().chain([failing]).collect());

    assert_eq!(*said.borrow(), "abcaca", "a turn each, round and round");
    let failed = Exit::Panicked("on purpose".into());
    let expected = [failed, Exit::Returned, Exit::Returned, Exit::Returned];
    assert_eq!(exits, expected, "the exits, in the order of the ends");
}
