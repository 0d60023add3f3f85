//! A mistake made once: a socket of `std` stops all tasks.
//!
//! A guest from outside takes some time to connect, and to speak then. A server waits in a task; beside it
//! a ticker should tick all the while. But `std::net` blocks the thread, and with it the loop that all
//! tasks live on: there is not one tick until the guest has come, and has spoken.
//!
//! ```text
//! cargo run --example echo_blocking
//! ```
//!
//! To try: take the listener of `coros::net` instead, in the line marked below. Nothing else changes, and
//! the ticker ticks; `echo` goes on from there. In a program of yours the scheduler's watchdog finds such
//! mistakes: install a logger, and it names the task that kept all others waiting.

use std::cell::Cell;
use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpListener; // <- the mistake
use std::net::{SocketAddr, TcpStream};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use coros::{Builder, Interrupted, run, sleep};

const TICK: Duration = Duration::from_millis(2);
const A_WHILE: Duration = Duration::from_millis(50);

/// The guest is another program, so to say: a thread, which may block as it likes.
fn guest(address: SocketAddr) -> io::Result<String> {
    thread::sleep(A_WHILE);
    let mut stream = TcpStream::connect(address)?;
    thread::sleep(A_WHILE);
    stream.write_all(b"is anybody there?")?;
    let mut answer = [0; 64];
    let length = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}

/// Serves one guest, and says how often the ticker ticked while this task waited.
fn serve(listener: &TcpListener, ticks: &Cell<u32>) -> io::Result<()> {
    let (mut stream, _) = listener.accept()?;
    println!("while the server was in accept: {} ticks", ticks.take());
    let mut words = [0; 64];
    let length = stream.read(&mut words)?;
    println!("while the server was in read: {} ticks", ticks.take());
    stream.write_all(&words[..length])
}

fn tick(ticks: &Cell<u32>) -> Result<(), Interrupted> {
    loop {
        sleep(TICK)?;
        ticks.set(ticks.get() + 1);
    }
}

fn wait_for_a_tick(ticks: &Cell<u32>) -> Result<(), Interrupted> {
    ticks.set(0);
    while ticks.get() == 0 {
        sleep(TICK)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(|| {
        let ticks = Rc::new(Cell::new(0));
        let counted = Rc::clone(&ticks);
        let ticker = Builder::new().name("ticker").daemon(true);
        ticker.spawn(move || tick(&counted));
        wait_for_a_tick(&ticks)?;
        println!("the ticker ticks");

        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let guest = thread::spawn(move || guest(address));
        ticks.set(0);
        serve(&listener, &ticks)?;
        let answer = guest.join().expect("the guest does not panic")?;
        println!("the guest heard: {answer}");

        wait_for_a_tick(&ticks)?;
        println!("the ticker ticks again");
        Ok(())
    })?
}
