//! The reference model's tasks: program counters instead of stacks.

use std::collections::VecDeque;

use crate::program::{Act, Fence, Op, PLANNED};

/// What a task unwinds with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    Panic,
    Kill,
}

/// What a task does next.
pub enum Next {
    /// An act of the step with this number.
    Act(usize, Act),
    Caught(Cause),
    /// It lets go of this mutex.
    Unlock(usize),
    /// It has left its last block; by unwinding, if there is a cause.
    Ended(Option<Cause>),
}

/// Where a task is in its script.
pub struct Place {
    blocks: Vec<Block>,
    /// The block at whose door it asked to be let in.
    entering: Option<Block>,
    pub unwinding: Option<Cause>,
    leaving: bool,
}

struct Block {
    ops: VecDeque<(usize, Op)>,
    guards: VecDeque<(usize, Act)>,
    end: End,
}

/// What is at the end of a block.
enum End {
    Nothing,
    /// It catches; then the task returns, or goes on.
    Catch {
        leave: bool,
    },
    Leave(usize, Fence),
    Unlock(usize),
}

impl Block {
    fn new(ops: &[Op], end: End) -> Self {
        Self {
            ops: ops.iter().cloned().enumerate().collect(),
            guards: VecDeque::new(),
            end,
        }
    }
}

impl Place {
    pub fn at_start(script: &[Op]) -> Self {
        Self {
            blocks: vec![Block::new(script, End::Nothing)],
            entering: None,
            unwinding: None,
            leaving: false,
        }
    }

    /// Unwinds from here on; whoever was not let in yet has nothing to leave.
    pub fn raise(&mut self, cause: Cause) {
        self.unwinding = Some(cause);
        self.entering = None;
    }

    /// It is not let in.
    pub fn turn_away(&mut self) {
        self.entering = None;
    }

    /// Goes on to whatever the rest of the world has to know of.
    pub fn next(&mut self) -> Next {
        self.blocks.extend(self.entering.take());
        loop {
            let Some(block) = self.blocks.last_mut() else {
                return Next::Ended(self.unwinding);
            };
            let goes_on = self.unwinding.is_none() && !self.leaving;
            let op = if goes_on { block.ops.pop_front() } else { None };
            let next = match op {
                Some((at, op)) => self.step(at, op),
                None => self.leave_block(),
            };
            if let Some(next) = next {
                return next;
            }
        }
    }

    fn step(&mut self, at: usize, op: Op) -> Option<Next> {
        match op {
            Op::Do(act) => return Some(Next::Act(at, act)),
            Op::Guard(act) => self.blocks.last_mut()?.guards.push_back((at, act)),
            Op::Panic => self.raise(Cause::Panic),
            Op::Catch { block, leave } => {
                self.blocks.push(Block::new(&block, End::Catch { leave }));
            }
            Op::Locked { door, block } => {
                let (Act::Lock(mutex) | Act::TryLock(mutex)) = door else {
                    unreachable!("{door:?} opens no mutex");
                };
                self.entering = Some(Block::new(&block, End::Unlock(mutex)));
                return Some(Next::Act(at, door));
            }
            Op::Within { fence, block } => {
                self.entering = Some(Block::new(&block, End::Leave(at, fence)));
                return Some(Next::Act(at, Act::Enter(fence)));
            }
        }
        None
    }

    /// Runs a guard of the innermost block or, when there is none left, leaves the block.
    fn leave_block(&mut self) -> Option<Next> {
        let block = self.blocks.last_mut()?;
        if let Some((at, act)) = block.guards.pop_front() {
            return Some(Next::Act(at, act));
        }
        match self.blocks.pop()?.end {
            End::Nothing => None,
            End::Catch { leave } => {
                let caught = self.unwinding.take()?;
                self.leaving = leave;
                Some(Next::Caught(caught))
            }
            End::Leave(at, fence) => Some(Next::Act(at, Act::Leave(fence))),
            End::Unlock(mutex) => Some(Next::Unlock(mutex)),
        }
    }
}

impl Cause {
    pub fn words(self) -> &'static str {
        match self {
            Cause::Panic => PLANNED,
            Cause::Kill => "a kill",
        }
    }
}
