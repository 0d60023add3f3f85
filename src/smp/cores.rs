//! Running one program on several cores.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use super::core::{Core, CoreShared};
use super::error::{CoreFailure, SmpError};
use super::pin::pin;
use crate::kernel::{Remote, RunError, Scheduler, SchedulerBuilder};

/// Runs `main` on several cores at once, on each in a thread with a scheduler of its own; hands back the
/// results, in the order of the cores.
///
/// Each `main` is a task and may spawn more; tasks never move to another core. A core stays, for what
/// others may ask of it, until the `main` of every core has ended; then it ends as
/// [`Scheduler::run`] does, when its own tasks have. So one `main` that waits for ever keeps all. Signals
/// are left alone, so a Ctrl-C ends the process at once; [`Cores::each`] with
/// [`handle_signals`](crate::kernel::SchedulerBuilder::handle_signals) lets every core see to them.
///
/// # Errors
///
/// If the cores could not be started; or if a `main` panicked or was killed, with the number of the core.
/// All threads have ended by then.
///
/// ```
/// let squares = coros::smp::run(3, |core| core.id() * core.id());
/// assert_eq!(squares.unwrap(), [0, 1, 4]);
/// ```
pub fn run<T: Send + 'static>(
    cores: usize,
    main: impl Fn(Core) -> T + Send + Sync + 'static,
) -> Result<Vec<T>, SmpError> {
    Cores::new(cores).run(main)
}

/// Settings of a run on several cores.
///
/// ```
/// let cores = coros::smp::Cores::new(2).each(|scheduler| scheduler.stack_size(64 << 10));
/// assert_eq!(cores.run(|core| core.count()).unwrap(), [2, 2]);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Cores {
    count: usize,
    pinned: bool,
    each: Arc<dyn Fn(SchedulerBuilder) -> SchedulerBuilder + Send + Sync>,
}

impl Cores {
    /// So many cores, with the default settings.
    pub fn new(count: usize) -> Self {
        Self {
            count,
            pinned: false,
            each: Arc::new(|scheduler| scheduler),
        }
    }

    /// Keeps each core's thread on one of the CPUs that the process may use; where there are fewer, some
    /// share one. On Linux only.
    pub fn pinned(mut self) -> Self {
        self.pinned = true;
        self
    }

    /// Makes the scheduler of each core with these settings.
    pub fn each(
        mut self,
        settings: impl Fn(SchedulerBuilder) -> SchedulerBuilder + Send + Sync + 'static,
    ) -> Self {
        self.each = Arc::new(settings);
        self
    }

    /// Runs `main` on these cores; see [`run`].
    ///
    /// # Errors
    ///
    /// As [`run`].
    pub fn run<T: Send + 'static>(
        self,
        main: impl Fn(Core) -> T + Send + Sync + 'static,
    ) -> Result<Vec<T>, SmpError> {
        let main = Arc::new(main);
        let (ready, all_ready) = mpsc::channel();
        let begun = (0..self.count).map(|id| {
            let (gate, entry) = mpsc::channel();
            let (cores, main, ready) = (self.clone(), Arc::clone(&main), ready.clone());
            let life = move || cores.lead(id, ready, &entry, &main);
            let thread = thread::Builder::new().name(format!("core {id}"));
            thread.spawn(life).map(|thread| (gate, thread))
        });
        let (begun, failed): (Vec<_>, Vec<_>) = begun.partition(Result::is_ok);
        let (gates, threads): (Vec<_>, Vec<_>) = begun.into_iter().flatten().unzip();
        drop(ready);
        let failed = failed.into_iter().find_map(Result::err);
        let remotes = match failed {
            Some(error) => Err(error),
            None => await_all(self.count, &all_ready),
        };
        let started = remotes.map(|remotes| open(&gates, remotes));
        // A thread that waits at a gate that was not opened ends now.
        drop(gates);
        let outcomes: Vec<_> = threads.into_iter().map(outcome_of).collect();
        started.map_err(SmpError::Start)?;
        results_of(outcomes)
    }

    /// The life of a core's thread; nothing, if not all could be started.
    fn lead<T: 'static>(
        &self,
        id: usize,
        ready: Sender<io::Result<(usize, Remote)>>,
        entry: &Receiver<Core>,
        main: &Arc<impl Fn(Core) -> T + 'static>,
    ) -> Option<Result<T, RunError>> {
        let started = self.start(id);
        let (scheduler, told) = match started {
            Ok((scheduler, remote)) => (Some(scheduler), Ok((id, remote))),
            Err(error) => (None, Err(error)),
        };
        _ = ready.send(told);
        drop(ready);
        let core = entry.recv().ok()?;
        let main = Arc::clone(main);
        Some(core.live(scheduler?, move |core| main(core)))
    }

    fn start(&self, id: usize) -> io::Result<(Scheduler, Remote)> {
        if self.pinned {
            pin(id)?;
        }
        let mut scheduler = (self.each)(Scheduler::builder()).build();
        let remote = scheduler.remote()?;
        Ok((scheduler, remote))
    }
}

impl fmt::Debug for Cores {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pinned = if self.pinned { ", pinned" } else { "" };
        write!(out, "Cores({}{pinned})", self.count)
    }
}

/// The ways to all cores, in their order, when all have started.
fn await_all(
    count: usize,
    ready: &Receiver<io::Result<(usize, Remote)>>,
) -> io::Result<Vec<Remote>> {
    let mut remotes = ready.iter().collect::<io::Result<Vec<_>>>()?;
    if remotes.len() < count {
        return Err(io::Error::other("a core panicked before it was ready"));
    }
    remotes.sort_unstable_by_key(|(id, _)| *id);
    Ok(remotes.into_iter().map(|(_, remote)| remote).collect())
}

/// Lets all cores begin.
fn open(gates: &[Sender<Core>], remotes: Vec<Remote>) {
    let shared = Arc::new(CoreShared::of(remotes));
    for (id, gate) in gates.iter().enumerate() {
        // A thread that is gone has panicked; its end tells.
        _ = gate.send(Core::new(id, &shared));
    }
}

/// What came of a core's `main`; nothing, if it never began.
fn outcome_of<T>(thread: JoinHandle<Option<Result<T, RunError>>>) -> Option<Result<T, RunError>> {
    thread.join().unwrap_or_else(|payload| {
        let message = payload.downcast_ref::<&str>().map(ToString::to_string);
        let message = message.or_else(|| payload.downcast_ref::<String>().cloned());
        let message = message.unwrap_or_else(|| "its thread panicked".to_owned());
        Some(Err(RunError::Panicked(message)))
    })
}

fn results_of<T>(outcomes: Vec<Option<Result<T, RunError>>>) -> Result<Vec<T>, SmpError> {
    let (mut results, mut failures) = (Vec::new(), Vec::new());
    for (core, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Some(Ok(result)) => results.push(result),
            Some(Err(cause)) => failures.push(CoreFailure { core, cause }),
            None => {}
        }
    }
    match failures.is_empty() {
        true => Ok(results),
        false => Err(SmpError::Failed(failures)),
    }
}
