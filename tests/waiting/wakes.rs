//! Wakes: what they do to those who wait, and to those who do not.

use coros::syscall::{KillTask, Now, Park, Sleep, WaitTask, WakeAll, WakeOne};
use coros::{Answer, Interrupted, Kernel, SystemCall, Tid, WaitList, call, spawn, yield_now};

use crate::common::{Log, park_for_ever, run, scheduler, seconds, waiter};

/// Wakes a task, whatever it waits for; says whether it waited.
struct Wake(Tid);

impl SystemCall for Wake {
    type Reply = bool;
    fn serve(&mut self, kernel: &mut Kernel, _: Tid) -> Answer<bool> {
        Answer::Done(kernel.wake(self.0))
    }
}

#[test]
fn a_wake_of_a_task_that_does_not_wait_does_nothing() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let child = said.clone();
        let ready = spawn(move || {
            child.say("child");
            yield_now();
            child.say("child again");
        });
        assert!(!call(Wake(ready.tid())));
        assert!(!call(Wake(ready.tid())), "it has ended");
        said.say("parent");
    });
    assert_eq!(log.take(), ["child", "child again", "parent"]);
}

#[test]
fn a_task_woken_twice_is_queued_once() {
    let mut sched = scheduler();
    let sleeper = sched.spawn(|| call(Sleep(seconds(1))).unwrap()).tid();
    sched.spawn(move || assert_eq!([call(Wake(sleeper)), call(Wake(sleeper))], [true, true]));
    sched.step().unwrap();
    sched.step().unwrap();
    assert_eq!(sched.ready().filter(|&tid| tid == sleeper).count(), 1);
    sched.run().unwrap();
}

#[test]
fn a_sleeper_woken_too_early_sleeps_on() {
    let slept = run(|| {
        let sleeper = spawn(|| {
            let before = call(Now);
            call(Sleep(seconds(10))).unwrap();
            call(Now) - before
        });
        call(Sleep(seconds(3))).unwrap();
        assert!(call(Wake(sleeper.tid())));
        yield_now();
        sleeper.join().unwrap()
    });
    assert_eq!(slept, seconds(10));
}

#[test]
fn a_parked_task_woken_by_mistake_keeps_its_place() {
    let (mut sched, log, list) = (scheduler(), Log::new(), WaitList::new());
    let tids = ["a", "b", "c"].map(|name| {
        let (list, log) = (list.clone(), log.clone());
        let parked = move || {
            call(Park(&list)).unwrap();
            log.say(name);
        };
        sched.spawn(parked).tid()
    });
    sched.spawn(move || {
        assert!(call(Wake(tids[0])) && call(Wake(tids[1])));
        yield_now();
        assert_eq!(list.len(), 3);
        assert_eq!(call(WakeOne(&list)), Some(tids[0]));
        assert_eq!(call(WakeAll(&list)), 2);
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["a", "b", "c"]);
}

#[test]
fn a_joiner_woken_by_mistake_waits_on_and_keeps_its_place() {
    let (mut sched, log) = (scheduler(), Log::new());
    let target = sched.spawn(|| call(Sleep(seconds(1))).unwrap()).tid();
    let joiners = ["a", "b"].map(|name| {
        let log = log.clone();
        let joiner = move || {
            call(WaitTask(target)).unwrap();
            log.say(name);
        };
        sched.spawn(joiner).tid()
    });
    let said = log.clone();
    sched.spawn(move || {
        assert!(call(Wake(joiners[0])));
        yield_now();
        said.say("woke a");
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["woke a", "a", "b"]);
}

#[test]
fn a_wake_by_mistake_does_not_change_since_when_a_task_waits() {
    let mut sched = scheduler();
    let parked = sched.spawn(park_for_ever).tid();
    sched.spawn(move || {
        call(Sleep(seconds(5))).unwrap();
        call(Wake(parked));
    });
    let stuck = sched.run().unwrap_err();
    assert_eq!(stuck.tasks()[0].since, Some(seconds(0)));
}

#[test]
fn a_wake_is_for_those_who_are_parked_when_it_happens() {
    let (mut sched, list) = (scheduler(), WaitList::new());
    list.wake_one();
    list.wake_all();
    let parked = list.clone();
    sched.spawn(move || call(Park(&parked)).unwrap());
    assert!(sched.run().is_err(), "the list remembers no wake");
    list.wake_one();
    sched.run().expect("a post from outside counts");
}

#[test]
fn a_wake_granted_to_a_task_that_is_killed_is_passed_on() {
    let (mut sched, log, list) = (scheduler(), Log::new(), WaitList::new());
    let tids = ["a", "b"].map(|name| {
        let (list, log) = (list.clone(), log.clone());
        let parked = move || {
            call(Park(&list)).unwrap();
            log.say(name);
        };
        sched.spawn(parked).tid()
    });
    let woken = list.clone();
    sched.spawn(move || {
        assert_eq!(call(WakeOne(&woken)), Some(tids[0]));
    });
    for _ in 0..3 {
        sched.step().unwrap();
    }
    sched.kill(tids[0]).unwrap();
    sched.run().unwrap();
    assert_eq!((log.take(), list.len()), (vec!["b".to_owned()], 0));
}

#[test]
fn a_killed_task_leaves_the_middle_of_a_list() {
    let (mut sched, log, list) = (scheduler(), Log::new(), WaitList::new());
    let tids = ["a", "b", "c", "d"].map(|name| {
        let (list, log) = (list.clone(), log.clone());
        let parked = move || {
            call(Park(&list)).unwrap();
            log.say(name);
        };
        sched.spawn(parked).tid()
    });
    sched.spawn(move || {
        for at in [1, 0, 3] {
            call(KillTask(tids[at])).unwrap();
        }
        assert_eq!(list.len(), 1);
        assert_eq!(call(WakeAll(&list)), 1);
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["c"]);
}

/// Parks on one list at its first turn and on another at its second.
struct Move<'l>(&'l WaitList, &'l WaitList, bool);

impl SystemCall for Move<'_> {
    type Reply = Result<(), Interrupted>;
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if kernel.woken(caller) {
            return Answer::Done(Ok(()));
        }
        let list = if std::mem::replace(&mut self.2, true) {
            self.1
        } else {
            self.0
        };
        kernel.park(caller, list);
        Answer::Wait
    }
    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(why)
    }
}

#[test]
fn a_task_that_parks_elsewhere_leaves_its_first_list() {
    let (mut sched, log) = (scheduler(), Log::new());
    let (first, second) = (WaitList::new(), WaitList::new());
    let (a, b) = (first.clone(), second.clone());
    let moved = sched
        .spawn(move || call(Move(&a, &b, false)).unwrap())
        .tid();
    waiter(&mut sched, &log, "nobody");
    sched.spawn(move || {
        assert_eq!((first.len(), second.len()), (1, 0));
        call(Wake(moved));
        yield_now();
        assert_eq!((first.len(), second.len()), (0, 1));
        assert_eq!(call(WakeOne(&first)), None);
        assert_eq!(call(WakeOne(&second)), Some(moved));
    });
    assert_eq!(sched.run().unwrap_err().tasks().len(), 1);
}

#[test]
fn nobody_holds_a_list_without_holders() {
    let mut ended = coros::Task::new(|| ());
    ended.run();
    let nobody = scheduler().create_task(ended);
    let list = WaitList::new();
    assert!(!list.is_held_by(nobody));
    list.add_holder(nobody);
    assert!(!list.is_held_by(nobody) && list.holders().is_empty());
    let held = list.clone();
    run(move || {
        let me = call(coros::syscall::GetTid);
        held.add_holder(me);
        held.add_holder(nobody);
        assert_eq!(held.holders(), [me]);
        held.remove_holder(nobody);
        assert!(held.is_held_by(me) && !held.is_held_by(nobody));
    });
}
