//! The standard input.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};

use super::buffer::Buffer;
use crate::kernel::{Answer, Interest, Interrupted, Kernel, SystemCall, Tid, call};
use crate::shown::described;
use crate::syscall::DescriptorWait;

/// The standard input of this process.
///
/// ```no_run
/// use coros::{run, stdin};
///
/// let read = run(|| {
///     for line in stdin().lines() {
///         println!("{} letters", line?.chars().count());
///     }
///     std::io::Result::Ok(())
/// });
/// if let Err(error) = read.unwrap() {
///     eprintln!("that was not all: {error}");
/// }
/// ```
#[must_use]
pub fn stdin() -> Stdin {
    Stdin
}

/// A handle to the standard input; made by [`stdin()`].
///
/// All handles, in all threads, share one buffer, which `std` does not know: use one or the other. Several
/// tasks may read; which of them gets what comes next is not said. A read that is interrupted took nothing:
/// the part of a line that was there already stays for the next reader.
///
/// To ask whether it is a terminal: `stdin().as_fd().is_terminal()`.
///
/// When a wait is broken off, the `io::Error` says why: see [`Interrupted::of`].
#[derive(Clone, Copy, Debug)]
pub struct Stdin;

impl Stdin {
    /// Waits for a line, and appends it to `line`, with the character that ends it; the last line may have
    /// none. Says how many bytes that were: 0 is the end of the input.
    ///
    /// # Errors
    ///
    /// Those of the system; [`InvalidData`](io::ErrorKind::InvalidData) if the line is not UTF-8: it is
    /// gone then; or an [interruption](crate::Interrupted::of): then no byte is gone.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn read_line(&self, line: &mut String) -> io::Result<usize> {
        let read = call(self.reading_line())?;
        line.push_str(&read);
        Ok(read.len())
    }

    /// The call that [`read_line`](Self::read_line) makes: to be yielded, or raced against others. It
    /// replies with the line; an empty one is the end of the input.
    pub fn reading_line(&self) -> impl SystemCall<Reply = io::Result<String>> + use<> {
        Take::new("ReadLine", |buffer, more| {
            let length = match more {
                More::MayCome => buffer.line()?,
                More::Never => buffer.line().unwrap_or(buffer.rest().len()),
            };
            Some(text(buffer.take(length)))
        })
    }

    /// All lines, one after the other, without the characters that end them.
    #[must_use]
    pub fn lines(self) -> Lines {
        Lines(self)
    }
}

/// The lines of the standard input; made by [`Stdin::lines`].
///
/// After an error it goes on with the next line; after an interruption, with the same.
///
/// When a wait is broken off, the `io::Error` says why: see [`Interrupted::of`].
#[derive(Debug)]
pub struct Lines(Stdin);

impl Iterator for Lines {
    type Item = io::Result<String>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        let mut line = match call(self.0.reading_line()) {
            Ok(line) if line.is_empty() => return None,
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        let without_end = line.strip_suffix('\n').unwrap_or(&line);
        let without_end = without_end.strip_suffix('\r').unwrap_or(without_end);
        line.truncate(without_end.len());
        Some(Ok(line))
    }
}

fn text(line: &[u8]) -> io::Result<String> {
    String::from_utf8(line.to_vec()).map_err(|error| {
        let text = format!("a line of the standard input is not UTF-8: {error}");
        io::Error::new(io::ErrorKind::InvalidData, text)
    })
}

impl Read for Stdin {
    #[track_caller]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        call(Take::new("Read", |buffer, more| {
            if buffer.rest().is_empty() && more == More::MayCome && !into.is_empty() {
                return None;
            }
            let count = into.len().min(buffer.rest().len());
            into[..count].copy_from_slice(buffer.take(count));
            Some(Ok(count))
        }))
    }
}

impl Read for &Stdin {
    #[track_caller]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        Stdin.read(into)
    }
}

impl AsFd for Stdin {
    fn as_fd(&self) -> BorrowedFd<'_> {
        rustix::stdio::stdin()
    }
}

/// Fills the buffer until `take` finds in it what it wants, or the input has ended.
struct Take<A> {
    name: &'static str,
    wait: DescriptorWait,
    take: A,
}

impl<R, A: FnMut(&mut Buffer, More) -> Option<io::Result<R>>> Take<A> {
    fn new(name: &'static str, take: A) -> Self {
        let wait = DescriptorWait::new(Interest::Read);
        Self { name, wait, take }
    }

    /// One look: what was taken, or whether to look again although no wake comes.
    fn look(&mut self, kernel: &mut Kernel, caller: Tid) -> io::Result<Result<R, Again>> {
        // Held from the wait to the read, so that no other thread of ours takes what is there.
        let mut buffer = Buffer::lock();
        if let Some(taken) = (self.take)(&mut buffer, More::MayCome) {
            return Ok(Ok(taken?));
        }
        match self.wait.serve(kernel, caller, &Stdin) {
            Answer::Wait => return Ok(Err(Again::WhenWoken)),
            Answer::Done(ready) => ready?,
        }
        let more = match buffer.fill()? {
            0 => More::Never,
            _ => More::MayCome,
        };
        match (self.take)(&mut buffer, more) {
            Some(taken) => Ok(Ok(taken?)),
            None => Ok(Err(Again::Soon)),
        }
    }
}

/// What may come after that which is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum More {
    MayCome,
    /// It has ended, for now at least: a terminal may go on.
    Never,
}

/// When to look again.
enum Again {
    WhenWoken,
    Soon,
}

impl<R, A: FnMut(&mut Buffer, More) -> Option<io::Result<R>>> SystemCall for Take<A> {
    type Reply = io::Result<R>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let reply = match self.look(kernel, caller) {
            Ok(Err(Again::WhenWoken)) => return Answer::Wait,
            Ok(Err(Again::Soon)) => {
                // A line may be endless: the others have their turns in between.
                let now = kernel.now();
                kernel.wake_at(caller, now);
                return Answer::Wait;
            }
            Ok(Ok(taken)) => Ok(taken),
            Err(error) => Err(error),
        };
        self.wait.end(kernel, caller, &Stdin);
        Answer::Done(reply)
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        self.wait.end(kernel, caller, &Stdin);
        Err(why.into())
    }

    described!(self => "{}(stdin)", self.name);
}
