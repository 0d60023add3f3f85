//! Sources: what tasks wait for, with the file descriptor inside.

use std::os::fd::{AsFd, AsRawFd};
use std::rc::Rc;

use super::direction::Interest;
use super::scheduled_io::ScheduledIo;
use crate::shown::shown;

/// Something with a file descriptor, for which tasks wait: see [`syscall::Io`](crate::syscall::Io).
///
/// It is registered with the scheduler of the first task that has to wait for it, once, and taken out
/// when it is dropped. The descriptor must be in non-blocking mode, or it is the loop that waits.
pub struct Source<T> {
    // Dropped first: the descriptor is still open then.
    scheduled: Registered,
    io: T,
}

/// Takes its descriptor out of the table when it goes.
struct Registered(Rc<ScheduledIo>);

impl<T: AsFd> Source<T> {
    /// A source of this kind, as in "tcp stream": reports speak of it by that, and by its number.
    #[must_use]
    pub fn new(kind: &'static str, io: T) -> Self {
        let fd = io.as_fd().as_raw_fd();
        Self {
            scheduled: Registered(Rc::new(ScheduledIo::new(kind, fd))),
            io,
        }
    }

    /// Takes it apart; tasks cannot wait for it any more.
    pub fn into_inner(self) -> T {
        self.io
    }
}

impl<T> Source<T> {
    /// What it was made of.
    #[inline]
    pub fn get(&self) -> &T {
        &self.io
    }

    /// Says that the last try took all that there was, as a read shows that filled only a part of its
    /// buffer: the next one is made only when more has come. Only where that is so: of TCP and pipes.
    #[inline]
    pub fn exhausted(&self, way: Interest) {
        self.scheduled.0.exhausted(way);
    }

    /// Lets all calls on it fail from now on, those too that wait.
    pub fn close(&self) {
        self.scheduled.0.close();
    }

    #[inline]
    pub(crate) fn scheduled(&self) -> &Rc<ScheduledIo> {
        &self.scheduled.0
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.0.retire();
    }
}

shown!(impl<T: std::fmt::Debug> Debug for Source<T>: self =>
    "Source({}, {:?})", self.scheduled.0, self.io);
