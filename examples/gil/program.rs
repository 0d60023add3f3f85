//! Programs: bytecodes for a machine with a stack and a few variables.

/// One bytecode.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    Push(i64),
    Load(usize),
    Store(usize),
    Add,
    /// To this bytecode, if the top of the stack is not 0.
    JumpIf(usize),
    /// Waits for so many milliseconds, as a read does, and pushes what came: a 1.
    Read(u64),
    /// Adds up the squares below the top of the stack; the work of an extension in C.
    Crunch,
    /// The top of the stack is the result.
    Done,
}

/// What a thread runs, and what must come of it.
#[derive(Clone)]
pub struct Program {
    pub ops: Vec<Op>,
    pub result: i64,
}

const TOTAL: usize = 0;
const LEFT: usize = 1;

/// Adds up 1 + 2 + ... + n, with ten bytecodes for each number.
pub fn sum(n: i64) -> Program {
    let body = [Op::Load(LEFT), Op::Load(TOTAL), Op::Add, Op::Store(TOTAL)];
    Program {
        ops: repeat(n, &body),
        result: n * (n + 1) / 2,
    }
}

/// Reads so many times, each of which takes so many milliseconds.
pub fn read(times: i64, ms: u64) -> Program {
    let body = [Op::Read(ms), Op::Load(TOTAL), Op::Add, Op::Store(TOTAL)];
    Program {
        ops: repeat(times, &body),
        result: times,
    }
}

/// Hands the whole work to an extension.
pub fn crunch(n: i64) -> Program {
    Program {
        ops: vec![Op::Push(n), Op::Crunch, Op::Done],
        result: squares_below(n),
    }
}

pub fn squares_below(n: i64) -> i64 {
    (0..n).fold(0, |sum, number| {
        std::hint::black_box(sum).wrapping_add(number * number)
    })
}

/// A loop that ends with the total.
fn repeat(times: i64, body: &[Op]) -> Vec<Op> {
    let head = [
        Op::Push(0),
        Op::Store(TOTAL),
        Op::Push(times),
        Op::Store(LEFT),
    ];
    let count = [Op::Load(LEFT), Op::Push(-1), Op::Add, Op::Store(LEFT)];
    let next = [Op::Load(LEFT), Op::JumpIf(head.len())];
    let tail = [Op::Load(TOTAL), Op::Done];
    [&head[..], body, &count, &next, &tail].concat()
}
