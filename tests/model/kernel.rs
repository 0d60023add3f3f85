//! A program on the kernel, in virtual time.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::time::Duration;

use coros::syscall::{
    GetTid, KillTask, NewTask, Park, Sleep, WaitError, WaitTask, WakeAll, WakeOne, Yield,
};
use coros::{Clock, Interrupted, JoinError, JoinHandle, Report, Scheduler, SystemCall, Tid, call};

use crate::calls::{Birth, Nudge, Timed};
use crate::program::{Act, Op, PLANNED, Program, Who};
use crate::world::World;

/// Runs a program to its end and drops its scheduler; tells all that happened.
pub fn run(program: &Program) -> Vec<String> {
    let world = Rc::new(World::new(program));
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let handles: Vec<_> = (0..program.roots)
        .map(|script| spawn_root(&mut sched, &world, script))
        .collect();
    match sched.run() {
        Ok(report) => world.say(in_words(report)),
        Err(stuck) => {
            let left: Vec<_> = stuck.tasks().iter().map(|task| task.tid.number()).collect();
            world.say(format!("stuck: {left:?}"));
        }
    }
    drop(sched);
    for handle in handles {
        world.say(format!("{} joined: {}", handle.tid(), joined(&handle)));
    }
    for (number, list) in world.lists.iter().enumerate() {
        assert!(list.is_empty(), "list {number} keeps a stale entry");
    }
    world.trace.take()
}

fn in_words(report: Report) -> String {
    format!(
        "ran: {} turns, {} spawned: {} returned, {} panicked, {} killed, {} abandoned",
        report.turns,
        report.spawned,
        report.returned,
        report.panicked,
        report.killed,
        report.abandoned
    )
}

fn spawn_root(sched: &mut Scheduler, world: &Rc<World>, script: usize) -> JoinHandle<u64> {
    let number = Rc::new(Cell::new(0));
    let (body, returned) = (body(world, script, &number), Rc::clone(&number));
    let handle = sched.spawn(move || {
        body();
        returned.get()
    });
    number.set(handle.tid().number());
    world.is_born(handle.tid());
    handle
}

fn joined(handle: &JoinHandle<u64>) -> String {
    match handle.join() {
        Ok(value) => format!("returned {value}"),
        Err(JoinError::Panicked(panic)) => format!("panicked: {}", panic.message()),
        Err(JoinError::Killed(_)) => "was killed".into(),
        Err(other) => format!("{other}"),
    }
}

/// A task's function. Its number is known once it is born.
fn body(world: &Rc<World>, script: usize, number: &Rc<Cell<u64>>) -> impl FnOnce() + use<> {
    let life = Life {
        world: Rc::clone(world),
        script,
        number: Rc::clone(number),
    };
    move || {
        let life = life;
        _ = life.block(life.world.program.script(life.script));
    }
}

/// A task as its own code sees it.
struct Life {
    world: Rc<World>,
    script: usize,
    number: Rc<Cell<u64>>,
}

impl Drop for Life {
    fn drop(&mut self) {
        if self.number.get() > 0 {
            self.world.say(format!("{} gone", self.number.get()));
        }
    }
}

/// Does its act when the block ends.
struct Guard<'l>(&'l Life, usize, Act);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let Guard(life, at, act) = *self;
        life.act(at, act);
    }
}

impl Life {
    fn block(&self, ops: &[Op]) -> ControlFlow<()> {
        let mut guards = Vec::new();
        for (at, op) in ops.iter().enumerate() {
            match op {
                Op::Do(act) => self.act(at, *act),
                Op::Guard(act) => guards.push(Guard(self, at, *act)),
                Op::Panic => panic_any(PLANNED),
                Op::Catch { block, leave } => self.catch(block, *leave)?,
            }
        }
        ControlFlow::Continue(())
    }

    fn catch(&self, block: &[Op], leave: bool) -> ControlFlow<()> {
        let caught = match catch_unwind(AssertUnwindSafe(|| self.block(block))) {
            Ok(flow) => return flow,
            Err(payload) => payload,
        };
        let what = caught.downcast_ref::<&str>().unwrap_or(&"a kill");
        let number = self.number.get();
        self.world.say(format!("{number} caught {what}"));
        match leave {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn act(&self, at: usize, act: Act) {
        let said = self.reply(act);
        let number = self.number.get();
        self.world.say(format!("{number}.{at} {act:?}: {said}"));
    }

    fn reply(&self, act: Act) -> String {
        let lists = &self.world.lists;
        match act {
            Act::Yield => self.ask(Yield, |()| "back".into()),
            Act::GetTid => self.ask(GetTid, |tid| tid.to_string()),
            Act::Spawn(_) if self.world.is_full() => "full".into(),
            Act::Spawn(skip) => self.ask(self.birth(skip), |tid| tid.to_string()),
            Act::Sleep(time) => self.ask(Sleep(Duration::from_millis(time)), waited),
            Act::Park(list) => self.ask(Park(&lists[list]), waited),
            Act::WakeOne(list) => self.ask(WakeOne(&lists[list]), |woken| {
                woken.map_or("nobody".into(), |tid| tid.to_string())
            }),
            Act::WakeAll(list) => self.ask(WakeAll(&lists[list]), |count| count.to_string()),
            Act::PostOne(list) => {
                lists[list].wake_one();
                "posted".into()
            }
            Act::PostAll(list) => {
                lists[list].wake_all();
                "posted".into()
            }
            Act::Kill(who) | Act::Wait(who) | Act::Nudge(who) => match self.tid_of(who) {
                Some(tid) => self.ask_about(tid, act),
                None => "not born".into(),
            },
        }
    }

    fn ask_about(&self, tid: Tid, act: Act) -> String {
        match act {
            Act::Kill(_) => self.ask(KillTask(tid), |killed| match killed {
                Ok(()) => "killed".into(),
                Err(_) => "no such task".into(),
            }),
            Act::Wait(_) => self.ask(WaitTask(tid), |seen| match seen {
                Ok(exit) => exit.to_string(),
                Err(WaitError::NoSuchTask(_)) => "no such task".into(),
                Err(WaitError::WaitsForItself(_)) => "itself".into(),
                Err(WaitError::Interrupted(why)) => waited(Err(why)),
                Err(other) => other.to_string(),
            }),
            _ => self.ask(Nudge(tid), |woken| woken.to_string()),
        }
    }

    fn tid_of(&self, who: Who) -> Option<Tid> {
        let index = match who {
            Who::Me => self.number.get() as usize - 1,
            Who::Nth(index) => index,
        };
        self.world.tids.borrow().get(index).copied()
    }

    /// Makes a call; the reply in words, and when it was given.
    fn ask<C: SystemCall>(&self, asked: C, words: impl FnOnce(C::Reply) -> String) -> String {
        let (reply, time) = call(Timed {
            asked,
            world: &self.world,
        });
        format!("{} at {}", words(reply), time.as_millis())
    }

    fn birth(&self, skip: usize) -> impl SystemCall<Reply = Tid> {
        let number = Rc::new(Cell::new(0));
        let script = self.world.program.child_of(self.script, skip);
        let body = body(&self.world, script, &number);
        Birth {
            asked: NewTask::new(body),
            world: Rc::clone(&self.world),
            number,
        }
    }
}

fn waited(reply: Result<(), Interrupted>) -> String {
    reply.map_or_else(|broken| format!("{:?}", broken.why()), |()| "over".into())
}
