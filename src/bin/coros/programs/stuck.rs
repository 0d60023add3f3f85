//! Deadlock: no task can go on, and the loop says who waits for what, and who for whom.

use std::cell::OnceCell;
use std::rc::Rc;

use clap::Args;
use coros::syscall::{Park, WaitTask};
use coros::{Builder, Scheduler, Tid, WaitList, call};

use super::{Verdict, fine, load};
use crate::term::say;

/// Two tasks wait for each other, one for a bell: a deadlock, reported
#[derive(Args)]
pub struct Stuck {}

impl Stuck {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        let egg = Rc::new(OnceCell::new());
        let hen = load(sched, Builder::new().name("hen"), {
            let egg = Rc::clone(&egg);
            move || {
                await_other("hen", *egg.get().expect("the egg was laid before the run"));
                Ok(())
            }
        });
        let laid = egg.set(load(sched, Builder::new().name("egg"), move || {
            await_other("egg", hen);
            Ok(())
        }));
        laid.expect("the egg is laid once");
        load(sched, Builder::new().name("sexton"), || {
            listen();
            Ok(())
        });
        fine()
    }
}

fn await_other(name: &str, other: Tid) {
    say!("{name}: after you, task {other}");
    let exit = call(WaitTask(other));
    say!("{name}: at last: {exit:?}");
}

fn listen() {
    let bell = WaitList::new().named("the bell");
    say!("sexton: I wait for the bell");
    let heard = call(Park(&bell));
    say!("sexton: it rang: {heard:?}");
}
