//! Two cakes: one cook and two, in turn and at once.
//!
//! To mix and to ice takes a cook, so it is `compute`, and the cooks are the CPUs. To bake takes time and
//! no cook, so it is `sleep`. A letter is two minutes: a cook's for that cake, or that cake's in the oven.
//!
//! With `broken`, a cook whose cake is in the oven stands there and watches.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer, TimerDid};
use coros::watch::Metrics;
use coros::{Clock, Scheduler, Stuck, Tid, compute, sleep, spawn};

/// What a cook does while a cake is in the oven.
#[derive(Clone, Copy)]
enum Meanwhile {
    Leaves,
    Watches,
}

/// One cake, from the bowl to the table.
fn cake(meanwhile: Meanwhile) {
    compute(minutes(20)).expect("nothing interrupts the mixing");
    match meanwhile {
        Meanwhile::Leaves => sleep(minutes(30)).expect("it stays closed"),
        Meanwhile::Watches => compute(minutes(30)).expect("it stays closed"),
    }
    compute(minutes(10)).expect("nothing interrupts the icing");
}

fn in_turn(meanwhile: Meanwhile) {
    for _ in ["A", "B"] {
        spawn(move || cake(meanwhile)).join().expect("it is baked");
    }
}

fn both_at_once(meanwhile: Meanwhile) {
    let cakes = ["A", "B"].map(|_| spawn(move || cake(meanwhile)));
    for cake in cakes {
        cake.join().expect("it is baked");
    }
}

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// A row a cook, and a row a cake in the oven.
struct Chart(BTreeMap<String, String>);

impl Observer for Chart {
    fn observe(&mut self, event: &Event) {
        match event {
            Event::Slice(slice) => {
                let cook = format!("cook {}", slice.cpu + 1);
                self.draw(cook, slice.tid, slice.from, slice.time);
            }
            Event::Timer(timer) => {
                if let TimerDid::Set(until) = timer.did {
                    let oven = format!("oven, {}", letter(timer.tid));
                    self.draw(oven, timer.tid, timer.time, until);
                }
            }
            _ => {}
        }
    }
}

impl Chart {
    fn of(cooks: u32) -> Self {
        let rows = (1..=cooks).map(|cook| (format!("cook {cook}"), String::new()));
        Self(rows.collect())
    }

    fn draw(&mut self, title: String, cake: Tid, from: Duration, until: Duration) {
        if from == until {
            return; // The kitchen, which gives the orders, takes no time.
        }
        let row = self.0.entry(title).or_default();
        *row = format!("{row:.<0$}", column(from));
        *row += &letter(cake).repeat(column(until) - column(from));
    }
}

fn column(time: Duration) -> usize {
    (time.as_secs() / minutes(2).as_secs()) as usize
}

/// Task 1 is the kitchen, the others are its cakes.
fn letter(cake: Tid) -> &'static str {
    ["?", "kitchen", "A", "B"][cake.number() as usize]
}

fn run(title: &str, cooks: u32, kitchen: fn(Meanwhile), meanwhile: Meanwhile) -> Result<(), Stuck> {
    let chart = Rc::new(RefCell::new(Chart::of(cooks)));
    let metrics = Rc::new(RefCell::new(Metrics::new()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(cooks)
        .observer(Rc::clone(&chart))
        .observer(Rc::clone(&metrics))
        .build();
    sched.spawn(move || kitchen(meanwhile));
    sched.run()?;
    let totals = metrics.borrow().summary().totals;
    let (took, busy) = (totals.span, totals.utilisation * 100.0);
    let (minutes, columns) = (took.as_secs() / 60, column(took));
    println!("{title}: {minutes} minutes, cooks busy {busy:.0} %");
    for (title, row) in &chart.borrow().0 {
        println!("  {title:<7} {row:.<columns$}");
    }
    Ok(())
}

fn main() -> Result<(), Stuck> {
    let broken = std::env::args().any(|argument| argument == "broken");
    let meanwhile = match broken {
        true => Meanwhile::Watches,
        false => Meanwhile::Leaves,
    };
    run("one cook, in turn", 1, in_turn, meanwhile)?;
    run("two cooks, in turn", 2, in_turn, meanwhile)?;
    run("one cook, both at once", 1, both_at_once, meanwhile)?;
    run("two cooks, both at once", 2, both_at_once, meanwhile)
}
