//! async-executor: smol's `LocalExecutor`, driven by a plain `block_on`; by async-io's for timers.

mod channels;
mod locks;
mod timers;

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Instant;

use async_executor::{LocalExecutor, Task};
use event_listener::{Event, listener};
use futures_lite::future::{block_on, yield_now};

use super::BATCH;
use crate::measure::{Pace, Sample};

pub struct AsyncExecutor {
    executor: Rc<LocalExecutor<'static>>,
}

impl AsyncExecutor {
    pub fn new() -> Self {
        Self {
            executor: Rc::new(LocalExecutor::new()),
        }
    }

    /// Tasks yield in turn.
    pub fn yields(&self, tasks: usize, laps: u64) -> Sample {
        let executor = Rc::clone(&self.executor);
        self.run(async move {
            let pace = Rc::new(Pace::new(tasks, laps));
            let yielder = |task| {
                let pace = Rc::clone(&pace);
                executor.spawn(async move {
                    for stretch in pace.stretches(task) {
                        for _ in 0..stretch {
                            yield_now().await;
                        }
                    }
                })
            };
            join_all((0..tasks).map(yielder).collect()).await;
            pace.sample()
        })
    }

    /// A task spawns batches of tasks, and lets each batch end.
    pub fn spawn_end(&self, laps: u64) -> Sample {
        let executor = Rc::clone(&self.executor);
        self.run(async move {
            let ended = Rc::new(Cell::new(0));
            let operations = laps * BATCH;
            let began = Instant::now();
            for _ in 0..laps {
                for _ in 0..BATCH {
                    let count = Rc::clone(&ended);
                    executor
                        .spawn(async move { count.set(count.get() + 1) })
                        .detach();
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
        let executor = Rc::clone(&self.executor);
        self.run(async move {
            let began = Instant::now();
            for lap in 0..laps {
                assert_eq!(executor.spawn(async move { lap }).await, lap);
            }
            Sample {
                operations: laps,
                elapsed: began.elapsed(),
            }
        })
    }

    /// Tasks pass a token by `Event`, each with its listener on its own frame.
    pub fn ring(&self, tasks: usize, laps: u64) -> Sample {
        let executor = Rc::clone(&self.executor);
        self.run(async move {
            let pace = Rc::new(Pace::new(tasks, laps));
            let bells: Rc<[Event]> = (0..tasks).map(|_| Event::new()).collect();
            let passer = |task| {
                let (pace, bells) = (Rc::clone(&pace), Rc::clone(&bells));
                executor.spawn(async move {
                    let (mine, next) = (&bells[task], &bells[(task + 1) % tasks]);
                    for stretch in pace.stretches(task) {
                        for _ in 0..stretch {
                            listener!(mine => woken);
                            woken.await;
                            next.notify(1);
                        }
                    }
                })
            };
            let passers = (0..tasks).map(passer).collect();
            // They come first in the queue, so all listen when the token starts.
            yield_now().await;
            bells[0].notify(1);
            join_all(passers).await;
            pace.sample()
        })
    }

    /// Runs the main task: a task of the executor as its children are.
    fn run(&self, main: impl Future<Output = Sample> + 'static) -> Sample {
        block_on(self.executor.run(self.executor.spawn(main)))
    }
}

async fn join_all(tasks: Vec<Task<()>>) {
    for task in tasks {
        task.await;
    }
}
