//! The reference model's tasks: program counters instead of stacks.

use std::collections::VecDeque;

use crate::program::{Act, Op, PLANNED};

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
    /// It has left its last block; by unwinding, if there is a cause.
    Ended(Option<Cause>),
}

/// Where a task is in its script.
pub struct Place {
    blocks: Vec<Block>,
    pub unwinding: Option<Cause>,
    leaving: bool,
}

struct Block {
    ops: VecDeque<(usize, Op)>,
    guards: VecDeque<(usize, Act)>,
    /// Whether it catches, and if it does, whether the task returns then.
    catches: Option<bool>,
}

impl Block {
    fn new(ops: &[Op], catches: Option<bool>) -> Self {
        Self {
            ops: ops.iter().cloned().enumerate().collect(),
            guards: VecDeque::new(),
            catches,
        }
    }
}

impl Place {
    pub fn at_start(script: &[Op]) -> Self {
        Self {
            blocks: vec![Block::new(script, None)],
            unwinding: None,
            leaving: false,
        }
    }

    /// Unwinds from here on.
    pub fn raise(&mut self, cause: Cause) {
        self.unwinding = Some(cause);
    }

    /// Goes on to whatever the rest of the world has to know of.
    pub fn next(&mut self) -> Next {
        loop {
            let Some(block) = self.blocks.last_mut() else {
                return Next::Ended(self.unwinding);
            };
            if self.unwinding.is_none() && !self.leaving {
                match block.ops.pop_front() {
                    Some((at, Op::Do(act))) => return Next::Act(at, act),
                    Some((at, Op::Guard(act))) => block.guards.push_back((at, act)),
                    Some((_, Op::Panic)) => self.raise(Cause::Panic),
                    Some((_, Op::Catch { block, leave })) => {
                        self.blocks.push(Block::new(&block, Some(leave)));
                    }
                    None => {
                        if let Some(next) = self.leave_block() {
                            return next;
                        }
                    }
                }
            } else if let Some(next) = self.leave_block() {
                return next;
            }
        }
    }

    /// Runs a guard of the innermost block or, when there is none left, leaves the block.
    fn leave_block(&mut self) -> Option<Next> {
        let block = self.blocks.last_mut()?;
        if let Some((at, act)) = block.guards.pop_front() {
            return Some(Next::Act(at, act));
        }
        let leave = self.blocks.pop()?.catches?;
        let caught = self.unwinding.take()?;
        self.leaving = leave;
        Some(Next::Caught(caught))
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
