//! What calls ask of signals.

use std::io;
use std::rc::Rc;

use super::delivery::{TaskSignals, asked_of, asked_of_all, hand_over, note_parent};
use super::last_resort::review_end_at;
use super::process::hear;
use super::stopped::{go_on, stop};
use crate::kernel::abi::signal::{Disposition, Signal, SignalSet};
use crate::kernel::abi::{Interrupted, NoSuchTask, Tid};
use crate::kernel::core::exit::kill_now;
use crate::kernel::core::{Core, Kernel, WaitList};
use crate::kernel::modules::cancel::interrupt_task;
use crate::kernel::parts::{Post, Posted};
use crate::machine::{TaskRef, World};

/// Under which name the parents of new tasks are noted.
const PARENTS: &str = "signals";

/// A signal on its way to a task.
struct Sent {
    to: Tid,
    signal: Signal,
    by: Tid,
}

impl Posted for Sent {
    fn about(&self) -> Option<Tid> {
        Some(self.to)
    }

    fn act(self: Rc<Self>, world: &mut World) {
        let (signal, by) = (self.signal, Some(self.by));
        let Some(task) = world.find(self.to) else {
            return;
        };
        if signal == Signal::Kill {
            return kill_now(world, self.to);
        }
        // Before anything else: only one that runs can do something about the rest.
        if signal == Signal::Cont {
            go_on(world, &task, by);
        }
        if !hand_over(&task, signal) {
            do_by_default(world, &task, signal, by);
        }
    }
}

fn do_by_default(core: &mut Core, task: &TaskRef, signal: Signal, by: Option<Tid>) {
    match signal {
        Signal::Chld | Signal::Cont => {}
        Signal::Tstp => stop(core, task, by),
        _ => interrupt_task(core, task, Interrupted::signalled(signal, by)),
    }
}

/// Sends a signal to a task; it comes before the next task is picked.
pub(crate) fn send(
    kernel: &mut Kernel<'_>,
    to: Tid,
    signal: Signal,
    by: Tid,
) -> Result<(), NoSuchTask> {
    if signal == Signal::Kill {
        return kernel.kill(to);
    }
    let core = kernel.core();
    core.find(to).ok_or(NoSuchTask(to))?;
    core.post(Post::Act(Rc::new(Sent { to, signal, by })));
    Ok(())
}

/// Says what a task does about a signal from now on.
pub(crate) fn dispose(
    kernel: &mut Kernel<'_>,
    tid: Tid,
    signal: Signal,
    disposition: Disposition,
) -> io::Result<()> {
    let core = kernel.core();
    let task = core.find(tid).ok_or_else(|| gone(tid))?;
    if signal == Signal::Kill {
        let text = "SIGKILL cannot be handled, ignored or waited for";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    if matches!(disposition, Disposition::Asked | Disposition::Ignored) {
        hear(core, signal)?;
    }
    if signal == Signal::Chld {
        core.at_birth(PARENTS, Some(Rc::new(note_parent)));
    }
    let signals = TaskSignals::of(&task);
    let (asked, ignored) = (signals.asked.get(), signals.ignored.get());
    signals.asked.set(asked.without(signal));
    signals.ignored.set(ignored.without(signal));
    match disposition {
        Disposition::Default => signals.pending.set(signals.pending.get().without(signal)),
        Disposition::Ignored | Disposition::Exempt => signals.ignored.set(ignored.with(signal)),
        Disposition::Asked => signals.asked.set(asked.with(signal)),
    }
    if asked.has(signal) {
        // Handlers look whether they still have anything to do.
        signals.wake_all(None);
    }
    review_end_at(core, signal, asked_of_all);
    Ok(())
}

/// Takes a signal of a task's that has come; else the caller waits. Only in its own name it asks for
/// signals that were not asked for, or not any more.
pub(crate) fn take(
    kernel: &mut Kernel<'_>,
    caller: Tid,
    of: Tid,
    set: SignalSet,
) -> io::Result<Option<Signal>> {
    for signal in set.iter() {
        if !asked_of(kernel.core(), of).has(signal) {
            if of != caller {
                return Err(gone(of));
            }
            dispose(kernel, of, signal, Disposition::Asked)?;
        }
    }
    let task = kernel.core().find(of).ok_or_else(|| gone(of))?;
    let signals = TaskSignals::of(&task);
    if let Some(signal) = set.first_in(signals.pending.get()) {
        signals.pending.set(signals.pending.get().without(signal));
        return Ok(Some(signal));
    }
    let mut list = signals.list.borrow_mut();
    let list = list.get_or_insert_with(|| WaitList::part_of("signal"));
    kernel.park(caller, list);
    Ok(None)
}

fn gone(tid: Tid) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, NoSuchTask(tid))
}
