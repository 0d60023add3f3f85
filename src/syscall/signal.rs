//! The calls about signals, and about the end of the run.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::kernel::signal::{Disposition, Signal, SignalSet};
use crate::kernel::{
    Answer, Interrupted, Kernel, NoSuchTask, SystemCall, Tid, outside, signals, stop,
};
use crate::shown::described;

/// Sends a signal to a task, before the next task is picked: see [`signal::kill`](crate::signal::kill).
///
/// The reply is an error if the task has ended, or is another scheduler's.
#[derive(Clone, Copy, Debug)]
pub struct SendSignal(pub Tid, pub Signal);

impl SystemCall for SendSignal {
    type Reply = Result<(), NoSuchTask>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        Answer::Done(signals::send(kernel, self.0, self.1, caller))
    }

    described!(self => "SendSignal({}, {})", self.0, self.1);
}

/// Waits for signals that come to a task: the caller, or, for its handlers, another.
pub(crate) struct WaitSignal {
    of: Option<Tid>,
    set: SignalSet,
    waits: bool,
}

impl WaitSignal {
    pub(crate) fn new(of: Option<Tid>, signals: &[Signal]) -> Self {
        Self {
            of,
            set: SignalSet::of(signals),
            waits: false,
        }
    }

    fn end(&mut self, kernel: &mut Kernel) {
        if std::mem::take(&mut self.waits) {
            outside::expect(kernel, |expected| expected.signals -= 1);
        }
    }
}

impl SystemCall for WaitSignal {
    type Reply = io::Result<Signal>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let of = self.of.unwrap_or(caller);
        match signals::take(kernel, caller, of, self.set).transpose() {
            Some(taken) => {
                self.end(kernel);
                Answer::Done(taken)
            }
            None => {
                if !std::mem::replace(&mut self.waits, true) {
                    outside::expect(kernel, |expected| expected.signals += 1);
                }
                Answer::Wait
            }
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        self.end(kernel);
        Err(why.into())
    }

    described!(self => "WaitSignal({})", self.set);

    fn describe_reply(reply: &Self::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match reply {
            Ok(signal) => fmt::Display::fmt(signal, out),
            Err(error) => fmt::Display::fmt(error, out),
        }
    }
}

/// Says what the caller does about a signal from now on.
pub(crate) struct Dispose(pub(crate) Signal, pub(crate) Disposition);

impl SystemCall for Dispose {
    type Reply = io::Result<()>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        Answer::Done(signals::dispose(kernel, caller, self.0, self.1))
    }

    described!(self => "Dispose({}, {:?})", self.0, self.1);
}

/// Stops the run: see [`stop`](crate::stop).
#[derive(Clone, Copy, Debug)]
pub struct Stop(pub Duration);

impl SystemCall for Stop {
    type Reply = ();

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<()> {
        stop::stop(kernel, self.0, Some(caller));
        Answer::Done(())
    }

    described!(self => "Stop({:?})", self.0);
}
