//! The events, and what each of them tells. Times are counted from the scheduler's start.

use std::sync::Arc;
use std::time::Duration;

use super::cause::Cause;
use super::define::{events, recorded};
use super::step::Step;
#[cfg(feature = "record")]
use super::written::nanos;
use crate::kernel::abi::exit::Exit;
use crate::kernel::abi::interrupted::Why;
use crate::kernel::abi::policy::OffCpu;
use crate::kernel::abi::sched_params::SchedParams;
use crate::kernel::abi::tid::Tid;

events! {
    /// Something that happened in a scheduler.
    // Most events are turns, and a box for each would cost more than the room does.
    #[allow(clippy::large_enum_variant)]
    pub enum Event {
        /// An observer came.
        /// The circumstances in which everything that follows happens.
        Start(Start {
            /// When.
            pub time: Duration as "nanos",
            /// The clock, in words: real, virtual, or scaled and by how much.
            pub clock: Arc<str>,
            /// The seed of all that is drawn by lot.
            pub seed: u64,
            /// How long a CPU takes to switch to another task.
            pub switch_cost: Duration as "nanos" = default,
            /// How many CPUs there are.
            pub cpus: u32,
            /// The policy's name.
            pub policy: Arc<str>,
        }),

        /// A turn of the loop is over.
        Turn(Step),

        /// A task is there.
        /// It was made, or, if that comes first, found when an observer came.
        Birth(Birth {
            /// When it arrives.
            pub time: Duration as "nanos",
            /// The task.
            pub tid: Tid,
            /// Its name; empty if it has none.
            pub name: Arc<str> = default,
            /// Whether the run ends without it.
            pub daemon: bool = default,
            /// The task whose call made it; none, if it came from outside.
            pub parent: Option<Tid> = default,
            /// What it claims from the policy, if it claims anything.
            pub claim: Option<SchedParams> = default,
        }),

        /// A task has ended.
        Death(Death {
            /// When.
            pub time: Duration as "nanos",
            /// The task.
            pub tid: Tid,
            /// How.
            pub exit: Exit,
        }),

        /// A task that waited is ready.
        Wake(Wake {
            /// When.
            pub time: Duration as "nanos",
            /// The task.
            pub tid: Tid,
            /// Why.
            pub cause: Cause,
        }),

        /// A timer was set, or went off.
        /// One that is taken back, since its wait is over, is no event.
        Timer(Timer {
            /// When.
            pub time: Duration as "nanos",
            /// The task.
            pub tid: Tid,
            /// What became of it.
            pub did: TimerDid,
        }),

        /// A task, or one of its scopes, was interrupted.
        #[serde(alias = "signal")]
        Interrupt(Interrupt {
            /// When.
            pub time: Duration as "nanos",
            /// The task that is interrupted.
            pub tid: Tid,
            /// Why.
            pub why: Why,
            /// The task that did it, if one did.
            pub by: Option<Tid> = default,
        }),

        /// A task was stopped by a signal, or continued.
        /// If it waited, its wake comes before it goes on: it looks at what has become of its wait.
        JobControl(JobControl {
            /// When.
            pub time: Duration as "nanos",
            /// The task.
            pub tid: Tid,
            /// Whether it is stopped now.
            pub stopped: bool,
            /// The task that sent the signal, if one did.
            pub by: Option<Tid> = default,
        }),

        /// A task's stay on a CPU is over.
        /// Only where CPUs are simulated or a policy is at work.
        Slice(Slice {
            /// When it came, having been switched to.
            pub from: Duration as "nanos",
            /// When it went.
            pub time: Duration as "nanos",
            /// The task.
            pub tid: Tid,
            /// On which CPU.
            pub cpu: u32,
            /// Why it went.
            pub why: OffCpu,
        }),

        // What tasks note in the ledger takes no call: its time is that of the end of the turn.

        /// A task took or gave back a thing that others may wait for.
        Hold(Hold {
            /// When.
            pub time: Duration as "nanos",
            /// The task.
            pub tid: Tid,
            /// The thing, in words: a lock, a permit.
            pub what: Arc<str>,
            /// Its number among all that were held while this was observed: two may have the same words.
            pub id: u64,
            /// Whether the task has it now.
            pub taken: bool,
        }),

        /// Something was put into a queue without bound, or taken out.
        Length(Length {
            /// When.
            pub time: Duration as "nanos",
            /// Which queue, in words.
            pub what: Arc<str>,
            /// Its number among all that were held or filled while this was observed.
            pub id: u64,
            /// How long it is now.
            pub len: u64,
        }),

        /// A task was joined: its end was asked for.
        Join(Join {
            /// When.
            pub time: Duration as "nanos",
            /// The task that was joined.
            pub tid: Tid,
        }),

        /// A wait has closed a cycle of waits: whatever other tasks do, it stays, short of a kill or a cancel.
        /// The log has the same words. Cycles that are only likely, or longer than 64 tasks, are left
        /// to the report of a stuck run: see [`Stuck::certain_cycles`](crate::Stuck::certain_cycles).
        Deadlock(Deadlock {
            /// When.
            pub time: Duration as "nanos",
            /// The tasks: the first is the one that began to wait, each waits for the next, and the last for
            /// the first.
            pub tids: Vec<Tid>,
            /// How each of them waits for the next, in words.
            pub waits: Vec<String>,
        }),

        /// A task claims something else from now on.
        Claimed(Claimed {
            /// When.
            pub time: Duration as "nanos",
            /// The task.
            pub tid: Tid,
            /// What.
            pub claim: SchedParams,
        }),

        /// Another policy was put in force.
        InForce(InForce {
            /// When.
            pub time: Duration as "nanos",
            /// Its name.
            pub policy: Arc<str>,
        }),

        /// A policy was thrown out.
        /// From now on it is first in, first out.
        Dropped(Dropped {
            /// When.
            pub time: Duration as "nanos",
            /// Its name.
            pub policy: Arc<str>,
            /// What it did.
            pub reason: Arc<str>,
        }),
    }
}

/// What became of a timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TimerDid {
    /// It was set, to go off at this time.
    Set(#[cfg_attr(feature = "record", serde(with = "nanos"))] Duration),
    /// It went off.
    Fired,
}
