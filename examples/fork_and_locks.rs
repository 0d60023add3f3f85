//! Fork and locks: the copy of a lock stays locked for ever.
//!
//! A forked child finds a copy of all memory, a lock's state among it, but only the one thread that forked.
//! Any other thread that held a lock is not there to give it back. Here that is another *task* of the thread, which
//! fork does not take along either, so that it can be seen without harm.
//!
//! With threads it is worse: one of them may have been in the middle of a `println!`, which has a lock as
//! well, and the child would wait for ever at its own first line. So the library refuses to fork then.
//!
//! `cargo run --example fork_and_locks -- broken` forks beside a thread.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use coros::process::fork;
use coros::{run, spawn, yield_now};

fn state(lock: &Mutex<()>) -> &'static str {
    match lock.try_lock() {
        Ok(_) => "free",
        Err(_) => "held",
    }
}

fn beside_a_task() -> io::Result<()> {
    let lock = Arc::new(Mutex::new(()));
    let held = Arc::clone(&lock);
    let holder = spawn(move || {
        let _guard = held.lock();
        yield_now();
    });
    yield_now();
    println!("parent: the lock is {}", state(&lock));
    let (mut later, mut now) = io::pipe()?;
    let child = fork(|| {
        if later.read_exact(&mut [0]).is_err() {
            return 1;
        }
        println!("child:  the lock is {}", state(&lock));
        0
    })?;
    holder.join().map_err(io::Error::other)?;
    println!("parent: the lock is {}", state(&lock));
    now.write_all(b".")?;
    child.wait()?;
    Ok(())
}

fn beside_a_thread() -> io::Result<()> {
    let (done, wait) = mpsc::channel::<()>();
    let thread = thread::spawn(move || wait.recv());
    let forked = fork(|| 0).map(drop);
    drop(done);
    _ = thread.join();
    forked
}

fn main() -> ExitCode {
    let broken = std::env::args().any(|argument| argument == "broken");
    let done = match broken {
        true => beside_a_thread(),
        false => run(beside_a_task).map_err(io::Error::other).flatten(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A long sentence, a line for each of its parts.
            println!(
                "{}",
                error
                    .to_string()
                    .replace(", ", ",\n  ")
                    .replace("; ", ";\n  ")
            );
            ExitCode::FAILURE
        }
    }
}
