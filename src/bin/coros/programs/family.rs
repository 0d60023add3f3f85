//! The calls about tasks: a parent has a child, kills it, has another and waits for it.

use clap::Args;
use coros::syscall::{GetTid, KillTask, NewTask, WaitTask};
use coros::{Builder, Scheduler, call, yield_now};

use super::{Verdict, fine};
use crate::term::{say, say_folded};

/// A parent makes a task, kills it, makes another and waits for it
#[derive(Args)]
pub struct Family {}

impl Family {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        sched
            .spawn_with(Builder::new().name("parent"), parent)
            .expect("a stack of the default size is to be had");
        fine()
    }
}

fn parent() {
    let elder = call(NewTask::new(endless));
    say!("parent: my first child is task {elder}");
    yield_now();
    say!("parent: I kill task {elder}");
    call(KillTask(elder)).expect("an endless task is alive");
    match call(WaitTask(elder)) {
        Ok(exit) => say!("parent: task {elder} {exit}"),
        Err(error) => say_folded(&format!("parent: {error}")),
    }
    let younger = call(NewTask::new(busy));
    say_folded(&format!(
        "parent: my second child is task {younger}; I wait for it"
    ));
    match call(WaitTask(younger)) {
        Ok(exit) => say!("parent: task {younger} {exit}"),
        Err(error) => say_folded(&format!("parent: {error}")),
    }
}

fn endless() {
    let me = call(GetTid);
    loop {
        say!("task {me}: I never end");
        yield_now();
    }
}

fn busy() {
    for left in (1..=3).rev() {
        say!("second child: {left} to go");
        yield_now();
    }
}
