//! The interpreter: the same for simulated threads and for real ones.

use std::time::Duration;

use crate::program::{Op, Program};

/// What the threads of one interpreter share, and how time passes for them.
pub trait World {
    /// Waits for the lock.
    fn take(&self);
    /// Lets go of the lock.
    fn let_go(&self);
    /// Lets go of the lock, if another thread waits for it, and takes it again.
    fn give_way(&self);
    /// Whether another thread has waited for so long that the lock must be given up.
    fn is_asked(&self) -> bool;
    /// A bytecode is executed.
    fn tick(&self);
    /// Waits for something outside.
    fn read(&self, ms: u64) -> i64;
    /// Computes without any bytecode.
    fn crunch(&self, n: i64) -> i64;
    fn now(&self) -> Duration;
}

/// When a thread that goes on and on gives the lock up.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Rule {
    /// After so many bytecodes, as Python did up to 3.1.
    Every(u32),
    /// When another has waited for so long, as Python does since 3.2.
    Asked(Duration),
    /// There is no lock.
    NoLock,
}

/// What a thread has to tell at its end.
pub struct Told {
    pub result: i64,
    pub ended: Duration,
    /// The longest time that it waited for the lock, to begin, or to go on.
    pub longest_wait: Duration,
}

/// Runs a program to its end.
pub fn run(program: &Program, rule: Rule, world: &impl World) -> Told {
    let mut thread = Thread {
        rule,
        world,
        stack: Vec::new(),
        variables: [0; 2],
        longest_wait: Duration::ZERO,
    };
    thread.take();
    let result = thread.run(&program.ops);
    world.let_go();
    Told {
        result,
        ended: world.now(),
        longest_wait: thread.longest_wait,
    }
}

struct Thread<'w, W> {
    rule: Rule,
    world: &'w W,
    stack: Vec<i64>,
    variables: [i64; 2],
    longest_wait: Duration,
}

impl<W: World> Thread<'_, W> {
    fn run(&mut self, ops: &[Op]) -> i64 {
        let mut at = 0;
        let mut executed = 0;
        loop {
            executed += 1;
            if self.is_to_give_way(executed) {
                self.world.give_way();
            }
            self.world.tick();
            let op = ops[at];
            at += 1;
            match op {
                Op::Push(value) => self.stack.push(value),
                Op::Load(variable) => self.stack.push(self.variables[variable]),
                Op::Store(variable) => self.variables[variable] = self.pop(),
                Op::Add => {
                    let sum = self.pop() + self.pop();
                    self.stack.push(sum);
                }
                Op::JumpIf(target) => at = if self.pop() == 0 { at } else { target },
                Op::Read(ms) => self.read(ms),
                Op::Crunch => self.crunch(),
                Op::Done => return self.pop(),
            }
        }
    }

    fn is_to_give_way(&self, executed: u32) -> bool {
        match self.rule {
            Rule::Every(count) => executed.is_multiple_of(count),
            Rule::Asked(_) => self.world.is_asked(),
            Rule::NoLock => false,
        }
    }

    /// No thread waits with the lock in hand.
    fn read(&mut self, ms: u64) {
        self.world.let_go();
        let value = self.world.read(ms);
        self.take();
        self.stack.push(value);
    }

    /// An extension that touches no object of the interpreter's needs no lock.
    fn crunch(&mut self) {
        let n = self.pop();
        self.world.let_go();
        let value = self.world.crunch(n);
        self.take();
        self.stack.push(value);
    }

    fn take(&mut self) {
        let came = self.world.now();
        self.world.take();
        self.longest_wait = self.longest_wait.max(self.world.now() - came);
    }

    fn pop(&mut self) -> i64 {
        self.stack.pop().expect("the program pushed it")
    }
}
