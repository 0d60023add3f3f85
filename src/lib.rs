//! A toy operating system that people can use for real work.
//!
//! Its tasks are stackful coroutines. A task asks for anything from outside itself by yielding a
//! *system-call object*; one event loop, the [`Scheduler`], serves that object and resumes the task
//! with the answer. So the inside of a task reads like `std::thread`, with no `async` and no coloured
//! functions; and since a task has no other way to the world, all that it does can be traced and
//! stepped, and in virtual time runs the same way each time.
//!
//! ```
//! use coros::syscall::{GetTid, KillTask, NewTask, WaitTask};
//! use coros::{Scheduler, call, yield_now};
//!
//! fn child() {
//!     let tid = call(GetTid);
//!     loop {
//!         println!("I'm the child, {tid}");
//!         yield_now();
//!     }
//! }
//!
//! let mut sched = Scheduler::new();
//! sched.spawn(|| {
//!     let child = call(NewTask::new(child));
//!     for _ in 0..5 {
//!         yield_now();
//!     }
//!     call(KillTask(child)).expect("the child is alive");
//!     assert!(call(WaitTask(child)).is_err(), "it is gone: no exit to wait for");
//! });
//! sched.run()?;
//! # Ok::<(), coros::Stuck>(())
//! ```
//!
//! # Where to start
//!
//! To learn all this from the start, read [the guide][guide]: twelve chapters, one idea each, with small
//! programs to predict, run and break, and exercises. To look something up:
//!
//! [`run`] boots a scheduler for one program; inside, [`spawn`], [`sleep`] and [`JoinHandle::join`] do
//! what their namesakes in `std` do. [`Scheduler`] is for more than that: stepping, daemons, a
//! [virtual clock](Clock::Virtual). [`SystemCall`] shows how to make a call of one's own, and
//! [`WaitList`] what calls wait on.
//!
//! | to | see |
//! |---|---|
//! | break off a wait that takes too long | [`timeout()`], [`deadline()`]; [`interval`] for ticks |
//! | ask a task to end, and let it clean up | [`JoinHandle::cancel`], [`Scope`], [`shield`] |
//! | run tasks that borrow, and leave none behind | [`group()`], [`Group`] |
//! | wait for several tasks, of different types too | [`wait_any`], [`wait_all`], [`wait_first_failed`] |
//! | share what several tasks use | [`sync`]: locks, semaphores, events, barriers |
//! | hand items from task to task | [`channel`] |
//! | wait for whichever comes first | [`select!`], on any system calls |
//! | talk over TCP, UDP and Unix sockets | [`net`], with the face of [`std::net`] |
//! | wait for a future, or for a task or a channel as one | [`block_on`], [`spawn_future`], [`mod@future`] |
//! | use several cores, and talk to other threads | [`smp`]: cores, channels, [`Remote::spawn`](kernel::Remote::spawn) |
//! | give each task a value of its own | [`task_local!`] |
//! | let time jump, run faster, or in slow motion | [`Clock`] |
//! | do what blocks its thread, beside the loop | [`offload()`], [`offload::Pool`] |
//! | use files, pipes, the standard streams | [`fs`], [`pipe`], [`stdio`] |
//! | run other programs, and fork | `process` (on Linux) |
//! | be interrupted by a Ctrl-C, or stop another task | [`signal`] |
//! | end the whole run, with grace | [`stop()`], [`kernel::Remote::stop`] |
//! | wait for a device of your own | [`kernel::Source`], [`syscall::Io`] |
//! | say what work costs, and on how many CPUs it is done | [`compute`], [`kernel::SchedulerBuilder::cpus`] |
//! | say who is next, and for how long | [`policy`], [`kernel::Policy`] for one of your own |
//! | draw by lot, the same each time | [`random`], [`kernel::SchedulerBuilder::seed`] |
//! | see all that happens, and measure it | [`kernel::Observer`], [`watch`]: metrics, statistics, lints |
//! | keep it, and make pictures of it | `watch::record`, `picture`: features `record` and `picture` |
//!
//! All that waits follows one rule: a wait that is broken off *did not happen*, and returns
//! [`Interrupted`], or an error that contains it, where [`Interrupted::of`] finds it.
//!
//! # What may suspend
//!
//! A call suspends its task, and others of the thread have their turns until it is answered. What takes no
//! call goes on at once, nearly always: a free lock, a channel with room, a `try_` method, or a *look*, such
//! as [`is_set`](sync::Event::is_set), [`is_finished`](JoinHandle::is_finished), `len`, `is_closed` or
//! `waiters`. But it spends from a budget, and once in some hundred times it yields first, so that no loop
//! of such things keeps the other tasks from their turns. So hold nothing across it that they must not find
//! held: no borrow of a `RefCell`, no lock of `std`. First look, then borrow:
//!
//! ```
//! use coros::{run, spawn, sync::Event, yield_now};
//! use std::{cell::RefCell, rc::Rc};
//!
//! let looks = run(|| {
//!     let (looks, door) = (Rc::new(RefCell::new(0)), Event::new());
//!     let (theirs, opener) = (Rc::clone(&looks), door.clone());
//!     spawn(move || {
//!         yield_now();
//!         *theirs.borrow_mut() += 1; // While the other only looks.
//!         opener.set();
//!     });
//!     while !door.is_set() {
//!         *looks.borrow_mut() += 1;
//!     }
//!     looks.take()
//! });
//! assert!(looks.unwrap() > 100);
//! ```
//!
//! What destructors use alone never suspends: a wake, [`Event::set`](sync::Event::set), a
//! cancel, a release, the drop of a guard. Nor does anything outside tasks, or while a task unwinds.
//!
//! # The log
//!
//! What happens is told through the crate [`log`]. Install a logger, such as `env_logger`, to see it.
//! Each kind of line has a target of its own, so that a filter can choose: with `env_logger`,
//! `RUST_LOG=coros::turn=trace` shows the turns and nothing else.
//!
//! | target | level | its lines |
//! |---|---|---|
//! | `coros::turn` | trace | each turn of the loop, in columns |
//! | `coros::task` | debug | births and ends of tasks |
//! | `coros::task` | error | tasks that could not be made or ended in good order |
//! | `coros::panic` | error | tasks that a panic ended |
//! | `coros::deadlock` | warn | tasks that wait for one another in a cycle, while others go on |
//! | `coros::watchdog` | warn | tasks that ran [too long](kernel::SchedulerBuilder::watchdog) without a call |
//! | `coros::offload` | warn | offloaded work that kept [later results](offload::Offload#in-virtual-time) waiting too long |
//! | `coros::signal` | warn | signals that tasks cannot listen to |
//! | `coros::sync` | warn | locks that another task unlocked than the one that had locked them |
//! | `coros::process` | warn | clients that a service of `process` could not serve |
//! | `coros::lint` | warn, info | what [`watch::Lints`] find |
//! | `coros::policy` | error | policies that were thrown out |
//! | `coros::observer` | error | observers that were dropped, and recordings that broke off |
//!
//! The line of a turn tells its number, the time, the task, the source line of its call, the call, and
//! its result: the answer, or the deadline of the wait, and which other tasks it woke. An answer that the
//! task had waited for stands before its next call. Where a [policy](kernel::Policy) is at work, its
//! reason for the pick stands in brackets:
//!
//! ```text
//! turn 3      0ns 3 waiter   …deadlock.rs:40 Sleep(600s) waits until 600s
//! turn 5      0ns 1 parent   …family.rs:28   KillTask(2) -> killed
//! turn 6     600s 3 waiter                   -> slept; returned; woke 1 [level 0, 10ms left]
//! ```
//!
//! Each end of a task is told once: in the line of the turn in which the task itself ended, and else
//! (it was killed, or turns are not logged) in a line of `coros::task`. The message of a panic stands in a
//! line of `coros::panic` alone; std's own panic hook prints it too, and names the thread rather than the
//! task, unless the program [installs ours](install_panic_hook). A level that is changed in the middle of
//! a run counts within 61 turns. A logger that panics harms no task. When nothing can go on, [`Stuck`]
//! tells who waits for what, and who holds it; of cycles that other tasks might still end it says that
//! they are likely, and the log says nothing of those.
//!
//! # The house
//!
//! Folders are floors, and imports point down only.
//!
//! - **Floor 0, `machine`** holds all unsafe code: stacks with guards, the switch from one to another,
//!   the way of a call object from its caller's stack to the kernel, the report of a stack overflow.
//!   **`devices`** are the clock, the seeds, the reactor and the inbox.
//! - **Floor 1, [`kernel`]**, in bands: plain data (`abi`) and structures (`parts`); a small `core` that
//!   names no module: the loop, calls, waiting and waking, a task's life from birth to exit; on it, each
//!   on its own, the `modules`: cancel scopes, signals, simulated CPUs and policies, the
//!   world outside, what observers see, deadlocks; and the `scheduler`, which names them all.
//! - **Floor 2, [`syscall`]**: the calls, one family a file. Adding one touches one file, and that file
//!   may be yours: see [`SystemCall`].
//! - **Floor 3**, the library, on calls only: [`task`], [`time`], [`run`]; scopes ([`timeout()`],
//!   [`Scope`], [`shield`]), [`mod@group`], [`sync`], [`channel`], [`mod@select`], [`local`]; [`net`],
//!   [`pipe`], [`fs`], [`signal`], [`mod@future`], [`smp`]. Locks, channels and sockets know nothing of timeouts
//!   and cancellation: the gate to the kernel does all of that.
//!   Beside them, for the study of a run: [`policy`], [`watch`] and `picture`, which see names, claims
//!   and events alone.
//! - **Floor 4**, the demo binary `coros`, on the public face only.
//!
//! # Limits
//!
//! Unix alone; the fault reporter and the cheap guards are tested on Linux. A program built with
//! `panic = "abort"` does not survive a task's panic, and leaks the tasks that it kills. A lock of `std` held across a call
//! stays held while other tasks of the thread run: do not wait for it there.
//!
//! A destructor that panics while a kill unwinds its task aborts the process, as one does that panics
//! during a panic: rustc sees to it in each frame that is unwound. A line names the task. In a task that
//! never ran the panic is caught.
//!
//! Do not wait while a block has a thread-local set: inside `LocalKey::with`, inside the `set` of a
//! `scoped_thread_local!`, with an entered span of `tracing`, under the guard of tokio's `Handle::enter`.
//! Other tasks of the thread run meanwhile, find it set, and may end such blocks of their own in another
//! order; with scoped thread-locals that is unsound, though all code is safe. A scheduler kept in a
//! `thread_local!` with a task suspended inside another `thread_local`'s `with` outlives what that `with`
//! lent. No check can see any of this; [`task_local!`] has values of a task's own.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmePrograms;

#[cfg(not(unix))]
compile_error!("coros needs mmap and signals: a Unix");

mod boot;
mod chance;
pub mod channel;
mod compute;
mod devices;
mod error;
mod forward;
pub mod fs;
pub mod future;
pub mod group;
#[cfg(all(doc, not(doctest)))]
pub mod guide;

mod join;
pub mod kernel;
pub mod local;
mod machine;
pub mod net;
pub mod offload;
#[cfg(feature = "picture")]
pub mod picture;
pub mod pipe;
pub mod policy;
#[cfg(target_os = "linux")]
pub mod process;
mod queue;
mod scope;
pub mod select;
mod shown;
pub mod signal;
pub mod smp;
pub mod stdio;
mod stop;
pub mod sync;
pub mod syscall;
pub mod task;
pub mod time;
mod wakers;
pub mod watch;

pub use boot::run;
pub use chance::random;
pub use compute::compute;
pub use future::{block_on, spawn_future};
pub use group::{Failure, Group, GroupClosed, GroupError, GroupHandle, group};
pub use join::{Waitable, Waitables, Waited, wait_all, wait_any, wait_first_failed};
pub use kernel::{
    Answer, Interrupted, Kernel, Report, RunError, Scheduler, Step, Stuck, SystemCall, WaitList,
    call, install_panic_hook,
};
pub use offload::offload;
pub use scope::{Scope, TimedOut, deadline, shield, timeout};
pub use stdio::{stderr, stdin, stdout};
pub use stop::stop;
pub use syscall::WaitError;
pub use task::{Builder, Exit, JoinError, JoinHandle, NoSuchTask, Task, TaskInfo, Tid, spawn};
pub use time::{Clock, interval, sleep, sleep_until};

/// Yields without asking for anything: every ready task has its turn before the caller goes on.
///
/// # Panics
///
/// Outside a task.
///
/// ```
/// use coros::{run, spawn, yield_now};
/// use std::{cell::Cell, rc::Rc};
///
/// run(|| {
///     let turns = Rc::new(Cell::new(0));
///     let counter = Rc::clone(&turns);
///     spawn(move || counter.set(1));
///     yield_now();
///     assert_eq!(turns.get(), 1);
/// })
/// .unwrap();
/// ```
#[inline(always)]
#[track_caller]
pub fn yield_now() {
    call(syscall::Yield);
}
