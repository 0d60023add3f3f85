//! Step 7, input and output: `ReadWait` and `WriteWait`.
//!
//! A call of the operating system that blocks stops the thread, and with it the loop and every task. So
//! a task does not ask until the answer is there: it names the descriptor, and waits for it alone.
//!
//! `cargo run --example step7 -- broken` asks at once, and stands still with all the others.

use std::error::Error;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use coros::syscall::{ReadWait, WriteWait};
use coros::{call, run, spawn, yield_now};

/// Waits for the letter, and lets the others run meanwhile.
fn read(mut end: UnixStream) -> io::Result<()> {
    println!("reader: I wait");
    call(ReadWait(&end))?;
    let mut letter = [0; 5];
    end.read_exact(&mut letter)?;
    println!("reader: {:?}", String::from_utf8_lossy(&letter));
    Ok(())
}

/// Waits for the letter, and keeps the thread for itself.
fn read_at_once(mut end: UnixStream) -> io::Result<()> {
    let patience = Duration::from_millis(50);
    end.set_read_timeout(Some(patience))?;
    println!("reader: I wait");
    if end.read(&mut [0; 5]).is_err() {
        println!("reader: in {patience:?} no letter, and no other had a turn");
    }
    read(end)
}

fn write(mut end: UnixStream) -> io::Result<()> {
    for line in 1..=3 {
        println!("writer: line {line}");
        yield_now();
    }
    call(WriteWait(&end))?;
    end.write_all(b"hello")
}

fn main() -> Result<(), Box<dyn Error>> {
    let broken = std::env::args().any(|argument| argument == "broken");
    let read = if broken { read_at_once } else { read };
    run(move || {
        let (here, there) = UnixStream::pair()?;
        let reader = spawn(move || read(here));
        let writer = spawn(move || write(there));
        for ended in [reader.join(), writer.join()] {
            ended??;
        }
        Ok(())
    })?
}
