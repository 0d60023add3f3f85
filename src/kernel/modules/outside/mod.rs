//! The world outside a scheduler: file descriptors that tasks wait for, messages from other threads.
//!
//! It is opened when the first task waits for a descriptor, or the first [`Remote`] is made; a scheduler
//! that needs neither pays nothing for it.

mod direction;
mod idle;
mod remote;
mod scheduled_io;
mod source;
mod sources;
mod spin;
mod work;

use std::io;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::sync::Arc;

use super::stop::at_stop;
use crate::devices::{Inbox, Reactor, WorkList};
use crate::kernel::abi::Tid;
use crate::kernel::core::{Core, Kernel, PostHandle};
use crate::kernel::parts::catch_user_panic;
pub use direction::Interest;
pub(in crate::kernel) use idle::read_messages;
pub(crate) use remote::Message;
pub use remote::{Remote, Stopped};
pub(crate) use scheduled_io::ScheduledIo;
pub use source::Source;
use sources::Sources;
use spin::Spin;
pub(crate) use spin::spin;
pub(crate) use work::{begin_work, forget_work, has_virtual_time, is_given};

/// What connects a scheduler with the outside.
pub(in crate::kernel) struct Outside {
    pub(in crate::kernel) reactor: Reactor,
    sources: Rc<Sources<ScheduledIo>>,
    /// How the scheduler itself is reached, by what needs no answer.
    poster: PostHandle,
    inbox: Arc<Inbox<Message>>,
    /// What listens to the system's signals, while there is anything that does.
    pub(super) also: Option<Also>,
    spin: Spin,
    /// The memory into which messages are taken.
    taken: Vec<Message>,
    /// Work that goes on in other threads and ends by itself: virtual time waits for it.
    work: WorkList<Tid>,
    expected: Expected,
}

/// What is expected from outside.
#[derive(Clone, Copy, Default)]
pub(crate) struct Expected {
    /// Wakers that only the tasks which wait for them have: from there no message comes.
    pub(crate) unreachable: usize,
    /// Tasks that wait for signals, which the system may send.
    pub(crate) signals: usize,
}

impl Outside {
    fn open(poster: PostHandle) -> io::Result<Self> {
        let reactor = Reactor::new()?;
        let inbox = Arc::new(Inbox::new(reactor.waker()));
        Ok(Self {
            reactor,
            sources: Rc::default(),
            poster,
            inbox,
            also: None,
            spin: Spin::default(),
            taken: Vec::new(),
            work: WorkList::new(),
            expected: Expected::default(),
        })
    }

    /// Whether something may come about that makes a task ready.
    fn may_bring(&self) -> bool {
        let Expected {
            unreachable,
            signals,
        } = self.expected;
        let can_write = self.inbox.writers() > unreachable || self.inbox.has_some();
        !self.work.is_over() || signals > 0 || self.sources.is_any_awaited() || can_write
    }
}

/// What else the reactor tells of, under keys that no source has.
#[derive(Clone, Copy)]
pub(super) struct Also {
    /// Notes that there was an event under a key.
    pub(super) note: fn(&mut Core, usize),
    /// Reads what has come; says whether anything may have.
    pub(super) read: fn(&mut Core) -> bool,
}

/// The outside, opened if need be.
pub(super) fn open(core: &mut Core) -> io::Result<&mut Outside> {
    if core.module::<Outside>().is_none() {
        let outside = Outside::open(PostHandle::to(core.shared()))?;
        core.put_module(Box::new(outside));
        core.hooks().look = Some(idle::look);
        core.hooks().rest = idle::rest;
        at_stop(core, refuse_messages);
    }
    Ok(core.module_mut().expect("opened just now"))
}

/// Whether the outside was opened.
pub(super) fn is_open(core: &Core) -> bool {
    core.module::<Outside>().is_some()
}

/// Hears of something else through the reactor from now on, or of nothing else.
pub(super) fn hear_also(core: &mut Core, also: Option<Also>) -> io::Result<&Reactor> {
    let outside = open(core)?;
    outside.also = also;
    Ok(&outside.reactor)
}

/// Lets others leave work here, also after a run that was stopped.
pub(in crate::kernel) fn accept_messages(core: &mut Core) {
    if let Some(outside) = core.module::<Outside>() {
        outside.inbox.accept();
    }
}

/// Lets nothing leave further work here.
fn refuse_messages(core: &mut Core) {
    if let Some(outside) = core.module::<Outside>() {
        outside.inbox.refuse();
    }
}

/// Lets the caller wait until a descriptor may be ready; registers it if it is not.
pub(crate) fn wait_for(
    kernel: &mut Kernel<'_>,
    caller: Tid,
    scheduled: &Rc<ScheduledIo>,
    way: Interest,
) -> io::Result<()> {
    let outside = open(kernel.core())?;
    scheduled.register(outside)?;
    scheduled.begin(way, caller, &outside.sources);
    Ok(())
}

/// What is kept of a descriptor, if it is registered.
pub(crate) fn scheduled_io_of(kernel: &mut Kernel<'_>, fd: RawFd) -> Option<Rc<ScheduledIo>> {
    let outside = kernel.core().module::<Outside>()?;
    outside.sources.of_fd(fd)
}

/// Changes what is expected from outside, if that was opened.
pub(crate) fn expect(kernel: &mut Kernel<'_>, change: impl FnOnce(&mut Expected)) {
    if let Some(outside) = kernel.core().module_mut::<Outside>() {
        change(&mut outside.expected);
    }
}

impl Drop for Outside {
    /// What has left messages here gets to know that they are not read.
    fn drop(&mut self) {
        // They may be registered with another.
        let entries = self.sources.take_all();
        entries.iter().for_each(|it| it.move_out());
        for message in self.inbox.close() {
            // What it would have done is the user's, and may panic where it is dropped.
            catch_user_panic(|| drop(message));
        }
    }
}
