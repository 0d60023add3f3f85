//! The world outside a scheduler: file descriptors that tasks wait for, letters from other threads.
//!
//! It is opened when the first task waits for a descriptor, or the first [`Remote`] is made; a scheduler
//! that needs neither pays nothing for it.

mod idle;
mod kernel;
mod line;
mod remote;
mod side;
mod source;
mod sources;
mod vigil;

use std::io;
use std::rc::Rc;
use std::sync::Arc;

use super::signals::Hooks;
use crate::devices::{Inbox, Reactor};
use crate::kernel::core::Core;
use crate::kernel::core::mail::Poster;
use crate::kernel::core::quietly::quietly;
pub(crate) use line::Line;
pub(crate) use remote::Letter;
pub use remote::{Remote, Stopped};
pub use source::{Source, Way};
use sources::Sources;
use vigil::Vigil;

/// The doors that are open.
pub(in crate::kernel) struct Outside {
    pub(in crate::kernel) reactor: Reactor,
    sources: Rc<Sources>,
    /// How the scheduler itself is reached, by what needs no answer.
    poster: Poster,
    inbox: Arc<Inbox<Letter>>,
    /// Who listens to the system's signals, while anybody does.
    pub(in crate::kernel) hooks: Option<Hooks>,
    vigil: Vigil,
    /// The memory into which letters are taken.
    taken: Vec<Letter>,
    /// Work of ours that goes on in other threads and ends by itself: virtual time waits for it.
    errands: usize,
    /// Wakers that only those who wait for them have: from there no letter comes.
    lonely: usize,
}

impl Outside {
    fn open(poster: Poster) -> io::Result<Self> {
        let reactor = Reactor::new()?;
        let inbox = Arc::new(Inbox::new(reactor.waker()));
        Ok(Self {
            reactor,
            sources: Rc::default(),
            poster,
            inbox,
            hooks: None,
            vigil: Vigil::default(),
            taken: Vec::new(),
            errands: 0,
            lonely: 0,
        })
    }

    /// Whether something may come about that makes a task ready.
    fn may_bring(&self) -> bool {
        let can_write = self.inbox.writers() > self.lonely;
        self.errands > 0 || self.sources.is_any_awaited() || can_write
    }
}

impl Core {
    /// The doors to the outside, opened if need be.
    pub(in crate::kernel) fn outside(&mut self) -> io::Result<&mut Outside> {
        if self.outside.is_none() {
            self.outside = Some(Box::new(Outside::open(self.poster())?));
        }
        Ok(self.outside.as_mut().expect("opened just now"))
    }

    /// Lets others leave work here, also after a run that was stopped.
    pub(in crate::kernel) fn accept_letters(&mut self) {
        if let Some(outside) = &self.outside {
            outside.inbox.accept();
        }
    }

    /// Lets nobody leave further work here.
    pub(in crate::kernel) fn refuse_letters(&mut self) {
        if let Some(outside) = &self.outside {
            outside.inbox.refuse();
        }
    }
}

impl Drop for Outside {
    /// Whoever has letters left for us gets to know that nobody reads them.
    fn drop(&mut self) {
        self.sources.close();
        for letter in self.inbox.close() {
            // What it would have done is the user's, and may panic where it is dropped.
            quietly(|| drop(letter));
        }
    }
}
