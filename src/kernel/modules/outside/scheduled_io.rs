//! Scheduled I/O: what is known of a file descriptor, and which tasks wait for it.
//!
//! ```text
//!   try ──▶ would block ──▶ not ready, waiting ──▶ an event: ready, woken ──▶ try …
//! ```
//!
//! One task waits each way, so it takes no list: its number is enough to wake it.

use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::RawFd;
use std::rc::{Rc, Weak};

use super::Outside;
use super::direction::{Direction, Interest};
use super::sources::Sources;
use crate::devices::{Readiness, Registration};
use crate::kernel::abi::Tid;
use crate::kernel::core::PostHandle;
use crate::shown::shown;

/// What is known of a descriptor.
pub(crate) struct ScheduledIo {
    fd: RawFd,
    kind: &'static str,
    read: Direction,
    write: Direction,
    pub(super) closed: Cell<bool>,
    /// Whether it is there only while a task waits, and the descriptor is that task's.
    lent: bool,
    home: RefCell<Option<Home>>,
}

/// Where a descriptor is registered.
struct Home {
    sources: Weak<Sources<ScheduledIo>>,
    key: usize,
    /// How a task is reached that waits here.
    poster: PostHandle,
    registration: Registration,
}

impl ScheduledIo {
    pub(super) fn new(kind: &'static str, fd: RawFd) -> Self {
        Self {
            fd,
            kind,
            read: Direction::new(),
            write: Direction::new(),
            closed: Cell::new(false),
            lent: false,
            home: RefCell::default(),
        }
    }

    /// Of a descriptor that a task waits for without a source.
    pub(crate) fn lent(fd: RawFd) -> Rc<Self> {
        Rc::new(Self {
            lent: true,
            ..Self::new("file descriptor", fd)
        })
    }

    #[inline]
    fn direction(&self, way: Interest) -> &Direction {
        match way {
            Interest::Read => &self.read,
            Interest::Write => &self.write,
        }
    }

    /// Whether a try is worth while.
    #[inline]
    pub(crate) fn is_ready(&self, way: Interest) -> bool {
        self.direction(way).is_ready()
    }

    /// A try would have blocked.
    pub(crate) fn would_block(&self, way: Interest) {
        self.direction(way).would_block();
    }

    /// The last try has taken all that there was.
    #[inline]
    pub(super) fn exhausted(&self, way: Interest) {
        self.direction(way).exhausted();
    }

    /// Says whether the caller may try; else, why not.
    #[inline]
    pub(crate) fn admit(&self, way: Interest, caller: Tid) -> io::Result<()> {
        let user = self.direction(way).user.get();
        if (user == caller || user == Tid::NONE) && !self.closed.get() {
            return Ok(());
        }
        if !self.closed.get() && self.leave_to_parent() {
            return Ok(());
        }
        Err(self.refusal(way, user))
    }

    /// Forgets which tasks wait, and where, if that is in the process that this was forked from; says whether.
    fn leave_to_parent(&self) -> bool {
        let is_parents = |home: &mut Home| !home.registration.is_ours();
        let left = self.home.borrow_mut().take_if(is_parents);
        if left.is_some() {
            self.read.user.set(Tid::NONE);
            self.write.user.set(Tid::NONE);
        }
        left.is_some()
    }

    /// Whether any task may try: none waits, and it is not closed.
    #[inline]
    pub(crate) fn is_free(&self, way: Interest) -> bool {
        self.direction(way).user.get() == Tid::NONE && !self.closed.get()
    }

    /// Notes which task waits.
    #[inline]
    pub(super) fn begin(&self, way: Interest, caller: Tid, sources: &Sources<Self>) {
        if self.direction(way).user.replace(caller) == Tid::NONE {
            sources.await_one_more();
        }
    }

    /// The caller waits no more, if it did.
    #[inline]
    pub(crate) fn end(&self, way: Interest, caller: Tid) {
        let user = &self.direction(way).user;
        if user.get() == caller {
            user.set(Tid::NONE);
            if let Some(sources) = self.sources() {
                sources.await_one_less();
            }
        }
    }

    fn sources(&self) -> Option<Rc<Sources<Self>>> {
        self.home.borrow().as_ref()?.sources.upgrade()
    }

    /// Notes what has become of it; `wake` gets the task that may try again.
    #[inline]
    pub(super) fn note(&self, readiness: Readiness, mut wake: impl FnMut(Tid)) {
        for (direction, ready, ended) in [
            (&self.read, readiness.readable, readiness.read_ended),
            (&self.write, readiness.writable, readiness.write_ended),
        ] {
            if ready || ended {
                direction.note(ended);
                if direction.user.get() != Tid::NONE {
                    wake(direction.user.get());
                }
            }
        }
    }

    /// Registers it, unless it is.
    #[inline]
    pub(super) fn register(self: &Rc<Self>, outside: &Outside) -> io::Result<()> {
        let table = Rc::as_ptr(&outside.sources);
        // What the parent of a forked process has registered is the parent's.
        let is_home =
            |home: &Home| std::ptr::eq(home.sources.as_ptr(), table) && home.registration.is_ours();
        let is_at_home = self.home.borrow().as_ref().is_some_and(is_home);
        if is_at_home {
            return Ok(());
        }
        self.move_in(outside)
    }

    #[cold]
    fn move_in(self: &Rc<Self>, outside: &Outside) -> io::Result<()> {
        self.leave_to_parent();
        if self.sources().is_some() {
            return Err(io::Error::other(format!(
                "{self} belongs to another scheduler: take it apart and make it anew here"
            )));
        }
        self.home.take();
        let register = |key| {
            let registered = outside.reactor.register(self.fd, key);
            registered.map_err(|error| self.explained(error))
        };
        let (key, registration) = outside.sources.add(self.fd, self, register)?;
        self.home.replace(Some(Home {
            sources: Rc::downgrade(&outside.sources),
            key,
            poster: outside.poster.clone(),
            registration,
        }));
        Ok(())
    }

    #[cold]
    pub(super) fn refusal(&self, way: Interest, user: Tid) -> io::Error {
        if self.closed.get() {
            let text = format!("{self} was closed by this program");
            return io::Error::new(io::ErrorKind::NotConnected, text);
        }
        let does = match way {
            Interest::Read => "reads from",
            Interest::Write => "writes to",
        };
        let text = format!("task {user} {does} {self} already: one at a time");
        io::Error::new(io::ErrorKind::ResourceBusy, text)
    }

    /// That the descriptor is in the reactor already is said in words: a task waits for it without a source.
    pub(super) fn explained(&self, error: io::Error) -> io::Error {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return error;
        }
        let text = format!("a task waits for the descriptor of {self}: let it end first");
        io::Error::new(io::ErrorKind::ResourceBusy, text)
    }

    /// Takes it out if it is there only for tasks that wait, and none does.
    pub(crate) fn retire_if_lent(&self) {
        let is_used = |direction: &Direction| direction.user.get() != Tid::NONE;
        if self.lent && !is_used(&self.read) && !is_used(&self.write) {
            self.retire();
        }
    }

    /// Takes it out of the reactor and the table.
    pub(super) fn retire(&self) {
        let Some(home) = self.home.take() else { return };
        if let Some(sources) = home.sources.upgrade() {
            sources.remove(self.fd, home.key);
        }
    }

    /// Its scheduler ends: it may be registered with another.
    pub(super) fn move_out(&self) {
        self.home.take();
    }

    /// Lets all calls on it fail, those too that wait.
    pub(super) fn close(&self) {
        self.closed.set(true);
        if let Some(home) = self.home.borrow().as_ref() {
            let users = [&self.read, &self.write].map(|direction| direction.user.get());
            let waiting = users.into_iter().filter(|&user| user != Tid::NONE);
            waiting.for_each(|user| home.poster.wake(user));
        }
    }
}

shown!(impl Display for ScheduledIo: self => "{} {}", self.kind, self.fd);
