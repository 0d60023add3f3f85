//! The kernel against a reference model: random programs must leave the same trace on both.
//!
//! A trace has a line for each reply with the virtual time of its answer, each destructor, each
//! caught unwinding and each end, then what came of the run. The model (`model/reference.rs` and its
//! neighbours) is written from the contract with program counters in place of coroutines.
//!
//! A failure prints the smallest program found, both traces where they part, and the seed. This runs
//! it again, the same way:
//!
//! ```text
//! PROPTEST_RNG_SEED=<seed> cargo test --test model
//! ```
//!
//! `PROPTEST_CASES=100000` runs more programs; with a seed, give the number that the failure had, or
//! more. A program that aborts the process is printed as it is, with its seed; if one ends it without
//! a word, `PROPTEST_VERBOSE=2` and `-- --nocapture` name it. For that it hooks the panics of its whole
//! process, so this program stays apart from the others.

mod acts;
mod answers;
mod calls;
mod channels;
mod corners;
mod draw;
mod kernel;
mod life;
mod lines;
mod lives;
mod program;
mod reference;
mod scopes;
mod script;
mod shortcuts;
mod tasks;
mod world;

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::rc::Rc;
use std::sync::Once;
use std::time::Duration;

use coros::{Clock, Scheduler, sleep, yield_now};
use draw::programs;
use program::{Act, Op, PLANNED, Program};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use reference::Poll;

/// Programs in a run that is not told how many.
const CASES: u32 = 25_000;

thread_local! {
    /// What runs on the kernel at the moment, and how to run it again.
    static RUNNING: RefCell<Option<(Program, String)>> = const { RefCell::new(None) };
}

#[test]
fn any_program_leaves_the_trace_that_the_contract_foretells() {
    listen_to_panics();
    let poll = measured_poll();
    let config = config();
    let again = how_to_run_again(&config);
    let mut runner = TestRunner::new(config);
    let result = runner.run(&programs(), |program| {
        RUNNING.set(Some((program.clone(), again.clone())));
        compare(&program, poll)
    });
    if let Err(failure) = result {
        panic!("{failure}\n{again}");
    }
}

#[test]
fn a_task_may_catch_its_kill_and_panic_with_a_destructor_that_makes_a_call() {
    listen_to_panics();
    let caught = Op::Catch {
        block: vec![Op::Do(Act::Park(0))],
        leave: false,
    };
    let program = Program {
        roots: 1,
        scripts: vec![vec![caught, Op::Guard(Act::GetTid), Op::Panic]],
    };
    compare(&program, measured_poll()).unwrap();
}

fn config() -> Config {
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(RandomState::new().hash_one(0));
    }
    config
}

fn how_to_run_again(config: &Config) -> String {
    let cases = config.cases;
    let RngSeed::Fixed(seed) = config.rng_seed else {
        unreachable!("the seed is always chosen")
    };
    format!("again: PROPTEST_RNG_SEED={seed} PROPTEST_CASES={cases} cargo test --test model")
}

fn compare(program: &Program, poll: Poll) -> Result<(), TestCaseError> {
    let seen = kernel::run(program);
    let foretold = reference::run(program, poll);
    if seen == foretold {
        return Ok(());
    }
    let same = seen.iter().zip(&foretold).take_while(|(a, b)| a == b);
    let same = same.count();
    let rest = |trace: &[String]| trace[same..].join("\n    ");
    Err(TestCaseError::fail(format!(
        "the traces part\n  after\n    {}\n  the kernel went on\n    {}\n  the model\n    {}\n",
        seen[..same].join("\n    "),
        rest(&seen),
        rest(&foretold)
    )))
}

/// The turns before which the kernel looks at its timers while tasks are ready. The contract leaves
/// that open, so it is found out: by a sleeper of no length beside a task that counts its turns.
fn measured_poll() -> Poll {
    let (turns, woken) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(Vec::new())));
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn({
        let (turns, woken) = (Rc::clone(&turns), Rc::clone(&woken));
        move || {
            for _ in 0..2 {
                sleep(Duration::ZERO).unwrap();
                woken.borrow_mut().push(turns.get());
            }
        }
    });
    sched.spawn(move || {
        for _ in 0..500 {
            turns.set(turns.get() + 1);
            yield_now();
        }
    });
    sched.run().unwrap();
    let woken = woken.take();
    // The first turn was the sleeper's; so was the one after the first look.
    let (first, second) = (woken[0] + 1, woken[1] + 2);
    let poll = Poll {
        first,
        every: second - first,
    };
    assert!((50..70).contains(&poll.every), "about 61: {poll:?}");
    poll
}

/// Says nothing of planned panics, and all that helps of those that abort the process.
fn listen_to_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload_as_str().unwrap_or_default();
            if text != PLANNED {
                usual(info);
            }
            if text.starts_with("panic in a ")
                && let Some((running, again)) = RUNNING.take()
            {
                // Not `eprintln!`: what that says is lost in an abort.
                _ = writeln!(std::io::stderr(), "{running:?}\naborts; {again}");
            }
        }));
    });
}
