//! Groups in hostile hands: whatever members, blocks, errors and destructors do, no frame goes before
//! those who borrow from it, and no group returns before its members have ended.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use coros::{
    Builder, JoinError, Tid, call, group, shield, sleep, spawn, syscall, task_local, timeout,
    yield_now,
};

use crate::common::{Dice, Log, OnDrop, run, scheduler, seconds};

#[test]
fn a_caught_kill_that_the_block_goes_on_with_leaves_no_child_behind() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let p = spawn(move || {
            let frame = said.on_drop("frame");
            let slot = RefCell::new(None);
            let _ = group(|g| {
                g.spawn(|| {
                    let _f = &frame;
                    let _b = said.on_drop("child");
                    let _ = sleep(seconds(60));
                });
                let c = g.spawn(|| {
                    *slot.borrow_mut() = catch_unwind(AssertUnwindSafe(|| {
                        let _ = sleep(seconds(60));
                    }))
                    .err();
                });
                yield_now();
                c.kill().unwrap();
                let p = slot.borrow_mut().take().unwrap();
                resume_unwind(p);
            });
        });
        let _ = p.join();
    });
    assert_eq!(log.take(), ["child", "frame"]);
}

#[test]
fn a_member_that_is_refused_and_panics_as_it_is_dropped_is_not_waited_for() {
    let mut sched = scheduler();
    let p = sched.spawn(|| {
        let _ = group(|g| {
            g.cancel("closed");
            let bomb = OnDrop(|| panic!("bomb"));
            g.spawn(move || {
                let _b = &bomb;
            });
        });
    });
    sched.run().unwrap();
    assert!(matches!(p.join(), Err(JoinError::Panicked(_))));
}

#[derive(Debug)]
struct Nasty;
impl std::fmt::Display for Nasty {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("no words")
    }
}
impl std::error::Error for Nasty {}

#[test]
fn an_error_whose_text_panics_is_kept_all_the_same() {
    let mut sched = scheduler();
    let p = sched.spawn(|| {
        group(|g| {
            g.spawn_result(|| {
                sleep(seconds(1)).unwrap();
                Err::<(), _>(Nasty)
            });
        })
        .map_err(|e| e.failures().len())
    });
    sched.run().unwrap();
    assert_eq!(p.join().unwrap(), Err(1));
}

struct Slow;
impl Drop for Slow {
    fn drop(&mut self) {
        let _ = sleep(seconds(5));
        panic!("late");
    }
}
task_local!(static SLOW: Slow = Slow);

#[test]
fn a_member_that_still_drops_its_task_local_values_is_waited_for() {
    let mut sched = scheduler();
    let p = sched.spawn(|| {
        let r = group(|g| {
            let c = g.spawn(|| SLOW.with(|_| ()));
            g.spawn(|| {
                let _ = sleep(seconds(1));
            });
            c.tid()
        });
        r.map(|_| ()).map_err(|e| e.failures().len())
    });
    sched.run().unwrap();
    assert_eq!(p.join().unwrap(), Err(1));
}

#[test]
fn a_destructor_that_gets_no_stack_for_a_member_does_not_panic() {
    let mut sched = scheduler();
    sched.spawn(|| {
        let _ = group(|g| {
            let c = g.spawn(|| {
                let _d = OnDrop(|| {
                    g.spawn_with(Builder::new().stack_size(16), || ());
                });
                let _ = sleep(seconds(60));
            });
            yield_now();
            c.kill().unwrap();
        });
    });
    sched.run().unwrap();
}

#[test]
fn a_group_that_a_child_cancels_returns_its_value_however_long_the_rest_takes() {
    let outcome = |slow: bool| {
        run(move || {
            group(|g| {
                g.spawn(|| {
                    let _ = sleep(seconds(60));
                    if slow {
                        let _ = shield(seconds(5), || sleep(seconds(1)));
                    }
                });
                g.spawn(|| {
                    let _ = sleep(seconds(1));
                    g.cancel("enough")
                });
            })
            .is_ok()
        })
    };
    assert_eq!((outcome(false), outcome(true)), (true, true));
}

#[test]
fn a_group_that_its_block_cancels_returns_its_value_however_long_the_rest_takes() {
    let outcome = |slow: bool| {
        run(move || {
            group(|g| {
                g.spawn(move || {
                    let _ = sleep(seconds(60));
                    if slow {
                        let _ = shield(seconds(5), || sleep(seconds(1)));
                    }
                });
                yield_now();
                g.cancel("enough");
                let _ = sleep(seconds(1));
            })
            .is_ok()
        })
    };
    assert_eq!((outcome(false), outcome(true)), (true, true));
}

fn nest(depth: usize) {
    let _ = group(|g| {
        if depth == 0 {
            let _ = sleep(seconds(600));
            return;
        }
        g.spawn_with(Builder::new().stack_size(32 << 10), || nest(depth - 1));
    });
}

#[test]
fn families_of_any_depth_are_killed() {
    let mut sched = scheduler();
    let oldest = sched.spawn(|| nest(5000));
    sched.spawn(move || {
        sleep(seconds(10)).unwrap();
        oldest.kill().unwrap();
    });
    assert_eq!(sched.run().unwrap().killed, 5001);
}

#[test]
fn families_of_any_depth_go_with_their_scheduler() {
    let mut sched = scheduler();
    sched.spawn(|| nest(3000));
    for _ in 0..20000 {
        sched.step().unwrap();
    }
    drop(sched);
}

type Tids = Rc<RefCell<BTreeSet<Tid>>>;

struct Frame<'a>(&'a Cell<usize>, Vec<u8>);
impl Drop for Frame<'_> {
    fn drop(&mut self) {
        assert_eq!(self.0.get(), 0, "inside");
        self.1.fill(0xAA);
    }
}

struct Uses<'a> {
    data: &'a [u8],
    count: &'a Cell<usize>,
    dice: Dice,
    tids: Tids,
}
impl Drop for Uses<'_> {
    fn drop(&mut self) {
        assert!(self.data.iter().all(|b| *b == 7), "the frame is there");
        self.count.set(self.count.get() - 1);
        if self.dice.below(4) == 0 {
            let n = self.dice.below(self.tids.borrow().len().max(1) as u64) as usize;
            let t = self.tids.borrow().iter().nth(n).copied();
            if let Some(t) = t {
                let _ = call(syscall::KillTask(t));
            }
        }
    }
}

fn family(depth: u32, dice: &Dice, tids: &Tids) {
    let count = Cell::new(0);
    let frame = Frame(&count, vec![7; 64]);
    let data = &frame.1[..];
    let _ = group(|g| {
        for _ in 0..1 + dice.below(3) {
            count.set(count.get() + 1);
            let uses = Uses {
                data,
                count: &count,
                dice: dice.clone(),
                tids: tids.clone(),
            };
            let body = move || {
                let uses = uses;
                let me = call(syscall::GetTid);
                uses.tids.borrow_mut().insert(me);
                for _ in 0..uses.dice.below(5) {
                    match uses.dice.below(9) {
                        0 => yield_now(),
                        1 => _ = sleep(seconds(uses.dice.below(4))),
                        2 if depth > 0 => family(depth - 1, &uses.dice, &uses.tids),
                        3 => {
                            let n = uses.dice.below(uses.tids.borrow().len() as u64) as usize;
                            let t = uses.tids.borrow().iter().nth(n).copied();
                            if let Some(t) = t {
                                let _ = call(syscall::KillTask(t));
                            }
                        }
                        4 => {
                            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                                yield_now()
                            }));
                        }
                        5 => {
                            let _ = timeout(seconds(1), || {
                                if depth > 0 {
                                    family(depth - 1, &uses.dice, &uses.tids)
                                }
                            });
                        }
                        6 => g.cancel("random"),
                        7 => {
                            let _ = g.next_ended();
                        }
                        _ => {
                            if uses.dice.below(6) == 0 {
                                std::panic::resume_unwind(Box::new("random"));
                            }
                        }
                    }
                }
                assert!(uses.data.iter().all(|b| *b == 7));
            };
            let handle = g.spawn(body);
            if dice.below(3) == 0 {
                std::mem::forget(handle);
            }
            if dice.below(4) == 0 {
                yield_now();
            }
        }
        if dice.below(8) == 0 {
            std::panic::resume_unwind(Box::new("block"));
        }
    });
    drop(frame);
}

#[test]
fn families_in_random_trouble_leave_no_frame_too_early() {
    for seed in 1..1000 {
        println!("seed {seed}");
        let dice = Dice::new(seed);
        let tids = Tids::default();
        let mut sched = scheduler();
        for _ in 0..2 {
            let (d, t) = (dice.clone(), tids.clone());
            sched.spawn(move || {
                t.borrow_mut().insert(call(syscall::GetTid));
                family(3, &d, &t)
            });
        }
        let mut steps = 0;
        let end = dice.below(400);
        loop {
            match sched.step() {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(stuck) => {
                    if stuck.cycles().is_empty() && !stuck.to_string().contains("NextEnded") {
                        panic!("{stuck}")
                    }
                    break;
                }
            }
            steps += 1;
            if steps == end && seed % 2 == 0 {
                break;
            }
        }
        drop(sched);
    }
}
