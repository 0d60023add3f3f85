//! Groups: children borrow, fail together, and never outlive the frame that they borrow from.

use std::cell::{Cell, RefCell};

use coros::kernel::Why;
use coros::syscall::Park;
use coros::{
    Failure, GroupError, JoinError, WaitList, call, group, sleep, spawn, timeout, yield_now,
};

use crate::common::{self, Log, run, scheduler, seconds};

#[test]
fn children_borrow_from_the_frame_around_the_group() {
    let total = run(|| {
        let numbers = vec![1, 2, 3];
        let sum = Cell::new(0);
        group(|g| {
            for number in &numbers {
                let sum = &sum;
                g.spawn(move || {
                    yield_now();
                    sum.set(sum.get() + number);
                });
            }
        })
        .unwrap();
        sum.get()
    });
    assert_eq!(total, 6);
}

#[test]
fn a_group_returns_when_all_have_ended() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        group(|g| {
            g.spawn(|| {
                sleep(seconds(2)).unwrap();
                said.say("slow");
            });
            g.spawn(|| {
                sleep(seconds(1)).unwrap();
                said.say("fast");
            });
            said.say("block");
        })
        .unwrap();
        said.say("after");
    });
    assert_eq!(log.take(), ["block", "fast", "slow", "after"]);
}

#[test]
fn children_may_spawn_siblings() {
    let count = run(|| {
        let count = Cell::new(0);
        group(|g| {
            g.spawn(|| {
                for _ in 0..3 {
                    g.spawn(|| count.set(count.get() + 1));
                }
            });
        })
        .unwrap();
        count.get()
    });
    assert_eq!(count, 3);
}

#[test]
fn values_come_through_handles_in_any_order() {
    run(|| {
        group(|g| {
            let slow = g.spawn(|| {
                sleep(seconds(2)).unwrap();
                "slow"
            });
            let fast = g.spawn(|| "fast");
            assert_eq!(slow.join().unwrap(), "slow");
            assert_eq!(fast.join().unwrap(), "fast");
            assert!(matches!(fast.join(), Err(JoinError::Taken(_))));
        })
        .unwrap();
    });
}

#[test]
fn results_come_in_the_order_of_completion() {
    let order = run(|| {
        group(|g| {
            let times = [3, 1, 2];
            let children = times.map(|time| (time, g.spawn(move || sleep(seconds(time)).unwrap())));
            let mut order = Vec::new();
            while let Some(tid) = g.next_ended().unwrap() {
                let ended = children.iter().find(|(_, child)| child.tid() == tid);
                order.push(ended.unwrap().0);
            }
            order
        })
        .unwrap()
    });
    assert_eq!(order, [1, 2, 3]);
}

#[test]
fn the_first_failure_cancels_the_rest_and_all_errors_are_kept() {
    let error: GroupError = run(|| {
        group(|g| {
            g.spawn_result(|| {
                sleep(seconds(1)).unwrap();
                Err::<(), _>("no luck")
            });
            g.spawn(|| {
                assert_eq!(sleep(seconds(60)).unwrap_err().why(), Why::Cancelled);
                panic!("on my way out");
            });
            let third = g.spawn(|| sleep(seconds(60)).unwrap_err());
            let why = third.join();
            assert!(
                matches!(why, Err(JoinError::Interrupted(_))),
                "the block, too"
            );
        })
        .unwrap_err()
    });
    let [first, second] = error.failures() else {
        panic!("{error}");
    };
    assert!(matches!(first, Failure::Returned(..)));
    assert!(matches!(second, Failure::Panicked(_, message) if message == "on my way out"));
    assert!(error.to_string().contains("no luck"));
}

#[test]
fn a_killed_child_is_a_failure() {
    let error = run(|| {
        group(|g| {
            let child = g.spawn(|| sleep(seconds(60)));
            yield_now();
            child.kill().unwrap();
        })
        .unwrap_err()
    });
    assert!(matches!(error.failures(), [Failure::Killed(_)]));
}

#[test]
fn a_cancelled_group_that_ends_well_is_no_failure() {
    let value = run(|| {
        let reason = RefCell::new(None);
        let seven = group(|g| {
            g.spawn(|| {
                let interrupted = sleep(seconds(60)).unwrap_err();
                reason.replace(interrupted.reason().map(str::to_owned));
            });
            yield_now();
            g.cancel("enough");
            sleep(seconds(1)).unwrap_err();
            7
        });
        (seven.unwrap(), reason.take())
    });
    assert_eq!(value, (7, Some("enough".into())));
}

#[test]
fn spawning_into_a_closed_group_is_an_error() {
    run(|| {
        let ran = Cell::new(false);
        group(|g| {
            g.cancel("closing");
            assert!(g.try_spawn(|| ran.set(true)).is_err());
            let handle = g.spawn(|| ran.set(true));
            assert!(matches!(handle.join(), Err(JoinError::Killed(_))));
        })
        .unwrap();
        assert!(!ran.get());
    });
}

#[test]
fn a_timeout_around_a_group_cancels_its_children_and_waits_for_them() {
    run(|| {
        let gone = Cell::new(false);
        let result = timeout(seconds(1), || {
            group(|g| {
                g.spawn(|| {
                    let _ = sleep(seconds(60));
                    gone.set(true);
                });
            })
        });
        assert!(result.is_err());
        assert!(gone.get(), "waited for, after its cancel");
    });
}

#[test]
fn a_group_whose_caller_is_interrupted_says_so() {
    run(|| {
        let parent = spawn(|| {
            let error = group(|g| _ = g.spawn(|| sleep(seconds(60)))).unwrap_err();
            error.interrupted().unwrap().reason().map(str::to_owned)
        });
        yield_now();
        yield_now();
        parent.cancel("go home");
        assert_eq!(parent.join().unwrap(), Some("go home".into()));
    });
}

#[test]
fn a_panic_in_the_block_ends_the_children_before_it_goes_on() {
    let log = Log::new();
    let said = log.clone();
    let panic = run(move || {
        let parent = spawn(move || {
            let data = said.on_drop("frame");
            let _ = group(|g| {
                g.spawn(|| {
                    let _data = &data;
                    let _ = sleep(seconds(60));
                    said.say("child");
                });
                yield_now();
                panic!("in the block");
            });
        });
        match parent.join() {
            Err(JoinError::Panicked(panic)) => panic.message().to_owned(),
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(panic, "in the block");
    assert_eq!(log.take(), ["child", "frame"]);
}

#[test]
fn a_killed_parent_takes_its_children_with_it_before_its_frame_goes() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let inner = said.clone();
        let parent = spawn(move || {
            let _frame = inner.on_drop("frame");
            let data = RefCell::new(vec![1]);
            let _ = group(|g| {
                g.spawn(|| {
                    let _bye = inner.on_drop("older child");
                    group(|g| {
                        g.spawn(|| {
                            let _bye = inner.on_drop("grandchild");
                            data.borrow_mut().push(2);
                            let _ = sleep(seconds(60));
                        });
                    })
                });
                g.spawn(|| {
                    let _bye = inner.on_drop("younger child");
                    let _ = sleep(seconds(60));
                });
            });
        });
        for _ in 0..10 {
            yield_now();
        }
        parent.kill().unwrap();
        said.say("killed");
    });
    assert_eq!(
        log.take(),
        [
            "younger child",
            "grandchild",
            "older child",
            "frame",
            "killed"
        ]
    );
}

#[test]
fn a_child_that_kills_its_parent_is_gone_before_the_parent_is() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let inner = said.clone();
        let parent = spawn(move || {
            let frame = inner.on_drop("frame");
            let me = call(coros::syscall::GetTid);
            let _ = group(|g| {
                g.spawn(|| {
                    let _frame = &frame;
                    let _bye = inner.on_drop("child");
                    let _ = call(coros::syscall::KillTask(me));
                    yield_now();
                    inner.say("never");
                });
            });
        });
        assert!(matches!(parent.join(), Err(JoinError::Killed(_))));
    });
    assert_eq!(log.take(), ["child", "frame"]);
}

#[test]
fn dropping_a_scheduler_in_the_middle_of_a_group_is_fine() {
    let log = Log::new();
    let mut sched = scheduler();
    let said = log.clone();
    sched.spawn(move || {
        let frame = said.on_drop("frame");
        let nowhere = WaitList::new().named("nowhere");
        let _ = group(|g| {
            g.spawn(|| {
                let _frame = &frame;
                let _bye = said.on_drop("child");
                let _ = call(Park(&nowhere));
            });
        });
    });
    let stuck = sched.run().unwrap_err();
    assert_eq!(stuck.tasks()[0].holders, [stuck.tasks()[1].tid]);
    drop(sched);
    assert_eq!(log.take(), ["child", "frame"]);
}

#[test]
fn a_group_opened_while_unwinding_takes_no_children() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let inner = said.clone();
        let _ = spawn(move || {
            let _cleanup = common::OnDrop(|| {
                let spawned = group(|g| g.try_spawn(|| ()).is_ok());
                inner.say(format!("{:?}", spawned.unwrap()));
            });
            panic!("unwind");
        })
        .join();
    });
    assert_eq!(log.take(), ["false"]);
}

#[test]
fn a_child_that_catches_its_kill_for_ever_pins_its_parent() {
    let mut sched = scheduler();
    let (log, count) = (Log::new(), std::rc::Rc::new(Cell::new(0)));
    let said = log.clone();
    let counter = count.clone();
    let parent = sched.spawn(move || {
        let _frame = said.on_drop("frame");
        let _ = group(|g| {
            g.spawn(|| {
                loop {
                    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(yield_now));
                    counter.set(counter.get() + usize::from(caught.is_err()));
                }
            });
        });
    });
    sched.spawn(move || {
        for _ in 0..10 {
            yield_now();
        }
        parent.kill().unwrap();
    });
    let report = sched.run().unwrap();
    assert_eq!((report.killed, report.abandoned), (2, 2));
    assert!(count.get() >= 16);
    drop(sched);
    assert!(log.take().is_empty(), "its frame is there for ever");
}
