//! Stopped tasks: whatever they wait for, they do not run until they are told to go on.

use crate::kernel::abi::events::{Cause, Event, JobControl};
use crate::kernel::abi::policy::Queued;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::shared::Shared;
use crate::kernel::core::state::State;
use crate::machine::TaskRef;

impl Core {
    /// Stops a task that neither runs nor is being served.
    pub(super) fn stop_task(&mut self, task: &TaskRef, by: Option<Tid>) {
        let tid = Tid::of(task);
        self.take_off_cpu(task);
        let before = match State::of(task) {
            state @ (State::Ready | State::Woken) => {
                self.ready.remove(task);
                self.dequeue(tid);
                // One that was woken looks again when it goes on.
                if state == State::Ready {
                    state
                } else {
                    State::Waiting
                }
            }
            State::Waiting => State::Waiting,
            _ => return,
        };
        State::Stopped.put(task);
        let extra = task.facts().extra();
        extra.signals.borrow_mut().stopped = Some(before);
        self.tell_job_control(tid, true, by);
    }

    fn tell_job_control(&mut self, tid: Tid, stopped: bool, by: Option<Tid>) {
        let time = self.moment();
        self.tell(|| {
            Event::JobControl(JobControl {
                time,
                tid,
                stopped,
                by,
            })
        });
    }

    /// Lets a stopped task go on; one that waited looks at what has become of it meanwhile.
    pub(super) fn go_on_after_stop(&mut self, task: &TaskRef, by: Option<Tid>) {
        let extra = task.facts().extra_if_any();
        let Some(before) = extra.and_then(|extra| extra.signals.borrow_mut().stopped.take()) else {
            return;
        };
        let tid = Tid::of(task);
        before.put(task);
        if before == State::Waiting {
            // Its time has come, or it still waits for that.
            if !self.has_not_arrived(tid) {
                Shared::make_ready(task.clone(), |_| Cause::Signal);
            }
        } else {
            self.ready.push(task.clone());
            self.enqueue(tid, Queued::Woken);
        }
        self.tell_job_control(tid, false, by);
    }
}

/// What a stopped task was before.
pub(in crate::kernel) fn state_before_stop(task: &TaskRef) -> State {
    let extra = task.facts().extra_if_any();
    extra
        .and_then(|extra| extra.signals.borrow().stopped)
        .unwrap_or(State::Waiting)
}
