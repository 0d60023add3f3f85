//! The reactor: says which file descriptors have become ready.

use std::io;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::lineage::Lineage;

/// How many events are taken from the system at once.
const BATCH: usize = 1024;

/// Which token is no source's, but the letterbox's.
const MESSAGES: Token = Token(usize::MAX);

/// The least time for which the system's own waiting is exact enough.
const MILLISECOND: Duration = Duration::from_millis(1);

/// Waits for file descriptors, each of which is registered once: edge-triggered, both ways.
pub(crate) struct Reactor {
    poll: Poll,
    events: Events,
    registry: Rc<Registry>,
    waker: Arc<Waker>,
    lineage: Lineage,
}

/// What has become of a source.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Readiness {
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    /// Nothing more will come to read, or can be written: it stays ready, to say so.
    pub(crate) read_ended: bool,
    pub(crate) write_ended: bool,
}

/// One source in a reactor; dropping it takes it out.
pub(crate) struct Registration {
    registry: Rc<Registry>,
    fd: RawFd,
    lineage: Lineage,
}

impl Reactor {
    pub(crate) fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let registry = Rc::new(poll.registry().try_clone()?);
        let waker = Arc::new(Waker::new(&registry, MESSAGES)?);
        Ok(Self {
            poll,
            events: Events::with_capacity(BATCH),
            registry,
            waker,
            lineage: Lineage::current(),
        })
    }

    /// What ends a wait from another thread.
    pub(crate) fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Registers a descriptor; its events go by this key.
    pub(crate) fn register(&self, fd: RawFd, key: usize) -> io::Result<Registration> {
        // A forked child has the same set as its parent, and would change the parent's.
        if !self.lineage.is_current() {
            return Err(io::Error::other(
                "this scheduler is the parent process's: make another in the child",
            ));
        }
        let both = Interest::READABLE | Interest::WRITABLE;
        self.registry
            .register(&mut SourceFd(&fd), Token(key), both)?;
        Ok(Registration {
            registry: Rc::clone(&self.registry),
            fd,
            lineage: self.lineage,
        })
    }

    /// Waits until something happens or the time is over, and tells of each source that has become
    /// ready; says whether anything has happened.
    pub(crate) fn wait(
        &mut self,
        limit: Option<Duration>,
        mut tell: impl FnMut(usize, Readiness),
    ) -> bool {
        // The system counts whole milliseconds, and rounds up: what is left of one is waited for apart.
        let limit = match limit {
            Some(limit) if limit.is_zero() => Some(limit),
            Some(limit) if limit < MILLISECOND => {
                self.wait_briefly(limit);
                Some(Duration::ZERO)
            }
            Some(limit) => Some(Duration::from_millis(
                u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
            )),
            None => None,
        };
        // A signal that interrupts it is as good as nothing happening: the task that waits looks again.
        if self.poll.poll(&mut self.events, limit).is_err() {
            return false;
        }
        for event in self.events.iter().filter(|event| event.token() != MESSAGES) {
            tell(event.token().0, Readiness::of(event));
        }
        !self.events.is_empty()
    }

    fn wait_briefly(&self, limit: Duration) {
        let limit = Timespec {
            tv_sec: 0,
            tv_nsec: limit.subsec_nanos().into(),
        };
        let mut all = [PollFd::new(&*self.registry, PollFlags::IN)];
        // Whether it failed or not, the system is asked again in a moment.
        _ = poll(&mut all, Some(&limit));
    }
}

impl Registration {
    /// Whether it is of this process: not of one that this was forked from.
    pub(crate) fn is_ours(&self) -> bool {
        self.lineage.is_current()
    }
}

impl Readiness {
    fn of(event: &Event) -> Self {
        let failed = event.is_error();
        Self {
            readable: event.is_readable(),
            writable: event.is_writable(),
            read_ended: event.is_read_closed() || failed,
            write_ended: event.is_write_closed() || failed,
        }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if !self.is_ours() {
            return;
        }
        // Of a descriptor that is closed already the system has taken leave itself.
        _ = self.registry.deregister(&mut SourceFd(&self.fd));
    }
}
