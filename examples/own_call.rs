//! A system call of one's own: a gate for two at a time.
//!
//! `Enter` waits: it parks its caller in the gate's queue, and is served again when that is woken.
//! `Leave` hands its place to the task that has waited longest. Should a task be killed between the two,
//! with the place granted and not yet taken, `abandon` passes the place on: none is ever lost.

use std::cell::Cell;
use std::rc::Rc;

use coros::syscall::{GetTid, KillTask};
use coros::{
    Answer, Interrupted, Kernel, RunError, SystemCall, Tid, WaitList, call, run, spawn, yield_now,
};

struct Gate {
    places: Cell<u32>,
    queue: WaitList,
}

/// Waits until there is a place inside.
struct Enter<'g>(&'g Gate);

/// Gives the place back.
struct Leave<'g>(&'g Gate);

impl Gate {
    /// Hands a place to the task that has waited longest, or keeps it free.
    fn pass_on(&self, kernel: &mut Kernel) {
        match kernel.wake_one(&self.queue) {
            Some(next) => println!("gate: the place goes to task {next}"),
            None => {
                println!("gate: the place is free");
                self.places.set(self.places.get() + 1);
            }
        }
    }
}

impl SystemCall for Enter<'_> {
    type Reply = Result<(), Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if kernel.woken(caller) {
            return Answer::Done(Ok(()));
        }
        let Some(left) = self.0.places.get().checked_sub(1) else {
            kernel.park(caller, &self.0.queue);
            return Answer::Wait;
        };
        self.0.places.set(left);
        Answer::Done(Ok(()))
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        if kernel.woken(caller) {
            println!("task {caller}: killed before I could enter");
            self.0.pass_on(kernel);
        } else {
            println!("task {caller}: killed in the queue");
        }
        Err(why)
    }
}

impl SystemCall for Leave<'_> {
    type Reply = ();

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<()> {
        self.0.pass_on(kernel);
        Answer::Done(())
    }
}

fn visit(gate: &Gate) {
    let me = call(GetTid);
    println!("task {me}: at the gate");
    if call(Enter(gate)).is_err() {
        return;
    }
    println!("task {me}: inside");
    for _ in 0..8 + me.number() {
        yield_now();
    }
    println!("task {me}: leaves");
    call(Leave(gate));
}

/// Lets five in; kills one that waits, and one between the grant of its place and its entry.
fn host(gate: &Rc<Gate>) {
    let visitors = [(); 5].map(|()| {
        let gate = Rc::clone(gate);
        spawn(move || visit(&gate))
    });
    let [_, _, third, fourth, _] = &visitors;
    // Each asks for its number first, then at the gate.
    yield_now();
    yield_now();
    // It is in the queue; only at Ctrl-C it has left before, and the other one below as well.
    let _ = call(KillTask(fourth.tid()));
    while gate.queue.len() == 2 {
        yield_now();
    }
    // It has had no turn since its place was granted.
    let _ = call(KillTask(third.tid()));
    for visitor in visitors {
        // Two of them were killed; that is no surprise.
        let _ = visitor.join();
    }
    println!("{} places are free", gate.places.get());
}

fn main() -> Result<(), RunError> {
    let gate = Gate {
        places: Cell::new(2),
        queue: WaitList::new().named("the gate"),
    };
    run(move || host(&Rc::new(gate)))
}
