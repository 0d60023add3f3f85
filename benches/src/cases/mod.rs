//! The cases: what is compared, with how many tasks, and which goals are set.

mod channels;
pub mod contest;
mod cross_core;
pub mod fresh;
mod get_tid;
mod idle;
mod kill;
mod loopback;
mod mutex;
mod parked;
mod ring;
pub mod servers;
mod simulation;
mod skynet;
mod sleep_accuracy;
mod spawn;
mod timers;

use clap::ValueEnum;

use crate::Findings;
use crate::measure::Effort;
use contest::Contest;

/// One thing to measure.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Case {
    /// A call that asks for next to nothing, from 2 to 1,000,000 tasks in turn.
    GetTid,
    /// Spawn a task, run it, end it.
    SpawnEnd,
    /// The same with a handle, and the task's value through it.
    SpawnJoin,
    /// 503 tasks that pass a token by park and wake.
    Ring,
    /// Kill a suspended task with three destructors.
    Kill,
    /// A million tasks parked in one wait list: memory, mappings, seconds.
    Parked,
    /// A token there and back through channels with room for one.
    PingPong,
    /// The same through channels without room.
    Rendezvous,
    /// Eight tasks send to one.
    MpscThroughput,
    /// Lock and unlock what nobody else wants.
    MutexFree,
    /// 16 tasks want one lock, and each holds it across a yield.
    MutexContended,
    /// A tree of tasks with a million leaves.
    Skynet,
    /// A million sleepers; timeouts that are set and dropped, and that need not be set.
    Timers,
    /// How much later than asked for a sleeper wakes.
    SleepAccuracy,
    /// A call that asks for next to nothing, with all of it recorded.
    Recorder,
    /// Sleeps in virtual time, through the timer queue.
    VirtualSleeps,
    /// Ten thousand jobs under MLFQ on four simulated CPUs.
    Sched,
    /// 64 bytes there and back over TCP: what that takes of the server's core.
    Echo,
    /// Web pages, as small as can be.
    Http,
    /// Connections on which nothing comes: memory.
    Idle,
    /// A token there and back between two threads.
    CrossCore,
}

impl Case {
    pub const ALL: [Case; 21] = [
        Case::GetTid,
        Case::SpawnEnd,
        Case::SpawnJoin,
        Case::Ring,
        Case::Kill,
        Case::Parked,
        Case::PingPong,
        Case::Rendezvous,
        Case::MpscThroughput,
        Case::MutexFree,
        Case::MutexContended,
        Case::Skynet,
        Case::Timers,
        Case::SleepAccuracy,
        Case::Recorder,
        Case::VirtualSleeps,
        Case::Sched,
        Case::Echo,
        Case::Http,
        Case::Idle,
        Case::CrossCore,
    ];

    /// Measures it and prints what comes of that.
    pub fn run(self, effort: &Effort) -> Findings {
        match self {
            Case::Parked => parked::run(effort),
            Case::SleepAccuracy => Ok(sleep_accuracy::run(effort)),
            Case::Echo => loopback::run_echo(effort),
            Case::Http => loopback::run_http(effort),
            Case::Idle => idle::run(effort),
            _ => Ok(self
                .contests()
                .iter()
                .flat_map(|c| c.hold(effort))
                .collect()),
        }
    }

    /// The contests of a case that has nothing else.
    pub fn contests(self) -> &'static [Contest] {
        match self {
            Case::GetTid => &[get_tid::GET_TID],
            Case::SpawnEnd => &[spawn::END],
            Case::SpawnJoin => &[spawn::JOIN],
            Case::Ring => &[ring::RING],
            Case::Kill => &[kill::KILL],
            Case::PingPong => &[channels::PING_PONG],
            Case::Rendezvous => &[channels::RENDEZVOUS],
            Case::MpscThroughput => &[channels::THROUGHPUT],
            Case::MutexFree => &[mutex::FREE],
            Case::MutexContended => &[mutex::CONTENDED],
            Case::Skynet => &[skynet::SKYNET],
            Case::Timers => &[timers::SLEEPERS, timers::TIMEOUTS, timers::UNUSED],
            Case::Recorder => &[simulation::RECORDER, simulation::RECORDER_VIRTUAL],
            Case::VirtualSleeps => &[simulation::VIRTUAL_SLEEPS],
            Case::Sched => &[simulation::SCHED],
            Case::CrossCore => &[cross_core::CROSS_CORE],
            Case::Parked | Case::SleepAccuracy | Case::Echo | Case::Http | Case::Idle => &[],
        }
    }
}
