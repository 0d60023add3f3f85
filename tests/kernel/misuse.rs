//! Bad use gets a clear error, and nothing is lost.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use coros::syscall::{GetTid, NewTask, Park, WakeOne};
use coros::{
    Answer, Builder, JoinError, Kernel, Scheduler, SystemCall, Tid, WaitList, call, sleep, spawn,
    yield_now,
};

use crate::common::{Log, OnDrop, park_for_ever, run, scheduler, seconds, serve};

/// What `f` panics with.
fn message_of<T>(f: impl FnOnce() -> T) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).map(drop).unwrap_err();
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[test]
fn a_call_outside_a_task_panics() {
    let words = "system call outside a task";
    assert!(message_of(|| call(GetTid)).starts_with(words));
    assert!(message_of(yield_now).starts_with(words));
    assert!(message_of(|| spawn(|| ())).starts_with(words));
    assert!(message_of(|| sleep(seconds(1))).starts_with(words));
    let mut sched = scheduler();
    let unfinished = sched.spawn(|| ());
    assert!(message_of(|| unfinished.join()).starts_with(words));
}

#[test]
fn a_call_while_another_is_served_is_outside_a_task() {
    run(|| {
        let text = message_of(|| serve(|_, _| call(GetTid)));
        assert!(text.starts_with("system call outside a task"), "{text}");
        assert_eq!(call(GetTid).number(), 1);
    });
}

#[test]
fn a_stack_too_small_is_refused() {
    let small = || Builder::new().stack_size(100);
    let words = "cannot make a task: a stack of 100 bytes is too small: ask for at least 8192";
    let mut sched = scheduler();
    let refused = sched.spawn_with(small(), || ()).unwrap_err();
    assert_eq!(refused.to_string(), words);
    assert_eq!(small().task(|| ()).unwrap_err().to_string(), words);
    sched.spawn(move || {
        assert_eq!(small().try_spawn(|| ()).unwrap_err().to_string(), words);
        assert_eq!(message_of(|| small().spawn(|| ())), words);
    });
    let report = sched.run().unwrap();
    assert_eq!((report.spawned, report.returned), (1, 1));
}

#[test]
fn a_stack_too_large_is_refused() {
    let mut sched = scheduler();
    for size in [usize::MAX, usize::MAX / 2 + 2, usize::MAX / 4, 1 << 45] {
        let refused = sched.spawn_with(Builder::new().stack_size(size), || ());
        let words = format!("cannot make a task: a stack of {size} bytes is too large");
        assert!(refused.unwrap_err().to_string().starts_with(&words));
    }
}

#[test]
fn the_smallest_stack_runs_a_task() {
    let small = Builder::new().stack_size(8 << 10);
    assert_eq!(
        run(move || small.spawn(|| call(GetTid).number()).join()).unwrap(),
        2
    );
}

#[test]
fn a_scheduler_of_bad_stacks_says_so_at_each_spawn() {
    let mut sched = Scheduler::builder().stack_size(1).build();
    let words = "cannot make a task: a stack of 1 bytes is too small: ask for at least 8192";
    assert_eq!(message_of(|| sched.spawn(|| ())), words);
    let large = Builder::new().stack_size(256 << 10);
    let told = sched.spawn_with(large, move || {
        assert_eq!(message_of(|| spawn(|| ())), words);
        assert_eq!(message_of(|| call(NewTask::new(|| ()))), words);
    });
    sched.run().unwrap();
    assert!(told.unwrap().join().is_ok());
}

#[test]
fn what_a_refused_task_held_is_dropped_once() {
    let log = Log::new();
    let held = log.on_drop("dropped");
    let refused = Builder::new().stack_size(1).task(move || drop(held));
    assert!(refused.is_err());
    assert_eq!(log.take(), ["dropped"]);
}

/// Parks somebody else.
struct ParkOther<'l>(Tid, &'l WaitList);

impl SystemCall for ParkOther<'_> {
    type Reply = ();
    fn serve(&mut self, kernel: &mut Kernel, _: Tid) -> Answer<()> {
        kernel.park(self.0, self.1);
        Answer::Wait
    }
}

#[test]
fn parking_another_task_panics_in_the_caller() {
    let list = WaitList::new();
    let parked = list.clone();
    run(move || {
        let other = spawn(|| {
            yield_now();
            "unharmed"
        });
        let text = message_of(|| call(ParkOther(other.tid(), &parked)));
        assert_eq!(text, "task 2 is not the one whose call is being served");
        assert_eq!(other.join().unwrap(), "unharmed");
    });
    assert_eq!(list.len(), 0);
}

#[test]
fn a_wait_list_serves_one_scheduler_at_a_time() {
    let (mut here, mut there) = (scheduler(), scheduler());
    let list = WaitList::new().named("shared");
    let (a, b) = (list.clone(), list.clone());
    let first = here.spawn(move || call(Park(&a)).is_ok());
    assert!(here.run().is_err());
    let second = there.spawn(move || {
        assert_eq!(call(WakeOne(&b)), None, "nobody of ours is parked there");
        let text = message_of(|| call(Park(&b)));
        assert!(text.ends_with("belongs to another scheduler"), "{text}");
    });
    there.run().unwrap();
    assert!(second.join().is_ok());
    list.wake_one();
    here.run().unwrap();
    assert!(first.join().unwrap());
    let third = there.spawn(move || call(Park(&list)).is_ok());
    assert!(
        there.run().is_err(),
        "the list is empty, so it may change its home"
    );
    assert!(!third.is_finished());
}

/// Waits, and has not said how to break that off.
struct Stubborn;

impl SystemCall for Stubborn {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        Answer::Wait
    }
}

#[test]
fn a_call_that_waits_without_abandon_can_be_killed_all_the_same() {
    let (mut sched, log) = (scheduler(), Log::new());
    let bye = log.on_drop("dropped");
    let victim = sched.spawn(move || {
        let _bye = bye;
        call(Stubborn);
    });
    sched.step().unwrap();
    sched.kill(victim.tid()).unwrap();
    assert!(matches!(victim.join(), Err(JoinError::Killed(_))));
    assert_eq!(
        (log.take(), sched.run().unwrap().killed),
        (vec!["dropped".into()], 1)
    );
}

/// What a destructor sees that tries to run tasks.
#[derive(Debug, PartialEq)]
struct Refused {
    run: bool,
    step: bool,
    boot: bool,
}

fn try_to_run() -> Refused {
    let words = "refused to run tasks: this thread is unwinding from a panic";
    let mut sched = scheduler();
    sched.spawn(|| unreachable!("it is refused"));
    Refused {
        run: sched.run().is_err_and(|stuck| stuck.to_string() == words),
        step: sched.step().is_err_and(|stuck| stuck.to_string() == words),
        boot: coros::run(|| ()).is_err_and(|error| error.to_string() == words),
    }
}

#[test]
fn nothing_is_run_while_the_thread_unwinds() {
    let mut refused = None;
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let _tries = OnDrop(|| refused = Some(try_to_run()));
        resume_unwind(Box::new(()));
    }));
    let (run, step, boot) = (true, true, true);
    assert!(caught.is_err());
    assert_eq!(refused, Some(Refused { run, step, boot }));
    let mut sched = scheduler();
    sched.spawn(yield_now);
    sched.run().expect("afterwards it runs");
}

#[test]
fn nothing_is_run_while_a_task_unwinds() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    let victim = sched.spawn(move || {
        let _tries = OnDrop(|| said.say(format!("{:?}", try_to_run())));
        park_for_ever();
    });
    sched.step().unwrap();
    sched.kill(victim.tid()).unwrap();
    assert_eq!(
        log.take(),
        ["Refused { run: true, step: true, boot: true }"]
    );
}
