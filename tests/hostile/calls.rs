//! Calls of one's own, however badly written, harm nobody but their callers.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use coros::syscall::WaitTask;
use coros::{
    Answer, Builder, Exit, Interrupted, Kernel, Scheduler, SystemCall, Task, Tid, WaitList, call,
};

use crate::common::{Log, OnDrop, scheduler, seconds};

/// Kills the next one when it is broken off.
struct Domino(Rc<RefCell<Vec<Tid>>>);

impl SystemCall for Domino {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        Answer::Wait
    }
    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, _: Interrupted) {
        let next = self.0.borrow_mut().pop();
        next.into_iter().for_each(|next| kernel.kill(next).unwrap());
    }
}

#[test]
fn a_long_chain_of_kills_does_not_exhaust_the_loops_stack() {
    let mut sched = scheduler();
    let row: Rc<RefCell<Vec<Tid>>> = Rc::default();
    for _ in 0..20_000 {
        let rest = Rc::clone(&row);
        let tid = sched.spawn(move || call(Domino(rest))).tid();
        row.borrow_mut().push(tid);
    }
    sched.run().unwrap_err();
    let first = row.borrow_mut().pop().unwrap();
    sched.kill(first).unwrap();
    assert_eq!(sched.run().unwrap().killed, 20_000);
}

/// Waits for the list, and passes its place on by waking whoever is first there.
struct Careless<'l>(&'l WaitList);

impl SystemCall for Careless<'_> {
    type Reply = Result<(), Interrupted>;
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if kernel.woken(caller) {
            return Answer::Done(Ok(()));
        }
        kernel.park(caller, self.0);
        Answer::Wait
    }
    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        kernel.wake_one(self.0);
        Err(why)
    }
}

#[test]
fn a_call_that_is_broken_off_has_left_its_list_and_wakes_the_next() {
    let mut sched = scheduler();
    let list = WaitList::new();
    let (one, other) = (list.clone(), list.clone());
    let first = sched.spawn(move || call(Careless(&one)).is_ok());
    let second = sched.spawn(move || call(Careless(&other)).is_ok());
    sched.step().unwrap();
    sched.step().unwrap();
    sched.kill(first.tid()).unwrap();
    sched.run().unwrap();
    assert!(second.join().unwrap());
}

/// Waits in the outer scheduler while it is served by the inner.
struct OuterSleep;

impl SystemCall for OuterSleep {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        coros::sleep(seconds(1)).unwrap();
        Answer::Done(())
    }
}

#[test]
fn a_kill_of_the_outer_task_does_not_lose_the_inner_one() {
    let log = Log::new();
    let inner = Rc::new(RefCell::new(scheduler()));
    let told = log.clone();
    inner.borrow_mut().spawn(move || {
        call(OuterSleep);
        told.say("the inner task is done");
    });
    let mut outer = scheduler();
    let (first, second) = (Rc::clone(&inner), Rc::clone(&inner));
    let victim = outer.spawn(move || drop(first.borrow_mut().run()));
    outer.step().unwrap();
    outer.kill(victim.tid()).unwrap();
    outer.spawn(move || second.borrow_mut().run().map(drop));
    outer.run().unwrap();
    assert_eq!(log.take(), ["the inner task is done"]);
}

struct Either(Tid, Tid);

impl SystemCall for Either {
    type Reply = (Tid, Exit);
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        for tid in [self.0, self.1] {
            if let Answer::Done(exit) = WaitTask(tid).serve(kernel, caller) {
                return Answer::Done((tid, exit.unwrap()));
            }
        }
        Answer::Wait
    }
    fn abandon(&mut self, _: &mut Kernel, caller: Tid, _: Interrupted) -> Self::Reply {
        (caller, Exit::Killed)
    }
}

#[test]
fn an_exit_is_never_told_as_another_tasks() {
    let mut sched = scheduler();
    let slow = sched.spawn(|| coros::sleep(seconds(100)).unwrap()).tid();
    let fast = sched.spawn(|| coros::sleep(seconds(1)).unwrap()).tid();
    let told = sched.spawn(move || call(Either(slow, fast)));
    sched.run().unwrap();
    assert_eq!(told.join().unwrap(), (fast, Exit::Returned));
}

/// Panics where no scheduler serves.
struct PanicsAlone;

impl SystemCall for PanicsAlone {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        Answer::Done(())
    }
    fn serve_alone(&mut self) -> Option<()> {
        panic!("alone")
    }
}

#[test]
fn a_call_that_panics_by_hand_panics_in_its_task() {
    let mut task = Task::new(|| call(PanicsAlone));
    let ended = coros::task::Ran::Ended(Exit::Panicked("alone".into()));
    assert_eq!((task.run(), task.run()), (ended.clone(), ended));
}

#[test]
fn a_spawn_refused_in_a_destructor_gives_the_handle_of_nobody() {
    let mut sched = Scheduler::builder().stack_size(1).build();
    let told = Rc::new(Cell::new(false));
    let seen = Rc::clone(&told);
    let large = Builder::new().stack_size(256 << 10);
    let body = move || {
        let _last = OnDrop(move || seen.set(coros::spawn(|| ()).is_finished()));
        panic!("first");
    };
    sched.spawn_with(large, body).unwrap();
    sched.run().unwrap();
    assert!(told.get());
}
