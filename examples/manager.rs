//! `ManagerServer`: a server process keeps objects for four others.
//!
//! The workers take jobs from a queue, write results into a dictionary, and count. The server is a
//! scheduler with a task for each of them.

use std::io;

use coros::process::manager::{ManagerServer, Objects};
use coros::process::{Forked, fork};

const WORKERS: usize = 4;

/// The square of each number in the queue, until an empty job says that there are no more.
fn work(objects: &Objects) -> io::Result<()> {
    let (jobs, squares) = (objects.queue("jobs"), objects.dictionary("squares"));
    loop {
        let job = jobs.take()?;
        let Ok(number) = String::from_utf8_lossy(&job).parse::<u32>() else {
            return Ok(());
        };
        let square = (number * number).to_string();
        squares.insert(format!("{number:02}").as_bytes(), square.as_bytes())?;
        objects.counter("done").add(1)?;
    }
}

fn hire(objects: &Objects) -> io::Result<Forked> {
    fork(|| match work(objects) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("worker {}: {error}", std::process::id());
            1
        }
    })
}

fn main() -> io::Result<()> {
    let server = ManagerServer::start()?;
    let objects = server.objects();
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| hire(&objects))
        .collect::<Result<_, _>>()?;

    let jobs = objects.queue("jobs");
    for number in 1..=12 {
        jobs.put(number.to_string().as_bytes())?;
    }
    for _ in &workers {
        jobs.put(b"")?;
    }
    for worker in workers {
        println!("a worker ended: {}", worker.wait()?);
    }

    let squares = objects.dictionary("squares");
    for key in squares.keys()? {
        let square = squares.get(&key)?.unwrap_or_default();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        println!("{}² = {}", text(&key), text(&square));
    }
    println!("{} jobs done", objects.counter("done").get()?);
    drop(server);
    match objects.counter("done").get() {
        Ok(done) => println!("{done} jobs done, says no manager"),
        Err(_) => println!("the manager has ended, and its objects with it"),
    }
    Ok(())
}
