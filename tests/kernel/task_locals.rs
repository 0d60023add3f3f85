//! Task-local values: one for each task, and dropped with it.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use coros::sync::Event;
use coros::syscall::{GetTid, NewTask};
use coros::task::{Exit, JoinError, Ran};
use coros::{Task, call, sleep, spawn, task_local, yield_now};

use crate::common::{self, Log, OnDrop, park_for_ever, run, scheduler};

type Last = RefCell<Vec<Box<dyn FnOnce()>>>;

/// Does something when its task ends.
#[derive(Default)]
struct AtEnd(Last);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(|last| last());
    }
}

impl AtEnd {
    fn push(&self, last: impl FnOnce() + 'static) {
        self.0.borrow_mut().push(Box::new(last));
    }
}

task_local! {
    /// Counts.
    pub static COUNT: Cell<u32> = Cell::new(1);
    static WORDS: RefCell<Vec<&'static str>> = RefCell::default();
    static FIRST: AtEnd = AtEnd::default();
    static SECOND: AtEnd = AtEnd::default();
}

#[test]
fn each_task_has_its_own() {
    run(|| {
        let tasks = [10, 20, 30].map(|value| {
            spawn(move || {
                assert_eq!(COUNT.replace(value), 1);
                yield_now();
                COUNT.set(COUNT.get() + 1);
                yield_now();
                COUNT.take()
            })
        });
        assert_eq!(tasks.map(|task| task.join().unwrap()), [11, 21, 31]);
        assert_eq!(COUNT.get(), 1);
        WORDS.with_borrow_mut(|words| words.push("mine"));
        assert_eq!(spawn(|| WORDS.with_borrow(Vec::len)).join().unwrap(), 0);
        assert_eq!(
            (WORDS.replace(vec!["new"]), WORDS.take()),
            (vec!["mine"], vec!["new"])
        );
    });
}

#[test]
fn values_are_dropped_at_the_end_on_the_tasks_own_stack_the_last_made_first() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let task = spawn({
            let said = said.clone();
            move || {
                let _local = said.on_drop("local");
                let tid = call(GetTid);
                for (value, name) in [(&FIRST, "first"), (&SECOND, "second")] {
                    let said = said.clone();
                    value.with(|at_end| {
                        at_end.push(move || {
                            assert_eq!(call(GetTid), tid);
                            yield_now();
                            said.say(name);
                        });
                    });
                }
            }
        });
        task.join().unwrap();
        said.say("joined");
    });
    assert_eq!(log.take(), ["local", "second", "first", "joined"]);
}

#[test]
fn values_of_a_killed_task_are_dropped_as_it_unwinds() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let task = spawn({
            let said = said.clone();
            move || {
                let tid = call(GetTid);
                FIRST.with(|at_end| {
                    at_end.push(move || {
                        assert_eq!(call(GetTid), tid);
                        assert!(sleep(common::seconds(1)).is_err(), "it never suspends now");
                        said.say("dropped");
                    });
                });
                park_for_ever();
            }
        });
        yield_now();
        yield_now();
        task.kill().unwrap();
        said.say("killed");
    });
    assert_eq!(log.take(), ["dropped", "killed"]);
}

#[test]
fn values_of_a_task_that_panics_are_dropped() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let task = spawn(move || {
            FIRST.with(|at_end| at_end.push(move || said.say("dropped")));
            panic!("ouch");
        });
        assert!(matches!(task.join(), Err(JoinError::Panicked(_))));
    });
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn values_of_a_task_that_was_killed_before_it_began_are_dropped() {
    let log = Log::new();
    let said = log.clone();
    let mut sched = scheduler();
    let captured = OnDrop(move || {
        let said = said.clone();
        FIRST.with(|at_end| at_end.push(move || said.say("dropped")));
    });
    let task = sched.spawn(move || drop(captured));
    sched.kill(task.tid()).unwrap();
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn a_value_that_panics_as_it_is_dropped_ends_its_task_and_spares_the_others() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let task = spawn(move || {
            FIRST.with(|at_end| at_end.push(move || said.say("first")));
            SECOND.with(|at_end| at_end.push(|| panic!("second")));
        });
        match task.join() {
            Err(JoinError::Panicked(panic)) => assert_eq!(panic.message(), "second"),
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(log.take(), ["first"]);
}

#[test]
fn a_value_that_panics_while_its_task_unwinds_spares_the_others() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let task = spawn(move || {
            FIRST.with(|at_end| at_end.push(move || said.say("first")));
            SECOND.with(|at_end| at_end.push(|| panic!("second")));
            park_for_ever();
        });
        yield_now();
        task.kill().unwrap();
        assert!(matches!(task.join(), Err(JoinError::Killed(_))));
    });
    assert_eq!(log.take(), ["first"]);
}

#[test]
fn a_task_killed_while_a_value_waits_in_its_destructor_ends_as_killed() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let task = spawn(move || {
            FIRST.with(|at_end| at_end.push(move || said.say("first")));
            SECOND.with(|at_end| at_end.push(park_for_ever));
        });
        yield_now();
        task.kill().unwrap();
        assert!(matches!(task.join(), Err(JoinError::Killed(_))));
    });
    assert_eq!(log.take(), ["first"]);
}

#[test]
fn a_value_made_anew_by_another_as_it_is_dropped_is_dropped_too() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let task = spawn(move || {
            FIRST.with(|at_end| {
                at_end.push(move || {
                    SECOND.with(|at_end| at_end.push(move || said.say("second")));
                });
            });
        });
        task.join().unwrap();
    });
    assert_eq!(log.take(), ["second"]);
}

#[test]
fn a_value_that_always_makes_itself_anew_is_given_up() {
    fn again() {
        FIRST.with(|at_end| at_end.push(again));
    }
    run(|| spawn(again).join().unwrap());
}

#[test]
fn an_initialiser_may_wait_and_use_other_values() {
    task_local! {
        static SLOW: u32 = {
            yield_now();
            COUNT.get() + 1
        };
    }
    assert_eq!(run(|| SLOW.with(|slow| *slow)), 2);
}

#[test]
fn an_initialiser_that_panics_is_tried_again() {
    task_local!(static PICKY: u32 = if COUNT.get() == 1 { panic!("not now") } else { 5 });
    run(|| {
        assert!(catch_unwind(|| PICKY.with(|_| ())).is_err());
        COUNT.set(2);
        assert_eq!(PICKY.with(|picky| *picky), 5);
    });
}

#[test]
fn an_initialiser_that_asks_for_its_own_value_panics() {
    task_local!(static SELF: u32 = SELF.with(|value| *value));
    run(|| {
        let task = spawn(|| SELF.with(|_| ()));
        match task.join() {
            Err(JoinError::Panicked(panic)) => {
                assert!(
                    panic.message().contains("by its own initialiser"),
                    "{panic:?}"
                );
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_task_made_by_hand_for_a_scheduler_has_values_and_drops_them() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        call(NewTask::new(move || {
            FIRST.with(|at_end| at_end.push(move || said.say("dropped")));
        }));
    });
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn outside_a_task_there_is_none() {
    let caught = catch_unwind(AssertUnwindSafe(|| COUNT.get())).unwrap_err();
    let message = caught.downcast_ref::<String>().unwrap();
    assert!(
        message.starts_with("a task-local value outside a task"),
        "{message}"
    );
    assert!(COUNT.try_with(|_| ()).is_err());
    let mut by_hand = Task::new(|| COUNT.set(3));
    assert!(matches!(by_hand.run(), Ran::Ended(Exit::Panicked(_))));
}

/// Sets a thread-local for as long as it lives, as scoped thread-locals and entered spans do.
struct Entered(u32);

thread_local! {
    static ENTERED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

impl Entered {
    fn new(value: u32) -> Self {
        Self(ENTERED.replace(value))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        ENTERED.set(self.0);
    }
}

/// What the limits of the crate warn of: such a block must not wait.
#[test]
fn a_thread_local_that_is_set_for_a_block_is_seen_by_other_tasks_and_outlives_it() {
    run(|| {
        let both_inside = Event::new();
        let wait = both_inside.clone();
        let first = spawn(move || {
            let _entered = Entered::new(1);
            wait.wait().unwrap();
            assert_eq!(ENTERED.get(), 2, "another task's");
        });
        yield_now();
        let second = spawn(move || {
            let _entered = Entered::new(2);
            both_inside.set();
            first.join().unwrap();
            assert_eq!(ENTERED.get(), 0, "gone, though the block goes on");
        });
        second.join().unwrap();
        assert_eq!(ENTERED.get(), 1, "of a task that has ended");
    });
}
