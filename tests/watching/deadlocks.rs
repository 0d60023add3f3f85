//! Observers are told of a deadlock when it comes to be, whether or not there is a log.

use std::cell::RefCell;
use std::rc::Rc;

use coros::kernel::{Deadlock, Event, Observer};
use coros::sync::{Mutex, Semaphore};
use coros::{Builder, Clock, Scheduler, sleep, spawn, yield_now};

use crate::common::seconds;

/// Keeps the deadlocks that it sees.
#[derive(Default)]
struct Deadlocks(Vec<Deadlock>);

impl Observer for Deadlocks {
    fn observe(&mut self, event: &Event) {
        if let Event::Deadlock(deadlock) = event {
            self.0.push(deadlock.clone());
        }
    }

    fn sees_turns(&self) -> bool {
        false
    }
}

/// Runs a scene beside a task that sleeps for a minute; the deadlocks that were told.
fn told(scene: impl FnOnce(&mut Scheduler)) -> Vec<Deadlock> {
    let deadlocks = Rc::new(RefCell::new(Deadlocks::default()));
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let mut sched = builder.observer(Rc::clone(&deadlocks)).build();
    scene(&mut sched);
    sched.spawn(|| sleep(seconds(60)).unwrap());
    sched.run().unwrap_err();
    drop(sched);
    deadlocks.take().0
}

/// Two tasks lock two mutexes crosswise, after a second.
fn crosswise(sched: &mut Scheduler) {
    let forks = ["left", "right"].map(|name| Mutex::new(()).named(name));
    for (name, first, second) in [("A", 0, 1), ("B", 1, 0)] {
        let (first, second) = (forks[first].clone(), forks[second].clone());
        let eat = move || {
            sleep(seconds(1)).unwrap();
            let _first = first.lock().unwrap();
            yield_now();
            let _second = second.lock().unwrap();
        };
        sched.spawn_with(Builder::new().name(name), eat).unwrap();
    }
}

#[test]
fn a_cycle_is_told_once_when_it_is_closed() {
    let [deadlock] = &told(crosswise)[..] else {
        panic!("one is told");
    };
    assert_eq!(deadlock.time, seconds(1));
    let tids: Vec<_> = deadlock.tids.iter().map(|tid| tid.number()).collect();
    assert_eq!(tids, [2, 1], "whoever closed it comes first");
    assert_eq!(
        deadlock.waits,
        [
            "task 2 'B' waits for mutex 'left' held by task 1 'A'",
            "task 1 'A' waits for mutex 'right' held by task 2 'B'",
        ]
    );
}

#[test]
fn two_cycles_closed_by_one_wait_are_told_one_by_one() {
    let told = told(|sched| {
        sched.spawn(|| {
            let pen = Mutex::new(()).named("pen");
            let _guard = pen.lock().unwrap();
            let wants = [(); 2].map(|()| {
                let pen = pen.clone();
                spawn(move || drop(pen.lock()))
            });
            yield_now();
            let _ = coros::wait_all(&wants, None);
        });
    });
    let tids = told.iter().map(|deadlock| deadlock.tids.iter());
    let tids: Vec<Vec<_>> = tids
        .map(|tids| tids.map(|tid| tid.number()).collect())
        .collect();
    assert_eq!(tids, [[1, 3], [1, 4]]);
}

#[test]
fn a_cycle_that_another_task_might_end_is_not_told() {
    let told = told(|sched| {
        sched.spawn(|| {
            let desk = Semaphore::new(1).named("desk");
            let _permit = desk.acquire().unwrap();
            let wanted = desk.clone();
            let _ = spawn(move || drop(wanted.acquire())).join();
        });
    });
    assert_eq!(told, []);
}

#[cfg(feature = "record")]
#[test]
fn a_recording_keeps_it() {
    let (recorder, memory) = coros::watch::record::Recorder::in_memory();
    let deadlocks = Rc::new(RefCell::new(Deadlocks::default()));
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let builder = builder.observer(Rc::clone(&deadlocks)).observer(recorder);
    let mut sched = builder.build();
    crosswise(&mut sched);
    sched.run().unwrap_err();
    drop(sched);

    let recording = coros::watch::record::Recording::read(&memory.bytes()[..]).unwrap();
    let is_deadlock = |event: &&Event| matches!(event, Event::Deadlock(_));
    let read: Vec<_> = recording.events().iter().filter(is_deadlock).collect();
    let seen = deadlocks.take().0.into_iter().map(Event::Deadlock);
    let in_words = |event: &Event| format!("{event:?}");
    assert_eq!(
        read.into_iter().map(in_words).collect::<Vec<_>>(),
        seen.map(|event| in_words(&event)).collect::<Vec<_>>()
    );
}
