//! coros itself, through its public face alone.

pub mod across;
mod channels;
pub mod http;
mod locks;
pub mod net;
mod simulation;
mod skynet;
mod timers;

use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use coros::syscall::{GetTid, KillTask, NewTask, Park};
use coros::{Scheduler, Tid, WaitList, call, spawn, yield_now};

use super::guard::Guard;
use super::{BATCH, VICTIMS};
use crate::measure::{Pace, Sample};

pub struct Coros {
    sched: Scheduler,
}

impl Coros {
    pub fn new() -> Self {
        Self {
            sched: Scheduler::new(),
        }
    }

    pub fn with_stacks_of(bytes: usize) -> Self {
        Self {
            sched: Scheduler::builder().stack_size(bytes).build(),
        }
    }

    /// Tasks in turn ask for their number.
    pub fn get_tid(&mut self, tasks: usize, laps: u64) -> Sample {
        let pace = Rc::new(Pace::new(tasks, laps));
        for task in 0..tasks {
            let pace = Rc::clone(&pace);
            self.sched.spawn(move || {
                for stretch in pace.stretches(task) {
                    for _ in 0..stretch {
                        black_box(call(GetTid));
                    }
                }
            });
        }
        self.run();
        pace.sample()
    }

    /// A task spawns batches of tasks, each of which has ended when the next one is spawned.
    pub fn spawn_end(&mut self, laps: u64) -> Sample {
        let ended = Rc::new(Cell::new(0));
        let count = Rc::clone(&ended);
        let sample = self.main(move || {
            timed(laps * BATCH, || {
                for _ in 0..laps {
                    for _ in 0..BATCH {
                        let count = Rc::clone(&count);
                        call(NewTask::new(move || count.set(count.get() + 1)));
                    }
                    yield_now();
                }
            })
        });
        assert_eq!(ended.get(), sample.operations);
        sample
    }

    /// A task spawns tasks and waits for the value of each.
    pub fn spawn_join(&mut self, laps: u64) -> Sample {
        self.main(move || {
            timed(laps, || {
                for lap in 0..laps {
                    assert_eq!(spawn(move || lap).join().ok(), Some(lap));
                }
            })
        })
    }

    /// Tasks pass a token by park and wake.
    pub fn ring(&mut self, tasks: usize, laps: u64) -> Sample {
        let pace = Rc::new(Pace::new(tasks, laps));
        let lists: Rc<[WaitList]> = (0..tasks).map(|_| WaitList::new()).collect();
        for task in 0..tasks {
            let (pace, lists) = (Rc::clone(&pace), Rc::clone(&lists));
            self.sched.spawn(move || {
                let (mine, next) = (&lists[task], &lists[(task + 1) % tasks]);
                for stretch in pace.stretches(task) {
                    for _ in 0..stretch {
                        call(Park(mine)).expect("nobody interrupts it");
                        next.wake_one();
                    }
                }
            });
        }
        // Comes after them in the queue, so all are parked when the token starts.
        self.sched.spawn(move || lists[0].wake_one());
        self.run();
        pace.sample()
    }

    /// A task kills parked tasks with three destructors each.
    pub fn kill(&mut self, laps: u64) -> Sample {
        let dropped = Rc::new(Cell::new(0));
        let count = Rc::clone(&dropped);
        let sample = self.main(move || {
            let list = WaitList::new();
            let rounds = (0..laps).map(|_| kill_all(park_victims(&list, &count)));
            Sample {
                elapsed: rounds.sum(),
                operations: laps * VICTIMS,
            }
        });
        assert_eq!(dropped.get(), 3 * sample.operations);
        sample
    }

    fn main<T: 'static>(&mut self, main: impl FnOnce() -> T + 'static) -> T {
        let sample = self.sched.spawn(main);
        self.run();
        sample.join().expect("the main task returns")
    }

    fn run(&mut self) {
        let report = self.sched.run().unwrap_or_else(|stuck| panic!("{stuck}"));
        assert_eq!(report.panicked, 0, "a task panicked");
    }
}

fn timed(operations: u64, work: impl FnOnce()) -> Sample {
    let began = Instant::now();
    work();
    Sample {
        operations,
        elapsed: began.elapsed(),
    }
}

fn park_victims(list: &WaitList, count: &Rc<Cell<u64>>) -> Vec<Tid> {
    let victim = |_| {
        let (list, count) = (list.clone(), Rc::clone(count));
        call(NewTask::new(move || {
            let _guards = Guard::three(&count);
            let woken = call(Park(&list));
            unreachable!("it is killed, not woken: {woken:?}");
        }))
    };
    (0..VICTIMS).map(victim).collect()
}

fn kill_all(victims: Vec<Tid>) -> Duration {
    let began = Instant::now();
    for victim in victims {
        call(KillTask(victim)).expect("it is parked");
    }
    began.elapsed()
}
