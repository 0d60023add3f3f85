//! What other tasks may end too makes cycles that are only likely: the log says nothing of them, and the
//! report of a stuck run marks them.

use coros::channel::{bounded, rendezvous};
use coros::kernel::Holding;
use coros::sync::{Barrier, BoundedSemaphore, CapacityLimiter, Latch, Mutex, Semaphore};
use coros::syscall::{GetTid, Park};
use coros::{Scheduler, WaitList, call, group, sleep, spawn, yield_now};

use super::warned;
use crate::common::seconds;

/// Runs a scene, and beside it a task that helps after a second. Neither alone nor with help is a
/// deadlock logged; with help the run ends. Gives the report of the run without help.
fn likely(scene: impl Fn(&mut Scheduler) -> Box<dyn FnOnce()>) -> String {
    let mut report = String::new();
    let warnings = warned(|sched| {
        drop(scene(sched));
        let stuck = sched.run().unwrap_err();
        assert_eq!(stuck.certain_cycles(), [[]; 0], "{stuck}");
        report = stuck.to_string();
    });
    assert_eq!(warnings, [""; 0]);
    let warnings = warned(|sched| {
        let help = scene(sched);
        sched.spawn(move || {
            sleep(seconds(1)).unwrap();
            help();
        });
        sched.run().unwrap();
    });
    assert_eq!(warnings, [""; 0]);
    report
}

/// As [`likely`], of a cycle.
fn likely_cycle(scene: impl Fn(&mut Scheduler) -> Box<dyn FnOnce()>) -> String {
    let report = likely(scene);
    assert!(report.contains("\n  likely cycle: task "), "{report}");
    assert!(!report.contains("\n  cycle: "), "{report}");
    report
}

#[test]
fn a_permit_that_another_task_may_add_makes_no_deadlock() {
    let report = likely_cycle(|sched| {
        let desk = Semaphore::new(1).named("desk");
        let ours = desk.clone();
        sched.spawn(move || {
            let _permit = ours.acquire().unwrap();
            let wanted = ours.clone();
            spawn(move || drop(wanted.acquire())).join()
        });
        Box::new(move || desk.add_permits(1))
    });
    let cycle: Vec<_> = report.lines().rev().take(2).collect();
    let second = "                task 2 waits for semaphore 'desk' held by task 1";
    assert_eq!(cycle, [second, "  likely cycle: task 1 waits for task 2"]);
}

#[test]
fn a_permit_that_was_forgotten_makes_no_deadlock() {
    likely(|sched| {
        let desk = Semaphore::new(1).named("desk");
        let ours = desk.clone();
        sched.spawn(move || {
            ours.acquire().unwrap().forget();
            let wanted = ours.clone();
            spawn(move || drop(wanted.acquire())).join()
        });
        Box::new(move || desk.release(1))
    });
}

#[test]
fn a_permit_that_another_task_holds_and_drops_makes_no_deadlock() {
    likely_cycle(|sched| {
        let desk = Semaphore::new(2).named("desk");
        let kept = std::rc::Rc::new(std::cell::RefCell::new(None));
        let (ours, keeper) = (desk.clone(), kept.clone());
        sched.spawn(move || {
            keeper.replace(Some(ours.acquire().unwrap()));
            let _permit = ours.acquire().unwrap();
            let wanted = ours.clone();
            spawn(move || drop(wanted.acquire())).join()
        });
        Box::new(move || drop(kept.take()))
    });
}

#[test]
fn a_bounded_semaphore_makes_no_deadlock() {
    likely_cycle(|sched| {
        let desk = BoundedSemaphore::new(2).named("desk");
        let ours = desk.clone();
        sched.spawn(move || {
            ours.acquire().unwrap().forget();
            let _permit = ours.acquire().unwrap();
            let wanted = ours.clone();
            spawn(move || drop(wanted.acquire())).join()
        });
        Box::new(move || desk.release().unwrap())
    });
}

#[test]
fn a_limiter_that_may_grow_makes_no_deadlock() {
    likely_cycle(|sched| {
        let limiter = CapacityLimiter::new(1).named("lanes");
        let ours = limiter.clone();
        sched.spawn(move || {
            let _token = ours.acquire().unwrap();
            let wanted = ours.clone();
            spawn(move || drop(wanted.acquire())).join()
        });
        Box::new(move || limiter.set_capacity(2))
    });
}

/// One task holds a mutex and waits for a permit, the other the permit and the mutex.
#[test]
fn a_cycle_of_a_mutex_and_a_semaphore_is_only_likely() {
    let report = likely_cycle(|sched| {
        let (pen, desk) = (Mutex::new(()).named("pen"), Semaphore::new(1).named("desk"));
        let (pens, desks) = (pen.clone(), desk.clone());
        sched.spawn(move || {
            let _guard = pen.lock().unwrap();
            yield_now();
            drop(desk.acquire());
        });
        let ours = desks.clone();
        sched.spawn(move || {
            let _permit = ours.acquire().unwrap();
            yield_now();
            drop(pens.lock());
        });
        Box::new(move || desks.release(1))
    });
    assert!(report.contains("mutex 'pen' held by task 1"), "{report}");
    assert!(
        report.contains("semaphore 'desk' held by task 2"),
        "{report}"
    );
}

#[test]
fn channels_make_no_deadlock_since_others_may_send_or_receive() {
    likely_cycle(|sched| {
        let ((to_b, at_b), (to_a, at_a)) = (bounded(1), bounded(1));
        let spare = to_a.clone();
        sched.spawn(move || {
            to_b.send(1).unwrap();
            assert_eq!((at_a.recv(), at_a.recv()), (Ok(1), Ok(2)));
        });
        sched.spawn(move || {
            to_a.send(1).unwrap();
            while at_b.recv().is_ok() {}
        });
        Box::new(move || spare.send(2).unwrap())
    });
    likely(|sched| {
        let ((tx, rx), pen) = (rendezvous(), Mutex::new(()).named("pen"));
        let (pens, spare) = (pen.clone(), rx.clone());
        sched.spawn(move || {
            let _guard = pen.lock().unwrap();
            tx.send(1).unwrap();
        });
        sched.spawn(move || {
            let _guard = pens.lock().unwrap();
            drop(rx);
        });
        Box::new(move || assert_eq!(spare.recv(), Ok(1)))
    });
}

#[test]
fn a_barrier_makes_no_deadlock_since_others_may_arrive() {
    likely_cycle(|sched| {
        let (round, pen) = (Barrier::new(2).named("round"), Mutex::new(()).named("pen"));
        let (theirs, wanted, spare) = (round.clone(), pen.clone(), round.clone());
        sched.spawn(move || {
            round.wait().unwrap();
            let _guard = pen.lock().unwrap();
            round.wait().unwrap();
        });
        sched.spawn(move || {
            theirs.wait().unwrap();
            yield_now();
            drop(wanted.lock());
        });
        Box::new(move || drop(spare.wait()))
    });
}

#[test]
fn a_latch_makes_no_deadlock_since_any_task_may_count() {
    let report = likely(|sched| {
        let (latch, pen) = (Latch::new(1).named("start"), Mutex::new(()).named("pen"));
        let (ours, wanted) = (latch.clone(), pen.clone());
        sched.spawn(move || {
            let _guard = pen.lock().unwrap();
            ours.wait().unwrap();
        });
        sched.spawn(move || drop(wanted.lock()));
        Box::new(move || latch.count_down())
    });
    assert!(!report.contains("cycle"), "{report}");
}

#[test]
fn the_next_end_in_a_group_may_be_that_of_a_member_still_to_come() {
    let warnings = warned(|sched| {
        sched.spawn(|| {
            let pen = Mutex::new(()).named("pen");
            let pen = &pen;
            let ended = group(|g| {
                let guard = pen.lock().unwrap();
                g.spawn(move || {
                    group(|inner| {
                        inner.spawn(|| pen.lock().map(drop));
                        inner.spawn(move || {
                            sleep(seconds(1)).unwrap();
                            g.spawn(|| ());
                        });
                    })
                });
                let ended = g.next_ended();
                drop(guard);
                ended.is_ok()
            });
            assert!(ended.unwrap());
        });
        sched.run().unwrap();
    });
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn a_list_of_ones_own_is_certain_only_if_its_owner_says_so() {
    let report = likely_cycle(|sched| {
        let desk = WaitList::new().named("desk");
        let bell = desk.clone();
        sched.spawn(move || {
            desk.add_holder(call(GetTid));
            call(Park(&desk)).unwrap();
        });
        Box::new(move || bell.wake_one())
    });
    assert!(report.ends_with("likely cycle: task 1 waits for desk held by task 1"));
    let warnings = warned(|sched| {
        let desk = WaitList::new().named("desk");
        desk.set_holding(Holding::Any);
        sched.spawn(move || {
            desk.add_holder(call(GetTid));
            call(Park(&desk)).unwrap();
        });
        assert_eq!(sched.run().unwrap_err().certain_cycles().len(), 1);
    });
    let told = "deadlock: task 1 waits for desk held by task 1";
    assert_eq!(warnings, [told]);
}
