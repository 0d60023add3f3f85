//! What a task returned or threw is kept for its handle, whatever its destructors do.

use std::cell::{Cell, RefCell};
use std::panic::panic_any;
use std::rc::Rc;
use std::time::Duration;

use coros::{JoinError, JoinHandle, Scheduler, group, run, sleep, spawn, task_local};

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("boom");
    }
}

task_local! {
    static BOMB: Bomb = Bomb;
}

/// Looks at its own task's handle as it is dropped, and then at itself.
struct Nosy {
    numbers: [Box<u64>; 7],
    handle: Rc<RefCell<Option<JoinHandle<Nosy>>>>,
    seen: Rc<RefCell<Vec<String>>>,
}

impl Drop for Nosy {
    fn drop(&mut self) {
        let handle = self.handle.take();
        let sum: u64 = self.numbers.iter().map(|number| **number).sum();
        let seen = format!("{} {sum}", handle.is_some());
        self.seen.borrow_mut().push(seen);
    }
}

#[test]
fn a_value_whose_task_panics_afterwards_is_dropped_with_the_handle() {
    let (handle, seen) = (Rc::default(), Rc::default());
    let mut sched = Scheduler::new();
    let (kept, told) = (Rc::clone(&handle), Rc::clone(&seen));
    let task = sched.spawn(move || {
        BOMB.with(|_| ());
        Nosy {
            numbers: [0, 1, 2, 3, 4, 5, 6].map(Box::new),
            handle: kept,
            seen: told,
        }
    });
    sched.run().unwrap();
    assert!(seen.borrow().is_empty(), "the handle is there");
    let Err(JoinError::Panicked(panic)) = task.join() else {
        panic!("its task-local value panicked");
    };
    assert_eq!(panic.message(), "boom");
    assert!(panic.into_payload().is::<&str>());
    assert!(format!("{task:?}").contains("boom"), "the words stay");
    handle.replace(Some(task));
    drop(handle.take());
    assert_eq!(*seen.borrow(), ["false 21"]);
}

#[test]
fn a_look_at_the_handle_while_the_value_is_dropped_finds_it_whole() {
    let (handle, seen): (Rc<RefCell<Option<JoinHandle<Nosy>>>>, _) = (Rc::default(), Rc::default());
    let mut sched = Scheduler::new();
    let (kept, told) = (Rc::clone(&handle), Rc::clone(&seen));
    let task = sched.spawn(move || Nosy {
        numbers: [1, 1, 1, 1, 1, 1, 1].map(Box::new),
        handle: kept,
        seen: told,
    });
    handle.replace(Some(task));
    sched.run().unwrap();
    let taken = handle.borrow().as_ref().map(JoinHandle::join);
    drop(taken);
    assert_eq!(*seen.borrow(), ["true 7"]);
}

/// Sleeps as it is dropped.
struct Sleepy;

impl Drop for Sleepy {
    fn drop(&mut self) {
        _ = sleep(Duration::from_secs(1));
    }
}

#[test]
fn a_group_ends_though_its_loop_is_killed_while_a_payload_is_dropped() {
    let is_over = Rc::new(Cell::new(false));
    let inner = Rc::new(RefCell::new(Scheduler::new()));
    let over = Rc::clone(&is_over);
    inner.borrow_mut().spawn(move || {
        let failed = group(|g| drop(g.spawn(|| -> () { panic_any(Sleepy) })));
        over.set(failed.is_err());
    });
    let runs = Rc::clone(&inner);
    run(move || {
        let outer = spawn(move || _ = runs.borrow_mut().run());
        sleep(Duration::from_millis(10)).unwrap();
        outer.kill().unwrap();
    })
    .unwrap();
    inner.borrow_mut().run().unwrap();
    assert!(is_over.get());
}
