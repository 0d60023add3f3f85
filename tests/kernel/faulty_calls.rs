//! Calls that panic, and replies that ask for more.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use coros::syscall::{GetTid, KillTask, Park};
use coros::{Answer, Kernel, SystemCall, Tid, WaitList, call, sleep, yield_now};

use crate::common::{Give, Log, OnDrop, park_for_ever, run, scheduler, seconds, serve};

/// Lets a call panic, catches that, and hands over the message.
fn catch_a_panicking_call() -> &'static str {
    let caught = catch_unwind(|| serve::<()>(|_, _| panic!("no")));
    caught.unwrap_err().downcast_ref::<&str>().unwrap()
}

#[test]
fn a_panic_while_a_call_is_served_can_be_caught_by_its_caller() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        said.say(catch_a_panicking_call());
        yield_now();
        said.say(call(GetTid));
    });
    assert_eq!(log.take(), ["no", "1"]);
}

#[test]
fn a_post_after_a_panicking_call_is_read_before_the_next_task_is_picked() {
    let (mut sched, list) = (scheduler(), WaitList::new());
    let parked = list.clone();
    sched.spawn(move || call(Park(&parked)).unwrap());
    let daemon = coros::Builder::new().daemon(true);
    let poster = move || {
        catch_a_panicking_call();
        list.wake_one();
        park_for_ever();
    };
    sched.spawn_with(daemon, poster).unwrap();
    sched.run().expect("the post has woken the parked task");
}

#[test]
fn killing_oneself_after_a_panicking_call_does_not_return() {
    let mut sched = scheduler();
    sched.spawn(|| {
        catch_a_panicking_call();
        let _ = call(KillTask(call(GetTid)));
        unreachable!("killing oneself does not return");
    });
    assert_eq!(sched.run().unwrap().killed, 1);
}

#[test]
fn a_call_that_kills_its_caller_and_panics_ends_the_caller_alone() {
    let mut sched = scheduler();
    sched.spawn(|| {
        serve(|kernel, caller| {
            kernel.kill(caller).unwrap();
            panic!("and more");
        })
    });
    let other = sched.spawn(|| sleep(seconds(1)).unwrap());
    sched.run().expect("the other goes on");
    assert!(other.is_finished());
}

#[test]
fn a_reply_that_makes_calls_when_dropped_is_dropped_whole() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    let reply = OnDrop(move || said.say(format!("dropped by {}", call(GetTid))));
    let victim = sched.spawn(move || drop(call(Give::new(reply)))).tid();
    sched.step().unwrap();
    sched.kill(victim).unwrap();
    assert_eq!(log.take(), ["dropped by 1"]);
}

/// Answers, but cannot be told.
struct Unspeakable;

impl SystemCall for Unspeakable {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        Answer::Done(())
    }
    fn describe(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("unspeakable");
    }
}

#[test]
fn a_panic_while_a_step_is_told_does_no_harm_to_the_loop() {
    let mut sched = scheduler();
    sched.spawn(|| _ = catch_unwind(|| call(Unspeakable)));
    let _ = catch_unwind(AssertUnwindSafe(|| sched.step()));
    let other = sched.spawn(yield_now);
    sched.run().expect("the loop goes on");
    assert!(other.is_finished());
    assert_eq!((sched.ready().count(), sched.report().returned), (0, 2));
}
