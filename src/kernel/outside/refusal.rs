//! What is said to whoever may not wait for a line.

use std::io;

use super::line::Line;
use super::source::Way;
use crate::kernel::tid::Tid;

impl Line {
    #[cold]
    pub(super) fn refusal(&self, way: Way, user: Tid) -> io::Error {
        if self.closed.get() {
            let text = format!("{self} was closed by this program");
            return io::Error::new(io::ErrorKind::NotConnected, text);
        }
        let does = match way {
            Way::Read => "reads from",
            Way::Write => "writes to",
        };
        let text = format!("task {user} {does} {self} already: one at a time");
        io::Error::new(io::ErrorKind::ResourceBusy, text)
    }

    /// That somebody else has it in the reactor is said in words; it is then a task with a bare wait.
    pub(super) fn explained(&self, error: io::Error) -> io::Error {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return error;
        }
        let text = format!("a task waits for the descriptor of {self}: let it end first");
        io::Error::new(io::ErrorKind::ResourceBusy, text)
    }
}
