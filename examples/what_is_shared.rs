//! What a process, a thread and a task share, and do not.
//!
//! | | memory | local variables | open files | a panic ends | an abort ends |
//! |---|---|---|---|---|---|
//! | a forked process | a copy | a copy | shared | the process | the process |
//! | a thread | shared | its own | shared | the thread | the process |
//! | a task | shared | its own | shared | the task | the process |
//!
//! Threads run at any time, also in the middle of another's `+ 1`: what they share has to be atomic, or
//! locked, and Rust refuses anything else. Tasks of one scheduler run between two calls and never
//! meanwhile, so a plain `Cell` will do.
//!
//! `cargo run --example what_is_shared -- broken` aborts in a thread.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::os::unix::process::ExitStatusExt;
use std::panic::resume_unwind;
use std::process::{ExitCode, abort};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;

use coros::process::{entries, fork, spawn as process};
use coros::{JoinError, run, spawn, yield_now};

const TIMES: u32 = 1000;

/// The name by which the program finds its function again when it is started once more.
const WHO: &str = "who";

/// Which program this is, and which process.
fn who(_: &[u8]) -> Vec<u8> {
    let program = std::env::current_exe().unwrap_or_default();
    format!("{}\n{}", program.display(), std::process::id()).into_bytes()
}

fn one_program_is_two_processes() -> io::Result<()> {
    let (first, second) = (process::spawn(WHO, b"")?, process::spawn(WHO, b"")?);
    let tell = |child: process::Spawned| {
        let answer = String::from_utf8_lossy(&child.wait()?).into_owned();
        let (program, process) = answer.split_once('\n').unwrap_or_default();
        io::Result::Ok((program.to_owned(), process.to_owned()))
    };
    let (first, second) = (tell(first)?, tell(second)?);
    println!("started twice: the same program: {}", first.0 == second.0);
    println!("started twice: the same process: {}", first.1 == second.1);
    Ok(())
}

fn in_a_process() -> io::Result<()> {
    let counter = Cell::new(0);
    let child = fork(|| {
        (0..TIMES).for_each(|_| counter.set(counter.get() + 1));
        println!("process: the child has counted to {}", counter.get());
        0
    });
    child?.wait()?;
    println!("process: the parent sees {}", counter.get());
    Ok(())
}

fn in_threads() {
    let counter = AtomicU32::new(0);
    let count = || {
        let mut own = 0;
        for _ in 0..TIMES {
            counter.fetch_add(1, Relaxed);
            own += 1;
        }
        own
    };
    let owns = thread::scope(|scope| {
        let pair = [scope.spawn(count), scope.spawn(count)];
        pair.map(|thread| thread.join().expect("it only counts"))
    });
    println!("threads: they have counted to {}", counter.into_inner());
    println!("threads: of which, in locals of their own, {owns:?}");
}

fn count_in_a_task(counter: &Cell<u32>) -> u32 {
    let mut own = 0;
    for _ in 0..TIMES {
        counter.set(counter.get() + 1);
        own += 1;
        yield_now();
    }
    own
}

fn in_tasks() -> io::Result<()> {
    let counter = Rc::new(Cell::new(0));
    let begin = |counter: &Rc<Cell<u32>>| {
        let counter = Rc::clone(counter);
        spawn(move || count_in_a_task(&counter))
    };
    let counted = Rc::clone(&counter);
    let owns = run(move || {
        let pair = [begin(&counted), begin(&counted)];
        let [one, other] = pair.map(|task| task.join());
        Ok::<_, JoinError>([one?, other?])
    });
    let owns = owns.map_err(io::Error::other)?.map_err(io::Error::other)?;
    println!("tasks: they have counted to {}", counter.get());
    println!("tasks: of which, in locals of their own, {owns:?}");
    Ok(())
}

fn an_open_file() -> io::Result<()> {
    let mut file = File::open(std::env::current_exe()?)?;
    let child = fork(|| i32::from((&file).seek(SeekFrom::Start(1234)).is_err()));
    child?.wait()?;
    println!(
        "open file: the child has moved the parent's to {}",
        file.stream_position()?
    );
    Ok(())
}

/// Ends what it is called in, as `panic!` does, without a message.
fn panic_quietly() {
    resume_unwind(Box::new("on purpose"));
}

fn who_dies() -> io::Result<()> {
    let task = run(|| spawn(panic_quietly).join().is_err());
    println!(
        "panic in a task: the others go on: {}",
        task.is_ok_and(|failed| failed)
    );
    let thread = thread::spawn(panic_quietly).join();
    println!("panic in a thread: the others go on: {}", thread.is_err());
    Ok(())
}

fn abort_in_a_process() -> io::Result<()> {
    let ended = fork(|| abort())?.wait()?;
    println!(
        "abort in a process: it ended by signal {}, and I go on",
        ended.signal().unwrap_or(0)
    );
    Ok(())
}

fn abort_in_a_thread() {
    println!("abort in a thread: it ends …");
    _ = thread::spawn(|| abort()).join();
    println!("abort in a thread: … and I go on");
}

fn lesson(broken: bool) -> io::Result<()> {
    if broken {
        abort_in_a_process()?;
        abort_in_a_thread();
        return Ok(());
    }
    one_program_is_two_processes()?;
    in_a_process()?;
    an_open_file()?;
    // From here on there have been threads; a process with several may not fork.
    in_threads();
    in_tasks()?;
    who_dies()
}

fn main() -> ExitCode {
    entries(&[(WHO, who)]);
    let broken = std::env::args().any(|argument| argument == "broken");
    match lesson(broken) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
