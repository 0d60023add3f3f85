//! Intervals: when they tick, on time and late, and that an interrupted tick did not happen.

use std::time::{Duration, Instant};

use coros::syscall::Now;
use coros::time::{Interval, MissedTick, interval, interval_at, sleep_until};
use coros::{call, sleep, timeout};

use crate::common::{run, scheduler, seconds};

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Ticks so often; says when each was due and when it came, in milliseconds.
fn ticks(ticker: &mut Interval, start: Instant, count: usize) -> Vec<(u128, u128)> {
    let since = |moment: Instant| (moment - start).as_millis();
    (0..count)
        .map(|_| (since(ticker.tick().unwrap()), since(call(Now))))
        .collect()
}

/// Ticks once, is busy until 3.5 periods have passed, and ticks on.
fn after_a_busy_time(missed: MissedTick) -> Vec<(u128, u128)> {
    run(move || {
        let start = call(Now);
        let mut ticker = interval(seconds(1)).missed(missed);
        ticker.tick().unwrap();
        sleep(millis(3500)).unwrap();
        ticks(&mut ticker, start, 5)
    })
}

#[test]
fn the_first_tick_is_at_once_and_the_others_a_period_apart() {
    let ticked = run(|| {
        let start = call(Now);
        ticks(&mut interval(millis(10)), start, 4)
    });
    assert_eq!(ticked, [(0, 0), (10, 10), (20, 20), (30, 30)]);
}

#[test]
fn work_between_ticks_does_not_move_them() {
    run(|| {
        let start = call(Now);
        let mut ticker = interval(millis(10));
        for tick in 0..10 {
            assert_eq!(ticker.tick().unwrap() - start, millis(10 * tick));
            sleep(millis(7)).unwrap();
        }
    });
}

#[test]
fn a_burst_makes_up_for_every_missed_tick() {
    let ticked = after_a_busy_time(MissedTick::Burst);
    assert_eq!(
        ticked,
        [
            (1000, 3500),
            (2000, 3500),
            (3000, 3500),
            (4000, 4000),
            (5000, 5000)
        ]
    );
}

#[test]
fn a_delay_starts_anew_from_the_late_tick() {
    let ticked = after_a_busy_time(MissedTick::Delay);
    assert_eq!(
        ticked,
        [
            (1000, 3500),
            (4500, 4500),
            (5500, 5500),
            (6500, 6500),
            (7500, 7500)
        ]
    );
}

#[test]
fn a_skip_leaves_out_what_was_missed() {
    let ticked = after_a_busy_time(MissedTick::Skip);
    assert_eq!(
        ticked,
        [
            (1000, 3500),
            (4000, 4000),
            (5000, 5000),
            (6000, 6000),
            (7000, 7000)
        ]
    );
}

#[test]
fn a_delay_below_the_slack_does_not_add_up() {
    run(|| {
        let start = call(Now);
        let mut ticker = interval(seconds(1)).missed(MissedTick::Delay);
        for tick in 0..10 {
            sleep_until(start + seconds(tick) + millis(4)).unwrap();
            assert_eq!(ticker.tick().unwrap() - start, seconds(tick));
        }
    });
}

#[test]
fn an_interval_can_start_later() {
    let ticked = run(|| {
        let start = call(Now);
        ticks(&mut interval_at(start + millis(25), millis(10)), start, 3)
    });
    assert_eq!(ticked, [(25, 25), (35, 35), (45, 45)]);
}

#[test]
fn an_interrupted_tick_did_not_happen() {
    run(|| {
        let start = call(Now);
        let mut ticker = interval(seconds(10));
        ticker.tick().unwrap();
        for _ in 0..3 {
            let tick = timeout(seconds(2), || ticker.tick().unwrap_err());
            assert!(tick.is_err());
        }
        assert_eq!(ticker.tick().unwrap() - start, seconds(10));
    });
}

#[test]
fn a_reset_interval_ticks_a_period_later() {
    let ticked = run(|| {
        let start = call(Now);
        let mut ticker = interval(seconds(10));
        ticker.tick().unwrap();
        sleep(seconds(7)).unwrap();
        ticker.reset();
        ticks(&mut ticker, start, 2)
    });
    assert_eq!(ticked, [(17000, 17000), (27000, 27000)]);
}

#[test]
fn the_longest_period_ticks_once_in_any_program() {
    run(|| {
        let mut ticker = interval(Duration::MAX);
        ticker.tick().unwrap();
        assert!(timeout(seconds(1_000_000), || ticker.tick().is_err()).is_err());
        assert_eq!(ticker.period(), Duration::MAX);
    });
}

#[test]
fn the_call_itself_can_be_yielded() {
    run(|| {
        let start = call(Now);
        let mut ticker = interval_at(start + seconds(1), seconds(1));
        assert_eq!(call(ticker.ticking()).unwrap() - start, seconds(1));
        assert_eq!(call(ticker.ticking()).unwrap() - start, seconds(2));
    });
}

#[test]
#[should_panic(expected = "an interval needs a period above zero")]
fn a_period_of_zero_is_refused() {
    drop(interval_at(Instant::now(), Duration::ZERO));
}

#[test]
fn a_named_interval_is_called_by_its_name() {
    let mut sched = scheduler();
    sched.spawn(|| {
        let mut beat = interval(seconds(60)).named("heartbeat");
        (0..2).for_each(|_| drop(beat.tick()));
    });
    let ticking = std::iter::from_fn(|| {
        sched.step().unwrap()?;
        let waits_in = sched.tasks().next().and_then(|task| task.waits_in);
        Some(waits_in.unwrap_or_default())
    });
    let told: Vec<_> = ticking.filter(|told| !told.is_empty()).collect();
    assert!(
        told.contains(&"Tick('heartbeat', 60s)".to_owned()),
        "{told:?}"
    );
}
