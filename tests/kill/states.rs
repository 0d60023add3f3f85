//! A kill leaves nothing behind, whatever its victim waits for.

use std::rc::Rc;

use coros::syscall::{Now, Park, Sleep, SleepUntil, WaitTask};
use coros::{
    Answer, Interrupted, JoinError, Kernel, NoSuchTask, SystemCall, Tid, WaitList, call, yield_now,
};

use crate::common::{Give, Log, scheduler, seconds};

/// Kills a task that has done `work` as far as it goes in `turns`, and checks that nothing is left of
/// it: its destructors ran, nobody waits for anything, and the run ends at once.
fn killed_in(turns: usize, work: impl FnOnce() + 'static) {
    let (mut sched, log) = (scheduler(), Log::new());
    let bye = log.on_drop("dropped");
    let victim = sched.spawn(move || {
        let _bye = bye;
        work();
        unreachable!("it was killed");
    });
    for _ in 0..turns {
        sched.step().unwrap();
    }
    assert_eq!(log.take(), [""; 0]);
    sched.kill(victim.tid()).unwrap();
    assert_eq!(log.take(), ["dropped"]);
    assert_eq!(sched.kill(victim.tid()), Err(NoSuchTask(victim.tid())));
    assert!(matches!(victim.join(), Err(JoinError::Killed(_))));
    let before = sched.spawn(|| call(Now));
    let report = sched.run().unwrap();
    assert_eq!((report.killed, sched.tasks().count()), (1, 0));
    let after = sched.spawn(|| call(Now));
    sched.run().unwrap();
    assert_eq!(
        before.join().unwrap(),
        after.join().unwrap(),
        "no timer is left"
    );
}

#[test]
fn a_task_that_never_ran_drops_its_closure() {
    killed_in(0, || unreachable!("it never runs"));
}

#[test]
fn a_ready_task_is_unwound() {
    killed_in(1, yield_now);
}

#[test]
fn a_parked_task_leaves_its_list() {
    let list = WaitList::new();
    let parked = list.clone();
    killed_in(1, move || call(Park(&parked)).unwrap());
    assert_eq!(list.len(), 0);
}

#[test]
fn a_sleeper_leaves_no_timer() {
    killed_in(1, || call(Sleep(seconds(1))).unwrap());
    killed_in(1, || {
        call(SleepUntil(std::time::Instant::now() + seconds(60))).unwrap()
    });
}

/// Waits for a list and a deadline at once, and says how that went.
struct ParkOrSleep(WaitList, Log);

impl SystemCall for ParkOrSleep {
    type Reply = ();
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<()> {
        self.1.say("served");
        kernel.park(caller, &self.0);
        let hour = kernel.now() + seconds(3_600);
        kernel.wake_at(caller, hour);
        Answer::Wait
    }
    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) {
        self.1.say(why);
    }
}

#[test]
fn a_call_of_ones_own_is_told_that_its_wait_is_broken_off() {
    let (list, log) = (WaitList::new(), Log::new());
    let own = ParkOrSleep(list.clone(), log.clone());
    killed_in(1, move || call(own));
    let told = "the wait was broken off: the task is being killed";
    assert_eq!(log.take(), ["served", told]);
    assert_eq!(list.len(), 0);
}

#[test]
fn a_joiner_leaves_the_task_that_it_waits_for_alone() {
    let (mut sched, log) = (scheduler(), Log::new());
    let target = Rc::new(sched.spawn(|| {
        call(Sleep(seconds(1))).unwrap();
        "value"
    }));
    let joined = Rc::clone(&target);
    let joiner = sched.spawn(move || joined.join().unwrap()).tid();
    let tid = target.tid();
    let waits = sched.spawn(move || call(WaitTask(tid)).unwrap()).tid();
    let third = log.clone();
    sched.spawn(move || third.say(call(WaitTask(tid)).unwrap()));
    for _ in 0..4 {
        sched.step().unwrap();
    }
    sched.kill(joiner).unwrap();
    sched.kill(waits).unwrap();
    sched.run().unwrap();
    assert_eq!(
        (target.join().unwrap(), log.take()),
        ("value", vec!["returned".to_owned()])
    );
}

#[test]
fn a_woken_task_is_killed_before_its_call_is_served_again() {
    let list = WaitList::new();
    let (parked, woken) = (list.clone(), list.clone());
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.on_drop("dropped");
    let victim = sched.spawn(move || {
        let _said = said;
        call(Park(&parked)).unwrap();
        unreachable!("it was killed");
    });
    sched.spawn(move || {
        woken.wake_one();
        yield_now();
    });
    sched.step().unwrap();
    let step = sched.step().unwrap().unwrap();
    assert_eq!(step.woke, [victim.tid()]);
    sched.kill(victim.tid()).unwrap();
    assert_eq!(
        (log.take(), list.len(), sched.ready().count()),
        (vec!["dropped".into()], 0, 1)
    );
    sched.run().unwrap();
}

#[test]
fn an_answer_that_nobody_has_read_is_dropped_once() {
    let log = Log::new();
    let reply = log.on_drop("reply dropped");
    killed_in(1, move || drop(call(Give::new(reply))));
    assert_eq!(log.take(), ["reply dropped"]);
}
