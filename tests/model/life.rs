//! A task of a program on the kernel: its blocks, its acts.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::time::Duration;

use coros::syscall::{NewTask, Yield};
use coros::{SystemCall, Tid, call};

use crate::acts::unlocked;
use crate::calls::Birth;
use crate::program::{Act, Fence, Op, PLANNED};
use crate::world::World;

/// The function of a task that is about to be born; it returns its number.
pub fn body(world: &Rc<World>, script: usize) -> impl FnOnce() -> u64 + use<> {
    let life = Life {
        world: Rc::clone(world),
        script,
        number: world.is_born(),
        was_killed: Cell::new(false),
    };
    move || {
        let life = life;
        _ = life.block(life.world.program.script(life.script));
        life.number
    }
}

/// A task as its own code sees it.
pub struct Life {
    pub world: Rc<World>,
    script: usize,
    pub number: u64,
    /// It has caught its kill, and goes on as far as the next call.
    was_killed: Cell<bool>,
}

impl Drop for Life {
    fn drop(&mut self) {
        self.world.say(format!("{} gone", self.number));
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
                Op::Locked { door, block } => self.locked(at, *door, block)?,
                Op::Within { fence, block } => self.within(at, *fence, block)?,
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
        self.was_killed
            .set(self.was_killed.get() || !caught.is::<&str>());
        self.world.say(format!("{} caught {what}", self.number));
        match leave {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn within(&self, at: usize, fence: Fence, block: &[Op]) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        let run = || flow = self.block(block);
        let left = match fence {
            Fence::Timeout(time) => coros::timeout(Duration::from_millis(time), run),
            Fence::Shield(time) => coros::shield(Duration::from_millis(time), run),
        };
        let said = left.map_or("late", |()| "in time");
        self.say(at, Act::Leave(fence), said);
        flow
    }

    fn locked(&self, at: usize, door: Act, block: &[Op]) -> ControlFlow<()> {
        let mutexes = &self.world.mutexes;
        let guard = match door {
            _ if !self.world.spend() => Err("spent".into()),
            Act::Lock(mutex) => mutexes[mutex].lock().map_err(unlocked),
            Act::TryLock(mutex) => mutexes[mutex].try_lock().map_err(|why| format!("{why:?}")),
            _ => unreachable!("{door:?} opens no mutex"),
        };
        let said = guard.as_ref().err().map_or("locked", String::as_str);
        self.say(at, door, said);
        match guard {
            Ok(_guard) => self.block(block),
            Err(_) => ControlFlow::Continue(()),
        }
    }

    pub fn say(&self, at: usize, act: Act, said: &str) {
        self.world
            .say(format!("{}.{at} {act:?}: {said}", self.number));
    }

    pub fn birth(&self, skip: usize) -> impl SystemCall<Reply = Tid> {
        let body = self.child(skip);
        Birth {
            asked: NewTask::new(move || _ = body()),
            world: Rc::clone(&self.world),
        }
    }

    pub fn spawn_kept(&self, skip: usize) -> String {
        let handle = coros::spawn(self.child(skip));
        let number = handle.tid().to_string();
        self.world.keep(handle);
        number
    }

    fn child(&self, skip: usize) -> impl FnOnce() -> u64 + use<> {
        if self.was_killed.get() && !std::thread::panicking() {
            call(Yield); // Unwinds again, before anything is said of a birth.
        }
        body(&self.world, self.world.program.child_of(self.script, skip))
    }
}
