//! `WaitTask`: waits for another to end, and learns how it did.
//!
//! Many may wait for the same one. The kernel forgets a task that has ended, so waiting for it then
//! is an error; a `JoinHandle` remembers, and has the task's value besides.

use std::error::Error;

use coros::syscall::{NewTask, WaitError, WaitTask};
use coros::{call, run, spawn, yield_now};

fn work() {
    for step in 1..=3 {
        println!("worker: step {step}");
        yield_now();
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    run(|| {
        let worker = call(NewTask::new(work));
        let friend = spawn(move || {
            let exit = call(WaitTask(worker))?;
            println!("friend: the worker {exit}");
            Ok::<_, WaitError>("see you")
        });
        let exit = call(WaitTask(worker))?;
        println!("parent: the worker {exit}");
        match call(WaitTask(worker)) {
            Ok(exit) => println!("parent: the worker {exit} again"),
            Err(error) => println!("parent: {error}"),
        }
        yield_now();
        assert!(friend.is_finished());
        let word = friend.join()??;
        println!("parent: the friend has ended too, but its handle says: {word}");
        Ok(())
    })?
}
