//! Deadlock: two tasks lock two mutexes, each in its own order, and the run tells who waits for whom.
//!
//! Nothing hangs: when no task can ever go on, `run` returns an error that says why.

use coros::sync::Mutex;
use coros::{Builder, Clock, Scheduler, yield_now};

fn dine(sched: &mut Scheduler, name: &'static str, first: &Mutex<()>, then: &Mutex<()>) {
    let (first, then) = (first.clone(), then.clone());
    let philosopher = move || {
        let _first = first.lock().expect("the first is free");
        println!("{name}: one is in my hand");
        yield_now();
        let _then = then.lock().expect("the other is put down some day");
        println!("{name}: both are; I eat");
    };
    sched
        .spawn_with(Builder::new().name(name), philosopher)
        .expect("a stack of the default size is to be had");
}

fn main() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let fork = Mutex::new(()).named("fork");
    let knife = Mutex::new(()).named("knife");
    dine(&mut sched, "Plato", &fork, &knife);
    dine(&mut sched, "Hypatia", &knife, &fork);
    match sched.run() {
        Ok(report) => println!("{report}"),
        Err(stuck) => println!("{stuck}"),
    }
}
