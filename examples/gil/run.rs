//! A run: some programs, a thread each, and what came of them.

use std::time::Duration;

use crate::interpreter::{Rule, Told};
use crate::program::{self, Program};
use crate::{tasks, threads};

/// What becomes of the lock when it is given up while another waits for it.
#[derive(Clone, Copy, PartialEq)]
pub enum Passing {
    /// The thread that gives it up waits until another has it.
    On,
    /// It is let go, and taken again at once.
    Back,
}

pub struct Run {
    pub threads: Vec<Told>,
    /// How often another thread than before took the lock.
    pub hand_overs: u64,
}

impl Run {
    /// When all had ended.
    pub fn took(&self) -> Duration {
        let ends = self.threads.iter().map(|thread| thread.ended);
        ends.max().unwrap_or_default()
    }
}

/// A world, and what keeps one of its CPUs busy for the same time.
pub struct Machine {
    world: fn(Rule, Passing, &[Program]) -> Run,
    /// Of bytecodes.
    pub sum: Program,
    /// Of what an extension does.
    pub crunch: Program,
    /// What it takes to have the lock given up.
    pub rules: Vec<Rule>,
}

impl Machine {
    /// Tasks; the programs take 100 ms.
    pub fn simulated() -> Self {
        Self {
            world: tasks::run,
            sum: program::sum(1000),
            crunch: program::crunch(10_000 * tasks::SQUARES),
            rules: rules(&[1, 100, 10_000], &[100, 5_000, 100_000]),
        }
    }

    /// Threads; the programs take about 20 ms, whatever the machine.
    pub fn real() -> Self {
        Self {
            world: threads::run,
            sum: lasting(program::sum),
            crunch: lasting(program::crunch),
            rules: rules(&[100, 10_000], &[100, 5_000, 20_000]),
        }
    }

    /// Runs the programs, a thread each, and has a look at their results.
    pub fn run(&self, rule: Rule, passing: Passing, programs: &[&Program]) -> Run {
        let programs: Vec<_> = programs.iter().map(|&program| program.clone()).collect();
        let run = (self.world)(rule, passing, &programs);
        for (thread, program) in run.threads.iter().zip(programs) {
            assert_eq!(thread.result, program.result, "the lock changes no result");
        }
        run
    }
}

/// Numbers of bytecodes, and of microseconds.
fn rules(counts: &[u32], intervals: &[u64]) -> Vec<Rule> {
    let counts = counts.iter().map(|&count| Rule::Every(count));
    let intervals = intervals
        .iter()
        .map(|&micros| Rule::Asked(Duration::from_micros(micros)));
    counts.chain(intervals).collect()
}

/// A program that takes a real thread about 20 ms: shorter ones are tried.
fn lasting(program: fn(i64) -> Program) -> Program {
    let mut size = 10_000;
    loop {
        let trial = [program(size)];
        let trials = (0..5).map(|_| threads::run(Rule::NoLock, Passing::On, &trial).took());
        let took = trials.min().expect("there are five").as_micros();
        if took >= 1000 {
            return program(size * 20_000 / i64::try_from(took).expect("it is short"));
        }
        size *= 2;
    }
}
