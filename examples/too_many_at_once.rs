//! Semaphore: five bakers, two ovens.
//!
//! Each baker looks whether an oven is free, looks at the clock, and puts a cake in. A look at the clock is
//! a call: all five have looked before the first puts anything in. A semaphore makes looking and taking
//! one step; a baker who comes too late waits, and is served in turn.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use coros::sync::Semaphore;
use coros::syscall::Now;
use coros::{Clock, Scheduler, Stuck, call, sleep};

const OVENS: usize = 2;
const MINUTE: Duration = Duration::from_secs(60);

struct Bakery {
    opened: Instant,
    baking: usize,
    most: usize,
    /// Who began to bake, minute by minute.
    begun: BTreeMap<u64, Vec<usize>>,
}

type Shared = Rc<RefCell<Bakery>>;

impl Bakery {
    fn new(opened: Instant) -> Self {
        Self {
            opened,
            baking: 0,
            most: 0,
            begun: BTreeMap::new(),
        }
    }

    fn put_in_a_cake(&mut self, baker: usize, now: Instant) {
        self.baking += 1;
        self.most = self.most.max(self.baking);
        let minute = (now - self.opened).as_secs() / 60;
        self.begun.entry(minute).or_default().push(baker);
    }
}

/// Bakes for ten minutes, whether there is an oven or not.
fn bake(baker: usize, now: Instant, bakery: &Shared) {
    bakery.borrow_mut().put_in_a_cake(baker, now);
    sleep(10 * MINUTE).expect("nothing breaks this sleep off");
    bakery.borrow_mut().baking -= 1;
}

fn look_then_go(baker: usize, bakery: &Shared, _ovens: &Semaphore) {
    while bakery.borrow().baking >= OVENS {
        sleep(MINUTE).expect("nothing breaks this sleep off");
    }
    let now = call(Now); // A call: meanwhile the others have turns.
    bake(baker, now, bakery);
}

fn take_an_oven(baker: usize, bakery: &Shared, ovens: &Semaphore) {
    let _oven = ovens.acquire().expect("nothing breaks this wait off");
    let now = call(Now);
    bake(baker, now, bakery);
}

fn run(name: &str, work: fn(usize, &Shared, &Semaphore)) -> Result<(), Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let bakery = Rc::new(RefCell::new(Bakery::new(sched.now())));
    let ovens = Semaphore::new(OVENS);
    for baker in 1..=5 {
        let (bakery, ovens) = (Rc::clone(&bakery), ovens.clone());
        sched.spawn(move || work(baker, &bakery, &ovens));
    }
    sched.run()?;
    let bakery = bakery.borrow();
    println!("{name}: up to {} cakes in {OVENS} ovens", bakery.most);
    for (minute, bakers) in &bakery.begun {
        let bakers: Vec<_> = bakers.iter().map(usize::to_string).collect();
        println!("  at {minute:2} min: {}", bakers.join(" "));
    }
    Ok(())
}

fn main() -> Result<(), Stuck> {
    run("look, then go", look_then_go)?;
    run("semaphore", take_an_oven)
}
