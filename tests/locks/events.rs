//! Events, latches and wait groups: who goes on, and who waits on.

use coros::kernel::Why;
use coros::sync::{Event, Latch, WaitGroup};
use coros::{Interrupted, JoinHandle, sleep, spawn, timeout, yield_now};

use crate::common::{Log, run, scheduler, seconds};

fn waiter(event: &Event) -> JoinHandle<Result<(), Interrupted>> {
    let event = event.clone();
    let waiter = spawn(move || event.wait());
    yield_now();
    waiter
}

#[test]
fn an_event_that_is_cleared_at_once_still_wakes_those_who_waited() {
    run(|| {
        let event = Event::new();
        let waiters = [(); 3].map(|()| waiter(&event));
        event.set();
        event.clear();
        waiters
            .into_iter()
            .for_each(|waiter| waiter.join().unwrap().unwrap());
        assert!(!event.is_set());
    });
}

#[test]
fn whoever_begins_to_wait_after_the_clear_of_the_same_turn_waits_on_and_is_first() {
    let (mut sched, log, event) = (scheduler(), Log::new(), Event::new());
    let before = event.clone();
    sched.spawn(move || before.wait().unwrap());
    let (sets, poster) = (event.clone(), log.clone());
    sched.spawn(move || {
        sets.set();
        sets.clear();
        sets.wait().unwrap();
        poster.say("poster");
    });
    let (waits, other) = (event.clone(), log.clone());
    sched.spawn(move || {
        waits.wait().unwrap();
        other.say("other");
    });
    let said = log.clone();
    sched.spawn(move || {
        sleep(seconds(1)).unwrap();
        assert_eq!(event.waiters(), 2, "neither was meant");
        said.say("set");
        event.set();
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["set", "poster", "other"]);
}

#[test]
fn of_a_set_and_a_cancel_in_one_step_the_set_wins_if_it_is_the_earlier() {
    run(|| {
        let event = Event::new();
        let waiter = waiter(&event);
        event.set();
        waiter.cancel("later");
        assert_eq!(waiter.join().unwrap(), Ok(()));
    });
}

#[test]
fn of_a_set_and_a_cancel_in_one_step_the_cancel_wins_if_it_is_the_earlier() {
    run(|| {
        let event = Event::new();
        let waiter = waiter(&event);
        waiter.cancel("earlier");
        event.set();
        assert_eq!(waiter.join().unwrap().unwrap_err().why(), Why::Cancelled);
        assert_eq!(event.waiters(), 0);
    });
}

#[test]
fn an_event_that_is_set_keeps_nobody_waiting() {
    let event = Event::new();
    event.set();
    event.set();
    assert_eq!(event.wait(), Ok(()), "also outside tasks");
    event.clear();
    assert!(!event.is_set());
}

#[test]
fn a_thousand_timed_out_and_killed_waits_leave_no_entry() {
    run(|| {
        let (event, latch, group) = (Event::new(), Latch::new(1), WaitGroup::new());
        let token = group.add();
        for _ in 0..350 {
            assert!(timeout(seconds(1), || event.wait()).is_err());
            assert!(timeout(seconds(1), || latch.wait()).is_err());
            assert!(timeout(seconds(1), || group.wait()).is_err());
        }
        let (a, b, c) = (event.clone(), latch.clone(), group.clone());
        let waits = [
            spawn(move || a.wait()),
            spawn(move || b.wait()),
            spawn(move || c.wait()),
        ];
        yield_now();
        let waiting = || (event.waiters(), latch.waiters(), group.waiters());
        assert_eq!(waiting(), (1, 1, 1));
        waits.into_iter().for_each(|wait| wait.kill().unwrap());
        assert_eq!(waiting(), (0, 0, 0));
        drop(token);
    });
}

#[test]
fn a_latch_opens_at_its_last_count_and_stays_open() {
    run(|| {
        let latch = Latch::new(2).named("ready");
        let waiter = spawn({
            let latch = latch.clone();
            move || latch.wait()
        });
        latch.count_down();
        yield_now();
        assert!(!latch.is_open() && latch.waiters() == 1);
        latch.count_down();
        latch.count_down();
        assert_eq!(waiter.join().unwrap(), Ok(()));
        assert_eq!((latch.left(), latch.wait()), (0, Ok(())));
    });
    assert!(Latch::new(0).is_open());
}

#[test]
fn whoever_waits_when_the_last_token_goes_is_through() {
    run(|| {
        let group = WaitGroup::new();
        let token = group.add();
        let second = token.clone();
        let waiter = spawn({
            let group = group.clone();
            move || group.wait()
        });
        drop(token);
        yield_now();
        assert_eq!((group.tokens(), group.waiters()), (1, 1));
        drop(second);
        let _next = group.add();
        assert_eq!(waiter.join().unwrap(), Ok(()));
    });
}

#[test]
fn the_token_of_a_task_that_panics_goes_with_it() {
    run(|| {
        let group = WaitGroup::new();
        let token = group.add();
        spawn(move || {
            let _token = token;
            panic!("work failed");
        });
        assert_eq!(group.wait(), Ok(()));
    });
}
