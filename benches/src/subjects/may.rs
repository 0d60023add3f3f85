//! may: stackful coroutines with one worker thread.
//!
//! may has its scheduler for the whole process, and its worker beside the main thread; so each run is
//! a coroutine that the main thread waits for.

mod channels;
mod locks;
mod net;
mod skynet;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use may::coroutine::{self, Coroutine, JoinHandle};

use super::{BATCH, SMALL_STACK};
use crate::measure::{Pace, Sample};

/// Each stack is two mappings, of which Linux allows 65,530 by default, and finished coroutines are kept.
pub const MOST_TASKS: usize = 10_000;

/// One worker, small stacks, and room in the pool for all coroutines of a run.
pub struct May(());

impl May {
    pub fn start() -> Self {
        may::config()
            .set_workers(1)
            .set_pool_capacity(MOST_TASKS + 2)
            // It counts in words.
            .set_stack_size(SMALL_STACK / size_of::<usize>());
        Self(())
    }

    /// Coroutines yield in turn.
    pub fn yields(&self, tasks: usize, laps: u64) -> Sample {
        run(move || {
            let pace = Arc::new(Pace::new(tasks, laps));
            let yielder = |task| {
                let pace = Arc::clone(&pace);
                spawn(move || {
                    for stretch in pace.stretches(task) {
                        for _ in 0..stretch {
                            coroutine::yield_now();
                        }
                    }
                })
            };
            join_all((0..tasks).map(yielder).collect());
            pace.sample()
        })
    }

    /// A coroutine spawns batches of coroutines, and waits for the last of each: a yield would not
    /// do, since new coroutines have no turn while an old one is ready.
    pub fn spawn_end(&self, laps: u64) -> Sample {
        run(move || {
            let ended = Arc::new(AtomicU64::new(0));
            let operations = laps * BATCH;
            let began = Instant::now();
            for _ in 0..laps {
                for _ in 1..BATCH {
                    drop(spawn_counted(&ended));
                }
                let last = spawn_counted(&ended);
                last.join().expect("a coroutine returns");
            }
            let elapsed = began.elapsed();
            assert_eq!(ended.load(Relaxed), operations);
            Sample {
                operations,
                elapsed,
            }
        })
    }

    /// A coroutine spawns coroutines and waits for the value of each.
    pub fn spawn_join(&self, laps: u64) -> Sample {
        run(move || {
            let began = Instant::now();
            for lap in 0..laps {
                assert_eq!(spawn(move || lap).join().ok(), Some(lap));
            }
            Sample {
                operations: laps,
                elapsed: began.elapsed(),
            }
        })
    }

    /// Coroutines pass a token by park and unpark.
    pub fn ring(&self, tasks: usize, laps: u64) -> Sample {
        run(move || {
            let pace = Arc::new(Pace::new(tasks, laps));
            let ring: Arc<OnceLock<Vec<Coroutine>>> = Arc::default();
            let passer = |task| {
                let (pace, ring) = (Arc::clone(&pace), Arc::clone(&ring));
                spawn(move || {
                    let next = &ring.get().expect("the ring is closed")[(task + 1) % tasks];
                    for stretch in pace.stretches(task) {
                        for _ in 0..stretch {
                            coroutine::park();
                            next.unpark();
                        }
                    }
                })
            };
            let passers: Vec<_> = (0..tasks).map(passer).collect();
            let handles = passers.iter().map(|passer| passer.coroutine().clone());
            // They have their first turns when this coroutine waits, and an early unpark is remembered.
            let handles = ring.get_or_init(|| handles.collect());
            handles[0].unpark();
            join_all(passers);
            pace.sample()
        })
    }
}

fn run(main: impl FnOnce() -> Sample + Send + 'static) -> Sample {
    spawn(main).join().expect("the main coroutine returns")
}

fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    // SAFETY: no body here keeps a thread-local borrowed across a switch, and none comes near the
    // end of its stack.
    unsafe { coroutine::spawn(body) }
}

fn spawn_counted(ended: &Arc<AtomicU64>) -> JoinHandle<()> {
    let count = Arc::clone(ended);
    // One worker: nobody else counts at the same time.
    spawn(move || count.store(count.load(Relaxed) + 1, Relaxed))
}

fn join_all(coroutines: Vec<JoinHandle<()>>) {
    for coroutine in coroutines {
        coroutine.join().expect("a coroutine returns");
    }
}
