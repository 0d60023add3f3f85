//! What calls see of the world outside.

use std::io;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::sync::Arc;

use super::source::Way;
use super::{Line, Outside, Remote};
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::face::Kernel;

impl Kernel<'_> {
    /// Lets the caller wait until a line may be ready; registers it if it is not.
    pub(crate) fn wait_for(&mut self, caller: Tid, line: &Rc<Line>, way: Way) -> io::Result<()> {
        let outside = self.core.outside()?;
        line.register(outside)?;
        line.begin(way, caller, &outside.sources);
        Ok(())
    }

    /// The line of a descriptor that is registered.
    pub(crate) fn line_of(&mut self, fd: RawFd) -> Option<Rc<Line>> {
        self.core.outside.as_ref()?.sources.of_fd(fd)
    }

    /// A handle to this scheduler for other threads.
    ///
    /// # Errors
    ///
    /// If the system has no descriptors left for what wakes a sleeping thread.
    pub fn remote(&mut self) -> io::Result<Remote> {
        let outside = self.core.outside()?;
        Ok(Remote::new(Arc::clone(&outside.inbox)))
    }

    /// Notes that work begins in another thread which ends by itself, and then writes a letter: virtual
    /// time stands still until then.
    pub(crate) fn begin_errand(&mut self) -> io::Result<()> {
        self.core.outside()?.errands += 1;
        Ok(())
    }

    /// Notes that such work has ended, or that nobody waits for it any more.
    pub(crate) fn end_errand(&mut self) {
        self.with_outside(|outside| outside.errands -= 1);
    }

    /// Notes that nobody but the caller has its waker: from there no letter can come.
    pub(crate) fn begin_lonely_wait(&mut self) {
        self.with_outside(|outside| outside.lonely += 1);
    }

    /// Notes that such a wait has ended.
    pub(crate) fn end_lonely_wait(&mut self) {
        self.with_outside(|outside| outside.lonely -= 1);
    }

    fn with_outside(&mut self, change: impl FnOnce(&mut Outside)) {
        if let Some(outside) = &mut self.core.outside {
            change(outside);
        }
    }
}
