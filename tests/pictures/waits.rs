//! Pictures show waits where tasks wait: one begun in the turn that ended another, and none while computing.

use std::{cell::RefCell, rc::Rc, time::Duration};

use coros::kernel::{Event, Observer};
use coros::picture::{Doing, Timeline, wait_graph};
use coros::sync::Mutex;
use coros::{Clock, Scheduler, compute, sleep};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Default)]
struct All(Vec<Event>);

impl Observer for All {
    fn observe(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

/// What happens until the program ends or is stuck, on so many CPUs.
fn events(cpus: u32, program: impl FnOnce(&mut Scheduler)) -> Vec<Event> {
    let all = Rc::new(RefCell::new(All::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(cpus)
        .observer(Rc::clone(&all))
        .build();
    program(&mut sched);
    _ = sched.run();
    all.take().0
}

#[test]
fn a_cycle_of_locks_taken_after_a_sleep_is_in_the_graph() {
    for cpus in [1, 2] {
        let seen = events(cpus, |sched| {
            let (fork, knife) = (Mutex::new(()).named("fork"), Mutex::new(()).named("knife"));
            for (first, then) in [(fork.clone(), knife.clone()), (knife, fork)] {
                sched.spawn(move || {
                    let _first = first.lock().unwrap();
                    sleep(SECOND).unwrap();
                    let _then = then.lock().unwrap();
                });
            }
        });
        let dot = wait_graph(&seen).dot();
        let cycle = dot.matches("mutex").count();
        assert!(cycle >= 2, "on {cpus} CPUs, both wait:\n{dot}");
        assert!(dot.contains("knife") && dot.contains("fork"), "{dot}");
    }
}

#[test]
fn a_task_that_sleeps_again_and_again_is_blocked_in_between() {
    let seen = events(2, |sched| {
        sched.spawn(|| (0..3).for_each(|_| sleep(SECOND).unwrap()));
    });
    let timeline = Timeline::of(&seen);
    let long = |piece: &&coros::picture::Piece| piece.from < piece.till;
    let doing: Vec<_> = timeline.tasks[0].pieces.iter().filter(long).collect();
    assert_eq!(doing.len(), 3);
    assert!(
        doing.iter().all(|piece| piece.doing == Doing::Blocked),
        "{doing:?}"
    );
}

#[test]
fn a_task_that_computes_in_real_time_is_never_blocked() {
    let all = Rc::new(RefCell::new(All::default()));
    let mut sched = Scheduler::builder().observer(Rc::clone(&all)).build();
    for _ in 0..2 {
        sched.spawn(|| compute(Duration::from_millis(3)).unwrap());
    }
    sched.run().unwrap();
    let seen = all.take().0;
    let blocked = |piece: &coros::picture::Piece| piece.doing == Doing::Blocked;
    for lane in &Timeline::of(&seen).tasks {
        assert!(lane.pieces.len() > 1, "it has its turns by slices");
        assert!(!lane.pieces.iter().any(blocked), "{:?}", lane.pieces);
    }
}
