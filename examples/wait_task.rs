//! `WaitTask`: waits for another to end, and learns how it did.
//!
//! Many may wait for the same one. The kernel forgets a task that has ended, so waiting for it then
//! is an error; a `JoinHandle` remembers, and has the task's value besides.

use coros::syscall::{NewTask, WaitTask};
use coros::{RunError, call, run, spawn, yield_now};

fn work() {
    for step in 1..=3 {
        println!("worker: step {step}");
        yield_now();
    }
}

fn main() -> Result<(), RunError> {
    run(|| {
        let worker = call(NewTask::new(work));
        let friend = spawn(move || {
            let exit = call(WaitTask(worker));
            println!("friend: the worker {}", exit.expect("it is at work"));
            "see you"
        });
        let exit = call(WaitTask(worker)).expect("it is at work");
        println!("parent: the worker {exit}");
        match call(WaitTask(worker)) {
            Ok(exit) => println!("parent: the worker {exit} again"),
            Err(error) => println!("parent: {error}"),
        }
        yield_now();
        assert!(friend.is_finished());
        let word = friend.join().expect("it has returned");
        println!("parent: the friend has ended too, but its handle says: {word}");
    })
}
