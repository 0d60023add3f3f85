//! coros's sockets, each served by a task.

use std::io::{self, Read, Write};

use coros::net::{TcpListener, TcpStream};
use coros::{Scheduler, spawn};

use crate::subjects::{ANY_PORT, READ_ROOM};
use crate::wire::control::tell_address;

/// Sends everything back, on all connections, for ever.
pub fn echo() -> io::Result<()> {
    serve(scheduler(), |stream| _ = echo_all(stream))
}

/// Who serves many connections chooses small stacks.
pub(super) fn scheduler() -> Scheduler {
    Scheduler::builder().stack_size(16 << 10).build()
}

/// Accepts connections for ever, and gives each a task.
pub(super) fn serve(
    mut sched: Scheduler,
    answer: impl Fn(TcpStream) + Clone + 'static,
) -> io::Result<()> {
    let accept = sched.spawn(move || -> io::Result<()> {
        let listener = TcpListener::bind(ANY_PORT)?;
        tell_address(listener.local_addr());
        loop {
            let (stream, _) = listener.accept()?;
            stream.set_nodelay(true)?;
            let answer = answer.clone();
            drop(spawn(move || answer(stream)));
        }
    });
    sched
        .run()
        .map_err(|stuck| io::Error::other(stuck.to_string()))?;
    accept
        .join()
        .map_err(|error| io::Error::other(error.to_string()))?
}

fn echo_all(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; READ_ROOM];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count])?,
        }
    }
}
