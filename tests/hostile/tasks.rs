//! Hostile but safe code cannot abort the process, hang a run, lose a task or harm a bystander.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{catch_unwind, resume_unwind};
use std::rc::Rc;
use std::thread::panicking;

use coros::syscall::GetTid;
use coros::{Answer, Kernel, SystemCall, Tid, call, yield_now};

use crate::common::{OnDrop, scheduler};

type Stolen = Rc<RefCell<Option<Box<dyn Any + Send>>>>;

/// The payload of a kill, as `catch_unwind` hands it to the victim.
fn steal() -> Stolen {
    let stolen = Stolen::default();
    let hands = Rc::clone(&stolen);
    let mut sched = scheduler();
    sched.spawn(move || *hands.borrow_mut() = catch_unwind(yield_now).err());
    sched.step().unwrap();
    drop(sched);
    assert!(stolen.borrow().is_some());
    stolen
}

#[test]
fn a_stolen_kill_thrown_in_another_task_is_a_panic_like_any_other() {
    let stolen = steal();
    let mut sched = scheduler();
    sched.spawn(move || resume_unwind(stolen.take().unwrap()));
    let report = sched.run().unwrap();
    assert_eq!((report.killed, report.panicked), (0, 1));
}

/// Throws what it was given while it is served.
struct Throws(Stolen);

impl SystemCall for Throws {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        resume_unwind(self.0.take().unwrap())
    }
}

#[test]
fn a_stolen_kill_thrown_by_a_call_stays_with_its_caller() {
    let stolen = steal();
    let mut sched = scheduler();
    sched.spawn(move || call(Throws(stolen)));
    assert_eq!(sched.run().unwrap().panicked, 1);
}

#[test]
fn a_forgotten_kill_does_not_keep_a_scheduler_from_being_dropped() {
    let unwound = catch_unwind(|| {
        let mut sched = scheduler();
        sched.spawn(|| {
            if let Err(kill) = catch_unwind(yield_now) {
                std::mem::forget(kill);
            }
            loop {
                yield_now();
            }
        });
        sched.step().unwrap();
        panic!("while the scheduler lives");
    });
    assert!(unwound.is_err() && !panicking());
}

#[test]
fn a_task_that_caught_its_kill_may_panic_and_clean_up_while_the_thread_unwinds() {
    let unwound = catch_unwind(|| {
        let mut sched = scheduler();
        sched.spawn(|| {
            let _ = catch_unwind(yield_now);
            (0..1_000).for_each(|_| yield_now());
            let _cleanup = OnDrop(|| _ = call(GetTid));
            panic!("of its own");
        });
        sched.step().unwrap();
        panic!("while the scheduler lives");
    });
    assert!(unwound.is_err() && !panicking());
}

fn leave_an_heir(count: Rc<Cell<u64>>) {
    count.set(count.get() + 1);
    let heirs = Rc::clone(&count);
    let last_will = OnDrop(move || leave_an_heir(Rc::clone(&heirs)));
    let heir = coros::spawn(move || {
        let _last_will = last_will;
        loop {
            yield_now();
        }
    });
    let _ = heir.kill();
}

#[test]
fn a_line_of_heirs_that_kill_each_other_comes_to_an_end() {
    let count = Rc::new(Cell::new(0));
    let heirs = Rc::clone(&count);
    let mut sched = scheduler();
    sched.spawn(move || {
        let _last_will = OnDrop(move || leave_an_heir(Rc::clone(&heirs)));
        yield_now();
    });
    sched.step().unwrap();
    drop(sched);
    assert!(count.get() < 1_000, "{} heirs", count.get());
}
