//! The answers of the textbooks, then what is easily forgotten: rests, other CPUs, no task at all.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer, Policy};
use coros::policy::{Fifo, RoundRobin};
use coros::{Clock, Scheduler, compute, sleep};

type Switches = fn(&[Event]) -> usize;

#[derive(Default)]
struct Seen(Vec<Event>);

impl Observer for Seen {
    fn observe(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What happens on so many CPUs to tasks which each alternate between computing and rest, in ms.
fn seen(policy: impl Policy + 'static, cpus: u32, tasks: &[&'static [u64]]) -> Vec<Event> {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let machine = Scheduler::builder().clock(Clock::Virtual).cpus(cpus);
    let observed = machine.policy(policy).observer(Rc::clone(&seen));
    let mut sched = observed.build();
    for &times in tasks {
        sched.spawn(move || {
            for (place, &time) in times.iter().enumerate() {
                let done = match place % 2 {
                    0 => compute(ms(time)),
                    _ => sleep(ms(time)),
                };
                done.expect("nothing breaks this off");
            }
        });
    }
    sched.run().expect("all of them end");
    drop(sched);
    seen.take().0
}

pub fn grade(switches: Switches) {
    assert_eq!(switches(&[]), 0, "nothing happened");
    let rr = |quantum| RoundRobin::new(ms(quantum));

    let bursts: [&[u64]; 3] = [&[5], &[5], &[5]];
    let after_another = switches(&seen(Fifo::new(), 1, &bursts));
    assert_eq!(after_another, 2, "three tasks, one after the other");
    let in_turns = switches(&seen(rr(1), 1, &bursts));
    assert_eq!(in_turns, 14, "three tasks of 5 ms in turns of 1 ms");
    let unequal = switches(&seen(rr(2), 1, &[&[5], &[10], &[15]]));
    assert_eq!(
        unequal, 12,
        "in the end one is alone, and has turn after turn"
    );

    let alone = switches(&seen(rr(1), 1, &[&[9]]));
    assert_eq!(alone, 0, "a task alone: no other to switch to");
    let rests = switches(&seen(Fifo::new(), 1, &[&[1, 5, 1]]));
    assert_eq!(
        rests, 0,
        "a task that rests, and finds its CPU as it left it"
    );
    let meet = switches(&seen(Fifo::new(), 1, &[&[2, 5, 1], &[1]]));
    assert_eq!(meet, 2, "to the other task while the first rests, and back");

    let side_by_side = switches(&seen(rr(1), 2, &[&[3], &[3]]));
    assert_eq!(side_by_side, 0, "two tasks, each on a CPU of its own");
    let in_pairs = switches(&seen(Fifo::new(), 2, &[&[2], &[2], &[2], &[2]]));
    assert_eq!(
        in_pairs, 2,
        "four tasks on two CPUs: each changes hands once"
    );
}
