//! A task waits for futures; a channel is a stream.

use std::time::Duration;

use coros::channel::bounded;
use coros::{block_on, run, sleep, spawn, spawn_future, timeout};
use futures_lite::{StreamExt, future};

fn main() {
    let ended = run(|| {
        // A future that borrows: it is polled on this task's own stack.
        let name = String::from("coros");
        let length = block_on(async { name.len() });
        println!("a future said {}", length.expect("nobody interrupts it"));

        // Two futures at once, of tasks that work meanwhile.
        let (slow, quick) = (spawn(|| work(3)), spawn(|| work(1)));
        let both = block_on(future::zip(slow.into_future(), quick.into_future()))
            .expect("nobody interrupts it");
        println!("both are done: {} and {}", both.0.unwrap(), both.1.unwrap());

        // A channel as a stream, through what works on any stream.
        let (tx, rx) = bounded(2);
        spawn(move || (1..=6).for_each(|item| tx.send(item).expect("it is received")));
        let even = rx.stream().filter(|item| item % 2 == 0);
        let squares: Vec<i32> = block_on(even.map(|item| item * item).collect()).unwrap();
        println!("the squares of the even ones: {squares:?}");

        // A future in a task of its own, which another future waits for.
        let asked = spawn_future(async move { squares.iter().sum::<i32>() });
        println!("their sum: {}", asked.join().unwrap());

        // A wait for a future is broken off like any other.
        let never = timeout(Duration::from_millis(1), || {
            block_on(std::future::pending::<()>())
        });
        println!("one that never ends: {}", never.unwrap_err());
    });
    ended.expect("the program ends");
}

/// Works for so many milliseconds.
fn work(milliseconds: u64) -> u64 {
    sleep(Duration::from_millis(milliseconds)).expect("nobody interrupts it");
    milliseconds
}
