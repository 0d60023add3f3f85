//! Events that contradict each other: whoever reads them may be wrong, but does not fall over.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::channel::unbounded;
use coros::kernel::{Event, Observer, SchedParams};
use coros::policy::RoundRobin;
use coros::sync::Mutex;
use coros::syscall::Compute;
use coros::watch::{Lints, Metrics, Statistics};
use coros::{Builder, Clock, Scheduler, call, sleep, spawn, yield_now};

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[derive(Default)]
struct Recording(Vec<Event>);

impl Observer for Recording {
    fn observe(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

/// The events of a run in which there is something of everything.
fn events() -> Vec<Event> {
    let recording = Rc::new(RefCell::new(Recording::default()));
    let builder = Scheduler::builder().clock(Clock::Virtual).cpus(2);
    let observed = builder.policy(RoundRobin::new(ms(2)));
    let mut sched = observed.observer(Rc::clone(&recording)).build();
    let lock = Mutex::new(());
    for n in 0..4 {
        let lock = lock.clone();
        let claim = SchedParams::new().period(ms(5)).priority(n);
        let builder = Builder::new().name(format!("task {n}")).claim(claim);
        let body = move || {
            let (tx, rx) = unbounded();
            let child = spawn(move || rx.iter().count());
            for item in 0..5 {
                let _guard = lock.lock().unwrap();
                call(Compute(ms(3))).unwrap();
                tx.send(item).unwrap();
                sleep(ms(1)).unwrap();
                yield_now();
            }
            drop(tx);
            assert!(n == 2 || child.join().is_ok());
            panic!("at the end");
        };
        sched.spawn_with(builder, body).unwrap();
    }
    sched.run().unwrap();
    Rc::try_unwrap(recording).map_or_else(
        |shared| std::mem::take(&mut shared.borrow_mut().0),
        |own| own.into_inner().0,
    )
}

#[test]
fn events_in_any_order_and_with_gaps_are_survived() {
    let events = events();
    assert!(events.len() > 100);
    for seed in 0..100u64 {
        let mut state = seed;
        let mut roll = |sides: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize % sides
        };
        let (mut metrics, mut statistics) = (Metrics::new().keep(2), Statistics::new().keep(2));
        let mut lints = Lints::new()
            .most_yields(1)
            .most_growth(1)
            .longest_step(ms(0));
        let mut shuffled = events.clone();
        for _ in 0..roll(2 * events.len()) {
            let (a, b) = (roll(events.len()), roll(events.len()));
            shuffled.swap(a, b);
        }
        shuffled.truncate(events.len() - roll(events.len()));
        for event in &shuffled {
            metrics.observe(event);
            statistics.observe(event);
            lints.observe(event);
        }
        lints.pause();
        let look = statistics.look();
        let text = format!("{}{statistics}{look}{lints}", metrics.summary());
        assert!(!text.is_empty(), "seed {seed}");
        let used = metrics.summary().totals.utilisation;
        assert!(used.is_finite() && used >= 0.0, "seed {seed}: {used}");
    }
}
