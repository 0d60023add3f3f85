//! Two mutexes locked crosswise, and who waits for whom.
//!
//! Nothing hangs: when no task can ever go on, `run` returns an error that says why. If all tasks lock in
//! the same order, whichever it is, none can close a cycle.

use coros::sync::Mutex;
use coros::{Builder, Clock, Scheduler, Stuck, yield_now};

const FORK: usize = 0;
const KNIFE: usize = 1;

fn dine(sched: &mut Scheduler, name: &'static str, first: &Mutex<()>, then: &Mutex<()>) {
    let (first, then) = (first.clone(), then.clone());
    let philosopher = move || {
        let _first = first.lock().expect("it is put down some day");
        yield_now();
        let _then = then.lock().expect("so is the other");
        println!("{name}: I eat");
    };
    sched
        .spawn_with(Builder::new().name(name), philosopher)
        .expect("a stack of the default size is to be had");
}

/// Plato takes the fork first; which does Hypatia?
fn evening(hypatia: [usize; 2]) {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let tools = ["fork", "knife"].map(|name| Mutex::new(()).named(name));
    dine(&mut sched, "Plato", &tools[FORK], &tools[KNIFE]);
    let [first, then] = hypatia.map(|tool| &tools[tool]);
    dine(&mut sched, "Hypatia", first, then);
    if let Err(stuck) = sched.run() {
        println!("{}", in_short_lines(&stuck));
    }
}

fn in_short_lines(stuck: &Stuck) -> String {
    stuck.to_string().replace(" since ", "\n    since ")
}

fn main() {
    println!("Each takes another first:");
    evening([KNIFE, FORK]);
    println!("Both take the fork first:");
    evening([FORK, KNIFE]);
}
