//! A pipe, a queue, shared memory, a manager.
//!
//! | | what goes through | who gets it | who keeps order |
//! |---|---|---|---|
//! | pipe | bytes, without borders | the first that reads | the kernel |
//! | queue | whole messages | one receiver each | the kernel |
//! | publisher | whole messages | all subscribers | the kernel |
//! | shared memory | nothing: it is the same memory | all who have it | you |
//! | manager | requests to methods of an object | the one that asks | the object's process |
//!
//! `cargo run --example four_ways_to_talk -- broken` shares memory and keeps no order.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::atomic::Ordering::SeqCst;

use coros::process::manager::{ManagerServer, Objects};
use coros::process::queue::{Publisher, Receiver};
use coros::process::{Forked, SharedMemory, fork, queue};

const TIMES: u32 = 1000;

/// Does its work in a process of its own.
fn process(work: impl FnOnce() -> io::Result<()>) -> io::Result<Forked> {
    fork(|| match work() {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("process {}: {error}", std::process::id());
            1
        }
    })
}

fn a_pipe() -> io::Result<()> {
    let (mut reader, mut writer) = io::pipe()?;
    let child = process(|| {
        writer.write_all(b"two ")?;
        writer.write_all(b"messages")
    })?;
    child.wait()?;
    // The end comes when all who could write have gone, and this process could.
    drop(writer);
    let mut text = String::new();
    reader.read_to_string(&mut text)?;
    println!("pipe: two were written, one is read: {text:?}");
    Ok(())
}

/// Counts what comes, and then says how much it was.
fn count(receiver: &Receiver, result: &SharedMemory) -> io::Result<()> {
    while receiver.recv()?.is_some() {
        result.cells()[0].fetch_add(1, SeqCst);
    }
    Ok(())
}

fn a_queue() -> io::Result<()> {
    let (sender, receiver) = queue()?;
    let taken = SharedMemory::new(8)?;
    let work = || process(|| count(&receiver, &taken));
    let workers = [work()?, work()?];
    for _ in 0..TIMES {
        sender.send(b"a job")?;
    }
    sender.finish();
    workers
        .iter()
        .try_for_each(|worker| worker.wait().map(drop))?;
    let taken = taken.cells()[0].load(SeqCst);
    println!("queue: of {TIMES} messages two workers took {taken} together");
    Ok(())
}

fn a_publisher() -> io::Result<()> {
    let mut news = Publisher::default();
    let read = SharedMemory::new(8)?;
    let subscriptions = [news.subscribe()?, news.subscribe()?];
    let subscribers = subscriptions
        .each_ref()
        .map(|own| process(|| count(own, &read)));
    for _ in 0..TIMES {
        news.publish(b"news")?;
    }
    news.finish();
    for subscriber in subscribers {
        subscriber?.wait()?;
    }
    let read = read.cells()[0].load(SeqCst);
    println!("publisher: of {TIMES} messages two subscribers got {read} together");
    Ok(())
}

fn shared_memory() -> io::Result<()> {
    let memory = SharedMemory::new(8)?;
    let add = || {
        process(|| {
            (0..TIMES).for_each(|_| _ = memory.cells()[0].fetch_add(1, SeqCst));
            Ok(())
        })
    };
    for child in [add()?, add()?] {
        child.wait()?;
    }
    let sum = memory.cells()[0].load(SeqCst);
    println!("shared memory: two processes added {TIMES} each: {sum}");
    Ok(())
}

fn a_manager() -> io::Result<()> {
    let server = ManagerServer::start()?;
    let objects = server.objects();
    let add = |objects: Objects| {
        process(move || {
            let counter = objects.counter("sum");
            (0..TIMES).try_for_each(|_| counter.add(1).map(drop))
        })
    };
    for child in [add(server.objects())?, add(server.objects())?] {
        child.wait()?;
    }
    let sum = objects.counter("sum").get()?;
    println!("manager: two processes said add(1) {TIMES} times each: {sum}");
    Ok(())
}

/// Two processes read, add and write; the bytes in the pipes make sure that they do so at the same time.
fn shared_memory_without_order() -> io::Result<()> {
    let memory = SharedMemory::new(8)?;
    let ((mut has_read, mut says_read), (mut may_write, mut says_write)) =
        (io::pipe()?, io::pipe()?);
    let child = process(|| {
        let seen = memory.cells()[0].load(SeqCst);
        println!("child:  I read {seen}");
        says_read.write_all(b".")?;
        may_write.read_exact(&mut [0])?;
        println!("child:  I write {}", seen + 1);
        memory.cells()[0].store(seen + 1, SeqCst);
        Ok(())
    })?;
    // A child that dies ends the wait: no other process can write here any more.
    drop(says_read);
    has_read.read_exact(&mut [0])?;
    let seen = memory.cells()[0].load(SeqCst);
    println!("parent: I read {seen}");
    println!("parent: I write {}", seen + 1);
    memory.cells()[0].store(seen + 1, SeqCst);
    says_write.write_all(b".")?;
    child.wait()?;
    println!("both have added 1: {}", memory.cells()[0].load(SeqCst));
    Ok(())
}

fn lesson(broken: bool) -> io::Result<()> {
    if broken {
        return shared_memory_without_order();
    }
    a_pipe()?;
    a_queue()?;
    a_publisher()?;
    shared_memory()?;
    a_manager()
}

fn main() -> ExitCode {
    let broken = std::env::args().any(|argument| argument == "broken");
    match lesson(broken) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
