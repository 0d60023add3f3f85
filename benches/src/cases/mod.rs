//! The cases: what is compared, with how many tasks, and which goals are set.

mod channels;
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
use crate::measure::{self, Effort, Subject};
use crate::report::{self, Entry, Goal};

/// One thing to measure.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Case {
    /// A call that asks for next to nothing, from 2 to 100,000 tasks in turn.
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
    /// Eight tasks send to one.
    MpscThroughput,
    /// Lock and unlock what nobody else wants.
    MutexFree,
    /// 16 tasks want one lock, and each holds it across a yield.
    MutexContended,
    /// A tree of tasks with a million leaves.
    Skynet,
    /// A million sleepers; timeouts that are set and dropped.
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
    pub const ALL: [Case; 20] = [
        Case::GetTid,
        Case::SpawnEnd,
        Case::SpawnJoin,
        Case::Ring,
        Case::Kill,
        Case::Parked,
        Case::PingPong,
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

    pub fn run(self, effort: &Effort) -> Findings {
        match self {
            Case::GetTid => Ok(get_tid::run(effort)),
            Case::SpawnEnd => Ok(spawn::run_spawn_end(effort)),
            Case::SpawnJoin => Ok(spawn::run_spawn_join(effort)),
            Case::Ring => Ok(ring::run(effort)),
            Case::Kill => Ok(kill::run(effort)),
            Case::Parked => parked::run(effort),
            Case::PingPong => Ok(channels::run_ping_pong(effort)),
            Case::MpscThroughput => Ok(channels::run_mpsc_throughput(effort)),
            Case::MutexFree => Ok(mutex::run_free(effort)),
            Case::MutexContended => Ok(mutex::run_contended(effort)),
            Case::Skynet => Ok(skynet::run(effort)),
            Case::Timers => Ok(timers::run(effort)),
            Case::SleepAccuracy => Ok(sleep_accuracy::run(effort)),
            Case::Recorder => Ok(simulation::run_recorder(effort)),
            Case::VirtualSleeps => Ok(simulation::run_virtual_sleeps(effort)),
            Case::Sched => Ok(simulation::run_sched(effort)),
            Case::Echo => loopback::run_echo(effort),
            Case::Http => loopback::run_http(effort),
            Case::Idle => idle::run(effort),
            Case::CrossCore => Ok(cross_core::run(effort)),
        }
    }
}

/// Subjects that do the same work, and what coros should reach among them.
struct Contest {
    case: &'static str,
    tasks: usize,
    goals: Vec<Goal>,
    subjects: Vec<Subject>,
}

impl Contest {
    /// The same, with each run in a process of its own, whose number of laps is one.
    fn in_fresh_processes(mut self) -> Self {
        let (case, tasks) = (self.case, self.tasks);
        for subject in &mut self.subjects {
            let name = subject.name;
            *subject = Subject::new(name, move |_| {
                fresh::run(case, name, tasks).unwrap_or_else(|error| panic!("{error}"))
            });
        }
        self
    }

    fn hold(mut self, effort: &Effort) -> Vec<Entry> {
        if effort.is_smoke() {
            // Figures of a single lap say nothing.
            self.goals.clear();
        }
        let timings = measure::measure(&mut self.subjects, effort);
        report::timings(self.case, self.tasks, &timings, &self.goals)
    }
}
