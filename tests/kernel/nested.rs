//! A scheduler inside a task of another, and two side by side.

use std::cell::RefCell;
use std::rc::Rc;
use std::thread::panicking;

use coros::kernel::Interrupted;
use coros::syscall::{GetTid, KillTask, Now, Park, Sleep, WakeOne};
use coros::{NoSuchTask, Tid, WaitList, call, sleep, spawn, yield_now};

use crate::common::{Log, OnDrop, park_for_ever, run, scheduler, seconds, waiter};

#[test]
fn calls_reach_the_innermost_scheduler() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        call(Sleep(seconds(5))).unwrap();
        let mut inner = scheduler();
        let inside = said.clone();
        inner.spawn(move || {
            let before = call(Now);
            sleep(seconds(1)).unwrap();
            inside.say(format!(
                "inner {} slept {:?}",
                call(GetTid),
                call(Now) - before
            ));
            spawn(park_for_ever).kill().unwrap();
        });
        let report = inner.run().unwrap();
        said.say(format!("{} inner tasks", report.spawned));
        said.say(format!("outer {}", call(GetTid)));
    });
    assert_eq!(log.take(), ["inner 1 slept 1s", "2 inner tasks", "outer 1"]);
}

#[test]
fn an_inner_run_blocks_the_outer_loop() {
    let (mut outer, log) = (scheduler(), Log::new());
    let said = log.clone();
    outer.spawn(move || {
        let mut inner = scheduler();
        let inside = said.clone();
        inner.spawn(move || {
            (0..3).for_each(|turn| {
                inside.say(turn);
                yield_now();
            });
        });
        inner.run().unwrap();
        yield_now();
        said.say("outer");
    });
    let said = log.clone();
    outer.spawn(move || said.say("other"));
    outer.run().unwrap();
    assert_eq!(log.take(), ["0", "1", "2", "other", "outer"]);
}

#[test]
fn schedulers_nest_three_deep() {
    let value = run(|| run(|| run(|| call(GetTid).number()) + 10) + 100);
    assert_eq!(value, 111);
}

#[test]
fn an_inner_task_may_kill_an_outer_one_through_its_handle() {
    let (mut outer, log) = (scheduler(), Log::new());
    let victim = waiter(&mut outer, &log, "victim");
    let said = log.clone();
    outer.spawn(move || {
        run(move || {
            let tid = victim.tid();
            assert_eq!(call(KillTask(tid)), Err(NoSuchTask(tid)));
            victim.kill().unwrap();
            said.say("asked");
        });
    });
    let report = outer.run().unwrap();
    assert_eq!(
        (log.take(), report.killed),
        (vec!["asked".into(), "victim gone".into()], 1)
    );
}

#[test]
fn an_inner_task_may_kill_the_outer_one_that_it_runs_in() {
    let (mut outer, log) = (scheduler(), Log::new());
    let own = Rc::new(RefCell::new(None::<coros::JoinHandle<()>>));
    let (handle, said) = (Rc::clone(&own), log.clone());
    let task = outer.spawn(move || {
        let _bye = said.on_drop("outer gone");
        run({
            let said = said.clone();
            move || {
                handle.borrow().as_ref().unwrap().kill().unwrap();
                said.say("inner goes on");
            }
        });
        yield_now();
        unreachable!("killed before the next turn");
    });
    own.replace(Some(task));
    outer.run().unwrap();
    assert_eq!(log.take(), ["inner goes on", "outer gone"]);
}

#[test]
fn killing_an_outer_task_kills_the_scheduler_that_it_holds() {
    let (mut outer, log) = (scheduler(), Log::new());
    let said = log.clone();
    let victim = outer.spawn(move || {
        let mut inner = scheduler();
        waiter(&mut inner, &said, "first");
        let inside = said.clone();
        inner.spawn(move || {
            let _asks = OnDrop(|| {
                inside.say(format!("inner {}", call(GetTid)));
                inside.say(sleep(seconds(1)).is_err());
                spawn(|| unreachable!("it never runs"));
            });
            park_for_ever();
        });
        inner.step().unwrap();
        inner.step().unwrap();
        yield_now();
        unreachable!("it was killed");
    });
    outer.step().unwrap();
    outer.kill(victim.tid()).unwrap();
    assert_eq!(log.take(), ["inner 2", "true", "first gone"]);
    assert!(!panicking());
}

#[test]
fn a_stuck_inner_scheduler_does_not_stop_the_outer() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let mut inner = scheduler();
        waiter(&mut inner, &said, "inner");
        assert_eq!(inner.run().unwrap_err().tasks().len(), 1);
        sleep(seconds(1)).unwrap();
        drop(inner);
        said.say("outer");
    });
    assert_eq!(log.take(), ["inner gone", "outer"]);
}

#[test]
fn two_schedulers_can_be_stepped_in_turn() {
    let (mut a, mut b, log) = (scheduler(), scheduler(), Log::new());
    for (sched, name) in [(&mut a, "a"), (&mut b, "b")] {
        let log = log.clone();
        sched.spawn(move || {
            (0..2).for_each(|turn| {
                log.say(format!("{name}{turn}"));
                yield_now();
            });
        });
    }
    for _ in 0..3 {
        a.step().unwrap();
        b.step().unwrap();
    }
    assert_eq!(log.take(), ["a0", "b0", "a1", "b1"]);
    assert_eq!((a.step().unwrap(), b.step().unwrap()), (None, None));
}

#[test]
fn a_post_goes_to_the_scheduler_whom_it_concerns() {
    let (mut a, mut b, list) = (scheduler(), scheduler(), WaitList::new());
    let (parked, woken) = (list.clone(), list.clone());
    let heard = a.spawn(move || call(Park(&parked)).is_ok());
    a.step().unwrap();
    b.spawn(move || {
        assert_eq!(
            call(WakeOne(&woken)),
            None,
            "a call wakes its own tasks alone"
        );
        woken.wake_one();
    });
    b.run().unwrap();
    assert_eq!((list.len(), a.ready().count()), (0, 1));
    a.run().unwrap();
    assert!(heard.join().unwrap());
}

#[test]
fn an_inner_task_may_wake_an_outer_one() {
    let (mut outer, list) = (scheduler(), WaitList::new());
    let parked = list.clone();
    let heard = outer.spawn(move || call(Park(&parked)).is_ok());
    outer.spawn(move || run(move || list.wake_all()));
    outer.run().unwrap();
    assert!(heard.join().unwrap());
}

#[test]
fn a_kill_across_schedulers_acts_before_the_victims_next_turn() {
    let (mut a, mut b, log) = (scheduler(), scheduler(), Log::new());
    let victim = waiter(&mut a, &log, "victim");
    a.step().unwrap();
    let said = log.clone();
    b.spawn(move || {
        victim.kill().unwrap();
        said.say("asked");
    });
    b.run().unwrap();
    assert_eq!(a.run().unwrap().killed, 1);
    assert_eq!(log.take(), ["asked", "victim gone"]);
}

#[test]
fn a_scheduler_may_move_into_a_task_of_another() {
    let (mut inner, mut outer) = (scheduler(), scheduler());
    let value = inner.spawn(|| {
        yield_now();
        7
    });
    inner.step().unwrap();
    let sum = outer.spawn(move || {
        inner.run().unwrap();
        value.join().unwrap() + 1
    });
    outer.run().unwrap();
    assert_eq!(sum.join().unwrap(), 8);
}

/// A call whose serving suspends the task in which the loop runs.
struct Suspends(u32);

impl coros::SystemCall for Suspends {
    type Reply = u32;

    fn serve(&mut self, _: &mut coros::Kernel, _: Tid) -> coros::Answer<u32> {
        self.0 += 1;
        if self.0 == 1 {
            yield_now();
        }
        coros::Answer::Done(self.0)
    }

    fn abandon(&mut self, _: &mut coros::Kernel, _: Tid, _: Interrupted) -> u32 {
        0
    }
}

#[test]
fn a_run_that_was_left_in_the_middle_of_a_call_goes_on_under_a_policy() {
    let inner = coros::Scheduler::builder()
        .clock(coros::Clock::Virtual)
        .policy(coros::policy::Fifo::new())
        .build();
    goes_on_after_it_was_left(inner);
}

#[test]
fn a_run_that_was_left_in_the_middle_of_a_call_goes_on() {
    goes_on_after_it_was_left(scheduler());
}

fn goes_on_after_it_was_left(mut inner: coros::Scheduler) {
    let served = inner.spawn(|| call(Suspends(0)));
    let inner = Rc::new(RefCell::new(inner));
    let shared = Rc::clone(&inner);
    let mut outer = scheduler();
    let runs = outer.spawn(move || _ = shared.borrow_mut().run());
    outer.spawn(move || call(KillTask(runs.tid())).unwrap());
    outer.run().unwrap();
    let report = inner.borrow_mut().run().unwrap();
    assert_eq!((served.join().unwrap(), report.policies_dropped), (2, 0));
}
