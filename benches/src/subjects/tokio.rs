//! tokio: tasks on a current-thread runtime, in a `LocalSet` and without one.

pub mod across;
mod channels;
pub mod http;
mod locks;
pub mod net;
mod skynet;
mod timers;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, LocalSet, spawn_local, yield_now};

use super::BATCH;
use crate::measure::{Pace, Sample, Subject};

/// Where tasks run.
pub trait Place: 'static {
    fn new() -> Self;

    fn spawn<F>(task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static;

    fn block_on<F: Future>(&self, runtime: &Runtime, main: F) -> F::Output;
}

/// In a `LocalSet`, whose tasks need not be `Send`.
pub struct Set(LocalSet);

impl Place for Set {
    fn new() -> Self {
        Self(LocalSet::new())
    }

    fn spawn<F>(task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        spawn_local(task)
    }

    fn block_on<F: Future>(&self, runtime: &Runtime, main: F) -> F::Output {
        self.0.block_on(runtime, main)
    }
}

/// On the runtime itself.
pub struct Plain;

impl Place for Plain {
    fn new() -> Self {
        Self
    }

    fn spawn<F>(task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        ::tokio::spawn(task)
    }

    fn block_on<F: Future>(&self, runtime: &Runtime, main: F) -> F::Output {
        runtime.block_on(main)
    }
}

/// Whether there are timers, which cost all else a little.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    With,
    Without,
}

/// tokio in both places, since either is better at something; the better one is what counts.
pub fn both(
    clock: Clock,
    in_set: impl Fn(&Tokio<Set>, u64) -> Sample + 'static,
    plain: impl Fn(&Tokio<Plain>, u64) -> Sample + 'static,
) -> Vec<Subject> {
    let (set, runtime) = (Tokio::new(clock), Tokio::new(clock));
    vec![
        Subject::new("tokio, LocalSet", move |laps| in_set(&set, laps)),
        Subject::new("tokio, plain", move |laps| plain(&runtime, laps)),
    ]
}

pub struct Tokio<P> {
    runtime: Runtime,
    place: P,
}

impl<P: Place> Tokio<P> {
    pub fn new(clock: Clock) -> Self {
        let mut builder = Builder::new_current_thread();
        if clock == Clock::With {
            builder.enable_time();
        }
        Self {
            runtime: builder.build().expect("a runtime can be had"),
            place: P::new(),
        }
    }

    /// Tasks yield. They do not have their turns in order, so all yields by the clock are counted.
    pub fn yields(&self, tasks: usize, laps: u64) -> Sample {
        self.run(async move {
            let pace = Arc::new(Pace::new(tasks, laps));
            let count = Arc::new(AtomicU64::new(0));
            let leader = P::spawn(yield_as_leader(Arc::clone(&pace), Arc::clone(&count)));
            let follower = |task| {
                let (pace, count) = (Arc::clone(&pace), Arc::clone(&count));
                P::spawn(async move {
                    for stretch in pace.stretches(task) {
                        yield_often(stretch, &count).await;
                    }
                })
            };
            let followers = (1..tasks).map(follower).collect();
            let operations = leader.await.expect("a task returns");
            join_all(followers).await;
            Sample {
                operations,
                ..pace.sample()
            }
        })
    }

    /// A task spawns batches of tasks, and lets each batch end.
    pub fn spawn_end(&self, laps: u64) -> Sample {
        // Shared without a count of who does: that is atomic where tasks must be `Send`.
        static ENDED: AtomicU64 = AtomicU64::new(0);
        self.run(async move {
            ENDED.store(0, Relaxed);
            let operations = laps * BATCH;
            let began = Instant::now();
            for _ in 0..laps {
                for _ in 0..BATCH {
                    drop(P::spawn(async { add_one(&ENDED) }));
                }
                yield_now().await;
            }
            while ENDED.load(Relaxed) < operations {
                yield_now().await;
            }
            Sample {
                operations,
                elapsed: began.elapsed(),
            }
        })
    }

    /// A task spawns tasks and waits for the value of each.
    pub fn spawn_join(&self, laps: u64) -> Sample {
        self.run(async move {
            let began = Instant::now();
            for lap in 0..laps {
                let child = P::spawn(async move { lap });
                assert_eq!(child.await.ok(), Some(lap));
            }
            Sample {
                operations: laps,
                elapsed: began.elapsed(),
            }
        })
    }

    /// Tasks pass a token by `Notify`.
    pub fn ring(&self, tasks: usize, laps: u64) -> Sample {
        self.run(async move {
            let pace = Arc::new(Pace::new(tasks, laps));
            let bells: Arc<[Notify]> = (0..tasks).map(|_| Notify::new()).collect();
            let passer = |task| {
                let (pace, bells) = (Arc::clone(&pace), Arc::clone(&bells));
                P::spawn(async move {
                    let (mine, next) = (&bells[task], &bells[(task + 1) % tasks]);
                    for stretch in pace.stretches(task) {
                        for _ in 0..stretch {
                            mine.notified().await;
                            next.notify_one();
                        }
                    }
                })
            };
            let passers = (0..tasks).map(passer).collect();
            // A wake with nobody waiting is remembered.
            bells[0].notify_one();
            join_all(passers).await;
            pace.sample()
        })
    }

    /// Runs the main task: a task of the set as its children are.
    fn run<T: Send + 'static>(&self, main: impl Future<Output = T> + Send + 'static) -> T {
        let main = async { P::spawn(main).await.expect("the main task returns") };
        self.place.block_on(&self.runtime, main)
    }
}

/// The first task of the round robin: tells how many yields there were by the clock.
async fn yield_as_leader(pace: Arc<Pace>, count: Arc<AtomicU64>) -> u64 {
    let mut seen = [0; 3];
    for (at, stretch) in pace.stretches(0).enumerate() {
        seen[at] = count.load(Relaxed);
        yield_often(stretch, &count).await;
    }
    seen[2] - seen[1]
}

async fn yield_often(times: u64, count: &AtomicU64) {
    for _ in 0..times {
        add_one(count);
        yield_now().await;
    }
}

/// Counts as a `Cell` does: there is one thread.
fn add_one(count: &AtomicU64) {
    count.store(count.load(Relaxed) + 1, Relaxed);
}

async fn join_all(tasks: Vec<JoinHandle<()>>) {
    for task in tasks {
        task.await.expect("a task returns");
    }
}
