//! A scaled clock goes faster or slower than the machine's, and everything goes by it.

use std::time::{Duration, Instant};

use coros::syscall::{Compute, Now, Sleep};
use coros::{Clock, Scheduler, call, timeout};

fn scaled(rate: f64) -> Scheduler {
    Scheduler::builder().clock(Clock::Scaled(rate)).build()
}

#[test]
fn an_hour_passes_in_less_than_a_minute() {
    let machine = Instant::now();
    let mut sched = scaled(1e5);
    let hour = Duration::from_secs(3600);
    let slept = sched.spawn(move || {
        let before = call(Now);
        call(Sleep(hour)).unwrap();
        assert!(timeout(hour, || call(Sleep(10 * hour))).is_err());
        call(Now) - before
    });
    sched.run().unwrap();
    assert!(slept.join().unwrap() >= 2 * hour);
    assert!(machine.elapsed() < Duration::from_secs(60));
}

#[test]
fn slow_motion_takes_longer_on_the_machine_than_on_the_clock() {
    let machine = Instant::now();
    let mut sched = scaled(0.1);
    sched.spawn(|| call(Sleep(Duration::from_millis(1))).unwrap());
    sched.run().unwrap();
    assert!(machine.elapsed() >= Duration::from_millis(10));
}

#[test]
fn work_is_burnt_by_the_scaled_clock_too() {
    let mut sched = scaled(1000.0);
    let worked = sched.spawn(|| {
        let before = call(Now);
        call(Compute(Duration::from_secs(2))).unwrap();
        call(Now) - before
    });
    sched.run().unwrap();
    assert!(worked.join().unwrap() >= Duration::from_secs(2));
}

#[test]
fn a_rate_that_makes_no_sense_is_one() {
    for rate in [0.0, -3.0, f64::NAN, f64::NEG_INFINITY] {
        let machine = Instant::now();
        let mut sched = scaled(rate);
        sched.spawn(|| call(Sleep(Duration::from_millis(2))).unwrap());
        sched.run().unwrap();
        assert!(machine.elapsed() >= Duration::from_millis(2), "{rate}");
        assert_eq!(Clock::Scaled(rate).to_string(), "scaled by 1");
    }
    assert_eq!(
        Clock::Scaled(f64::INFINITY).to_string(),
        "scaled by 1000000"
    );
}
