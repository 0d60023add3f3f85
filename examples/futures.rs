//! A task waits for futures; a channel is a stream.

use std::error::Error;
use std::time::Duration;

use coros::channel::bounded;
use coros::{Interrupted, block_on, run, sleep, spawn, spawn_future, timeout};
use futures_lite::{StreamExt, future};

fn main() -> Result<(), Box<dyn Error>> {
    run(|| {
        // A future that borrows: it is polled on this task's own stack.
        let name = String::from("coros");
        let length = block_on(async { name.len() });
        println!("a future said {}", length?);

        // Two futures at once, of tasks that work meanwhile.
        let (slow, quick) = (spawn(|| work(3)), spawn(|| work(1)));
        let both = block_on(future::zip(slow.into_future(), quick.into_future()))?;
        println!("both are done: {} and {}", both.0??, both.1??);

        // A channel as a stream, through what works on any stream.
        let (tx, rx) = bounded(2);
        spawn(move || (1..=6).try_for_each(|item| tx.send(item)));
        let even = rx.stream().filter(|item| item % 2 == 0);
        let squares: Vec<i32> = block_on(even.map(|item| item * item).collect())?;
        println!("the squares of the even ones: {squares:?}");

        // A future in a task of its own, which another future waits for.
        let asked = spawn_future(async move { squares.iter().sum::<i32>() });
        println!("their sum: {}", asked.join()?);

        // A wait for a future is broken off like any other.
        let never = timeout(Duration::from_millis(1), || {
            block_on(std::future::pending::<()>())
        });
        println!("one that never ends: {}", never.unwrap_err());
        Ok(())
    })?
}

/// Works for so many milliseconds.
fn work(milliseconds: u64) -> Result<u64, Interrupted> {
    sleep(Duration::from_millis(milliseconds))?;
    Ok(milliseconds)
}
