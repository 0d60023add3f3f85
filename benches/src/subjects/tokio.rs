//! tokio: tasks of a `LocalSet` on a current-thread runtime.

pub mod across;
mod channels;
pub mod http;
mod locks;
pub mod net;
mod skynet;
mod timers;

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, LocalSet, spawn_local, yield_now};

use super::BATCH;
use crate::measure::{Pace, Sample};

pub struct Tokio {
    runtime: Runtime,
    local: LocalSet,
}

impl Tokio {
    pub fn new() -> Self {
        Self::on(&mut Builder::new_current_thread())
    }

    /// With timers, which cost the others a little.
    pub fn with_clock() -> Self {
        Self::on(Builder::new_current_thread().enable_time())
    }

    fn on(builder: &mut Builder) -> Self {
        Self {
            runtime: builder.build().expect("a runtime can be had"),
            local: LocalSet::new(),
        }
    }

    /// Tasks yield. They do not have their turns in order, so all yields by the clock are counted.
    pub fn yields(&self, tasks: usize, laps: u64) -> Sample {
        self.run(async move {
            let pace = Rc::new(Pace::new(tasks, laps));
            let count = Rc::new(Cell::new(0));
            let leader = spawn_local(yield_as_leader(Rc::clone(&pace), Rc::clone(&count)));
            let follower = |task| {
                let (pace, count) = (Rc::clone(&pace), Rc::clone(&count));
                spawn_local(async move {
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
        self.run(async move {
            let ended = Rc::new(Cell::new(0));
            let operations = laps * BATCH;
            let began = Instant::now();
            for _ in 0..laps {
                for _ in 0..BATCH {
                    let count = Rc::clone(&ended);
                    drop(spawn_local(async move { count.set(count.get() + 1) }));
                }
                yield_now().await;
            }
            while ended.get() < operations {
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
                let child = spawn_local(async move { lap });
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
            let pace = Rc::new(Pace::new(tasks, laps));
            let bells: Rc<[Notify]> = (0..tasks).map(|_| Notify::new()).collect();
            let passer = |task| {
                let (pace, bells) = (Rc::clone(&pace), Rc::clone(&bells));
                spawn_local(async move {
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
    fn run<T: 'static>(&self, main: impl Future<Output = T> + 'static) -> T {
        let main = async { spawn_local(main).await.expect("the main task returns") };
        self.local.block_on(&self.runtime, main)
    }
}

/// The first task of the round robin: tells how many yields there were by the clock.
async fn yield_as_leader(pace: Rc<Pace>, count: Rc<Cell<u64>>) -> u64 {
    let mut seen = [0; 3];
    for (at, stretch) in pace.stretches(0).enumerate() {
        seen[at] = count.get();
        yield_often(stretch, &count).await;
    }
    seen[2] - seen[1]
}

async fn yield_often(times: u64, count: &Cell<u64>) {
    for _ in 0..times {
        count.set(count.get() + 1);
        yield_now().await;
    }
}

async fn join_all(tasks: Vec<JoinHandle<()>>) {
    for task in tasks {
        task.await.expect("a task returns");
    }
}
