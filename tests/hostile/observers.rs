//! Observers are told what their own scheduler's tasks do, and by whom.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use coros::channel::unbounded;
use coros::kernel::{Cause, Event, Observer};
use coros::sync::Mutex;
use coros::syscall::Sleep;
use coros::{Clock, Scheduler, call, yield_now};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[derive(Default)]
struct All(Vec<Event>);

impl Observer for All {
    fn observe(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

fn observed() -> (Scheduler, Rc<RefCell<All>>) {
    let all = Rc::new(RefCell::new(All::default()));
    let sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .observer(Rc::clone(&all))
        .build();
    (sched, all)
}

#[test]
fn whoever_is_spawned_between_two_steps_has_no_parent() {
    let (mut sched, all) = observed();
    sched.spawn(|| {
        yield_now();
        yield_now();
    });
    sched.step().unwrap();
    let late = sched.spawn(|| {}).tid();
    let all = all.borrow();
    let birth = all.0.iter().find_map(|event| match event {
        Event::Birth(birth) if birth.tid == late => Some(birth.parent),
        _ => None,
    });
    assert_eq!(birth, Some(None));
}

fn bustle(sched: &mut Scheduler) {
    let list = coros::WaitList::new();
    let same = list.clone();
    sched.spawn(move || call(coros::syscall::Park(&same)).unwrap());
    sched.spawn(move || {
        yield_now();
        list.wake_one();
        yield_now();
    });
    let lock = Mutex::new(());
    for _ in 0..3 {
        let lock = lock.clone();
        sched.spawn(move || {
            for _ in 0..3 {
                let _guard = lock.lock().unwrap();
                yield_now();
            }
        });
    }
}

#[test]
fn stepping_shows_the_same_events_as_running() {
    let (mut run, ran) = observed();
    bustle(&mut run);
    run.run().unwrap();
    let (mut step, stepped) = observed();
    bustle(&mut step);
    while step.step().unwrap().is_some() {}
    let words = |all: &All| -> Vec<String> {
        all.0
            .iter()
            .filter(|e| matches!(e, Event::Wake(_)))
            .map(|e| match e {
                Event::Wake(w) => match w.cause {
                    Cause::Task(by) => format!("{} by {}", w.tid.number(), by.number()),
                    cause => format!("{} {cause:?}", w.tid.number()),
                },
                _ => unreachable!(),
            })
            .collect()
    };
    assert_eq!(words(&ran.borrow()), words(&stepped.borrow()));
}

#[test]
fn what_a_task_gives_back_when_it_is_killed_from_outside_is_seen() {
    let (mut sched, all) = observed();
    let lock = Mutex::new(());
    let task = sched.spawn(move || {
        let _guard = lock.lock().unwrap();
        let _ = call(Sleep(ms(1_000)));
    });
    sched.step().unwrap();
    sched.kill(task.tid()).unwrap();
    let all = all.borrow();
    let holds: Vec<bool> = all
        .0
        .iter()
        .filter_map(|event| match event {
            Event::Hold(hold) => Some(hold.taken),
            _ => None,
        })
        .collect();
    assert_eq!(holds, [true, false]);
}

#[test]
fn what_the_tasks_of_a_dropped_scheduler_give_back_is_seen() {
    let (mut sched, all) = observed();
    let lock = Mutex::new(());
    sched.spawn(move || {
        let _guard = lock.lock().unwrap();
        let _ = call(Sleep(ms(1_000)));
    });
    sched.step().unwrap();
    drop(sched);
    let all = all.borrow();
    let holds: Vec<bool> = all
        .0
        .iter()
        .filter_map(|event| match event {
            Event::Hold(hold) => Some(hold.taken),
            _ => None,
        })
        .collect();
    assert_eq!(holds, [true, false]);
}

#[test]
fn a_scheduler_within_another_is_not_told_what_the_outer_tasks_hold() {
    let (mut outer, outer_saw) = observed();
    let inner_saw = Rc::new(RefCell::new(All::default()));
    let saw = Rc::clone(&inner_saw);
    outer.spawn(move || {
        let lock = Mutex::new(());
        let _guard = lock.lock().unwrap();
        let mut inner = Scheduler::builder()
            .clock(Clock::Virtual)
            .observer(saw)
            .build();
        inner.spawn(yield_now);
        inner.run().unwrap();
    });
    outer.run().unwrap();
    let count = |all: &RefCell<All>| {
        all.borrow()
            .0
            .iter()
            .filter(|event| matches!(event, Event::Hold(_)))
            .count()
    };
    assert_eq!((count(&outer_saw), count(&inner_saw)), (2, 0));
}

#[test]
fn an_observer_that_sends_what_it_sees_is_not_told_of_that() {
    struct Sends(coros::channel::Sender<()>, Rc<Cell<usize>>);
    impl Observer for Sends {
        fn observe(&mut self, _: &Event) {
            self.1.set(self.1.get() + 1);
            let _ = self.0.try_send(());
        }
    }
    let (sender, _receiver) = unbounded();
    let count = Rc::new(Cell::new(0));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .observer(Sends(sender, Rc::clone(&count)))
        .build();
    sched.spawn(|| {
        for _ in 0..100 {
            yield_now();
        }
    });
    sched.run().unwrap();
    assert!(
        count.get() < 200,
        "{} events for a hundred turns",
        count.get()
    );
}

#[test]
fn an_observer_that_panics_when_it_is_dropped_for_a_panic_harms_nobody() {
    struct Bomb;
    impl Observer for Bomb {
        fn observe(&mut self, event: &Event) {
            assert!(!matches!(event, Event::Turn(_)), "on purpose");
        }
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("again");
        }
    }
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .observer(Bomb)
        .build();
    let task = sched.spawn(|| {
        yield_now();
        7
    });
    sched.run().unwrap();
    assert_eq!(task.join().unwrap(), 7);
}
