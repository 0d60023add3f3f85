//! The note's functions, edges, and many sets of functions that are run as well.

use std::cell::RefCell;
use std::rc::Rc;

use coros::syscall::Now;
use coros::{Clock, call};

use super::Step::{self, Await, Block as Hold};
use super::asyncio;

pub fn grade(ends: fn(&[Vec<Step>]) -> Vec<u64>) {
    let same = |functions: &[Vec<Step>], expected: &[u64], why: &str| {
        assert_eq!(ends(functions), expected, "{why}:\n  {functions:?}");
    };
    same(&[], &[], "no functions, no ends");
    same(&[vec![], vec![Hold(1)]], &[0, 1], "no steps take no time");
    let awaits = [vec![Await(6)], vec![Await(2)], vec![Await(3)]];
    same(&awaits, &[6, 2, 3], "who awaits hinders none");
    let blocks = [vec![Hold(6)], vec![Hold(2)], vec![Hold(3)]];
    same(&blocks, &[6, 8, 11], "who blocks lets none begin");
    let gathered = [vec![Hold(3), Await(1)], vec![Await(2)], vec![Await(1)]];
    same(&gathered, &[4, 5, 4], "f1 and f3 await the same second");
    let late = [vec![Await(1), Hold(5)], vec![Await(2)]];
    same(&late, &[6, 6], "whose time has come waits for who blocks");
    let order = [vec![Await(2), Hold(1)], vec![Await(1), Hold(4)]];
    same(&order, &[6, 5], "the earlier time goes first");

    let mut lots = Lots(1);
    for _ in 0..300 {
        let functions = lots.functions();
        same(&functions, &run(&functions), "a run tells otherwise");
    }
}

/// Draws functions, the same each time.
struct Lots(u64);

impl Lots {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) % limit
    }

    fn functions(&mut self) -> Vec<Vec<Step>> {
        let count = 1 + self.below(4);
        (0..count).map(|_| self.steps()).collect()
    }

    fn steps(&mut self) -> Vec<Step> {
        let count = self.below(5);
        let step = |_| match self.below(2) {
            0 => Hold(1 + self.below(4)),
            _ => Await(1 + self.below(4)),
        };
        (0..count).map(step).collect()
    }
}

/// When each is done.
fn run(functions: &[Vec<Step>]) -> Vec<u64> {
    let mut sched = asyncio::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    let ends = Rc::new(RefCell::new(vec![0; functions.len()]));
    let begin = |(who, steps): (usize, Vec<Step>)| {
        let ends = Rc::clone(&ends);
        move || {
            for step in steps {
                match step {
                    Hold(seconds) => asyncio::block(seconds),
                    Await(seconds) => asyncio::pause(seconds),
                }
            }
            ends.borrow_mut()[who] = (call(Now) - start).as_secs();
        }
    };
    let functions: Vec<_> = functions.iter().cloned().enumerate().map(begin).collect();
    sched.spawn(move || asyncio::gather(functions));
    sched.run().expect("all are done in the end");
    ends.take()
}
