//! Nothing is done too early, and nothing waits that need not.

use coros::syscall::Now;
use coros::{Clock, Scheduler, call};

use super::kitchen::{Kitchen, Minutes};

/// How long it takes so many cooks, in minutes.
fn minutes(cake: fn(&Kitchen), cooks: u32, minutes: Minutes) -> u64 {
    let kitchen = Kitchen::new(minutes);
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(cooks)
        .build();
    let start = sched.now();
    let made = sched.spawn({
        let kitchen = kitchen.clone();
        move || {
            cake(&kitchen);
            (kitchen.complaint(), call(Now) - start)
        }
    });
    sched.run().expect("no step waits for ever");
    let (complaint, took) = made.join().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(complaint, None, "{minutes:?}, {cooks} cook(s)");
    took.as_secs() / 60
}

pub fn grade(cake: fn(&Kitchen)) {
    let [usual, much_icing, cold_oven] =
        [[15, 20, 30, 10, 5], [5, 20, 10, 25, 5], [40, 10, 30, 10, 5]].map(
            |[heat, mix, bake, stir, ice]| Minutes {
                heat,
                mix,
                bake,
                stir,
                ice,
            },
        );
    let took = minutes(cake, 2, usual);
    assert_eq!(took, 55, "mix while the oven heats, stir while it bakes");
    let took = minutes(cake, 2, cold_oven);
    assert_eq!(took, 75, "the oven takes longest: heat it from the start");
    let took = minutes(cake, 2, much_icing);
    assert_eq!(took, 35, "there are two cooks: one mixes and one stirs");
    for kitchen in [usual, cold_oven, much_icing] {
        // However long it takes a single cook: nothing may be done too early.
        minutes(cake, 1, kitchen);
    }
}
