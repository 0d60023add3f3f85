//! What calls see of signals.

use std::io;

use super::{Disposition, Signal, SignalSet};
use crate::kernel::abi::tid::{NoSuchTask, Tid};
use crate::kernel::core::face::Kernel;
use crate::kernel::core::list::WaitList;
use crate::kernel::core::mail::Post;

impl Kernel<'_> {
    /// Sends a signal to a task; it comes before the next task is picked.
    pub(crate) fn signal(&mut self, tid: Tid, signal: Signal, by: Tid) -> Result<(), NoSuchTask> {
        if signal == Signal::Kill {
            return self.kill(tid);
        }
        self.core.table.find(tid).ok_or(NoSuchTask(tid))?;
        let post = Post::Signal(Box::new((tid, signal, Some(by))));
        self.core.mail.put(post);
        Ok(())
    }

    /// Says what a task does about a signal from now on.
    pub(crate) fn dispose(
        &mut self,
        tid: Tid,
        signal: Signal,
        disposition: Disposition,
    ) -> io::Result<()> {
        let task = self.core.table.find(tid).ok_or_else(|| gone(tid))?;
        if signal == Signal::Kill {
            let text = "SIGKILL cannot be handled, ignored or waited for";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        if matches!(disposition, Disposition::Asked | Disposition::Ignored) {
            self.core.hook_signal(signal)?;
        }
        if signal == Signal::Chld {
            self.core.births_matter.set(true);
        }
        let mut signals = task.facts().extra().signals.borrow_mut();
        let had_asked = signals.asked.has(signal);
        signals.asked.remove(signal);
        signals.ignored.remove(signal);
        match disposition {
            Disposition::Default => signals.pending.remove(signal),
            Disposition::Ignored | Disposition::Exempt => signals.ignored.add(signal),
            Disposition::Asked => signals.asked.add(signal),
        }
        let list = signals.list.clone().filter(|_| had_asked);
        drop(signals);
        if let Some(list) = list {
            // Handlers look whether they still have anything to do.
            list.wake_all();
        }
        self.core.review_end_at(signal);
        Ok(())
    }

    /// Takes a signal of a task's that has come; else the caller waits. Only in its own name it asks for
    /// signals that were not asked for, or not any more.
    pub(crate) fn take_signal(
        &mut self,
        caller: Tid,
        of: Tid,
        set: SignalSet,
    ) -> io::Result<Option<Signal>> {
        for signal in set.iter() {
            if !self.core.has_asked(of, signal) {
                if of != caller {
                    return Err(gone(of));
                }
                self.dispose(of, signal, Disposition::Asked)?;
            }
        }
        let task = self.core.table.find(of).ok_or_else(|| gone(of))?;
        let mut signals = task.facts().extra().signals.borrow_mut();
        if let Some(signal) = set.first_in(signals.pending) {
            signals.pending.remove(signal);
            return Ok(Some(signal));
        }
        let list = signals
            .list
            .get_or_insert_with(|| WaitList::part_of("signal"))
            .clone();
        drop(signals);
        self.park(caller, &list);
        Ok(None)
    }

    /// Notes that somebody waits for signals, which the system may send.
    pub(crate) fn begin_signal_wait(&mut self) {
        self.core.signal_waits += 1;
    }

    /// Notes that such a wait has ended.
    pub(crate) fn end_signal_wait(&mut self) {
        self.core.signal_waits -= 1;
    }
}

fn gone(tid: Tid) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, NoSuchTask(tid))
}
