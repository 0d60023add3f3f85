//! Waits in hostile hands: what scopes, selects and reports do at moments that nobody planned for.

use std::cell::Cell;
use std::rc::Rc;

use coros::syscall::Park;
use coros::{
    Answer, JoinError, Kernel, Scope, SystemCall, Tid, WaitList, call, select, sleep, spawn, sync,
    syscall, timeout, yield_now,
};

use crate::common::{self, Dice, run, scheduler, seconds};

struct Waits;
impl SystemCall for Waits {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        Answer::Wait
    }
}

#[test]
fn a_call_that_cannot_be_broken_off_ends_its_cancelled_caller_alone() {
    let mut sched = scheduler();
    let p = sched.spawn(|| {
        yield_now();
        call(Waits)
    });
    p.cancel("x");
    sched.run().unwrap();
    assert!(matches!(p.join(), Err(JoinError::Panicked(_))));
}

#[test]
fn a_deadline_that_is_set_while_a_scope_is_entered_counts() {
    let mut sched = scheduler();
    let scope = Scope::new();
    let inner = scope.clone();
    let h = sched.spawn(move || inner.run(|| sleep(seconds(60))));
    sched.spawn(move || scope.set_deadline(Some(call(syscall::Now) + seconds(1))));
    sched.spawn(|| ());
    sched.run().unwrap();
    assert!(h.join().unwrap().is_err());
}

#[test]
fn two_tasks_that_enter_a_scope_at_once_are_told_apart() {
    let mut sched = scheduler();
    let scope = Scope::new();
    let hs: Vec<_> = (0..2)
        .map(|_| {
            let s = scope.clone();
            sched.spawn(move || s.run(|| sleep(seconds(5))).is_ok())
        })
        .collect();
    sched.run().unwrap();
    let n = hs
        .iter()
        .filter(|h| matches!(h.join(), Err(JoinError::Panicked(_))))
        .count();
    assert_eq!(n, 1);
}

#[test]
fn an_arm_that_cannot_be_abandoned_does_not_spoil_the_lock_of_another() {
    let mut sched = scheduler();
    let m = sync::Mutex::new(0);
    let (m1, m2) = (m.clone(), m.clone());
    sched.spawn(move || {
        let _g = m1.lock().unwrap();
        sleep(seconds(5)).unwrap();
    });
    let s = sched.spawn(move || { let _ = select! { biased; _ = Waits => (), _ = m2.locking() => (), _ = syscall::Sleep(seconds(1)) => () }; });
    let l = sched.spawn(move || {
        sleep(seconds(10)).unwrap();
        m.lock().is_ok()
    });
    sched.run().unwrap();
    assert!(matches!(s.join(), Err(JoinError::Panicked(_))));
    assert!(l.join().unwrap());
}

#[test]
fn a_select_that_is_woken_twice_passes_one_wake_on() {
    run(|| {
        let (a, b) = (WaitList::new().named("a"), WaitList::new().named("b"));
        let (a1, b1, b2) = (a.clone(), b.clone(), b.clone());
        let s = spawn(move || select! { _ = Park(&a1) => 'a', _ = Park(&b1) => 'b' });
        yield_now();
        let t = spawn(move || timeout(seconds(5), || call(Park(&b2))).is_ok());
        yield_now();
        b.wake_one();
        a.wake_one();
        let first = s.join().unwrap().unwrap();
        assert_eq!(
            first != 'b',
            t.join().unwrap(),
            "either way the wake of b is used once"
        );
    });
}

#[test]
fn a_select_that_is_killed_passes_all_its_wakes_on() {
    run(|| {
        let (a, b) = (WaitList::new().named("a"), WaitList::new().named("b"));
        let (a1, b1, a2, b2) = (a.clone(), b.clone(), a.clone(), b.clone());
        let s = Rc::new(spawn(move || {
            _ = select! { _ = Park(&a1) => (), _ = Park(&b1) => () }
        }));
        yield_now();
        let t = spawn(move || timeout(seconds(5), || call(Park(&a2))).is_ok());
        let u = spawn(move || timeout(seconds(5), || call(Park(&b2))).is_ok());
        yield_now();
        common::serve(|k, _| {
            k.wake_one(&a);
            k.wake_one(&b);
            k.kill(s.tid()).unwrap();
        });
        assert!(t.join().unwrap() && u.join().unwrap());
    });
}

#[test]
fn selects_on_channels_lose_nothing_in_random_schedules() {
    use coros::channel;
    for seed in 1..1000 {
        println!("seed {seed}");
        run(move || {
            let dice = Dice::new(seed);
            let (got, sent) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
            let (tx1, rx1) = channel::bounded(dice.below(3) as usize);
            let (tx2, rx2) = channel::bounded(1 + dice.below(2) as usize);
            let mut hs = vec![];
            for k in 0..4 {
                let (rx1, rx2, got, dice) = (rx1.clone(), rx2.clone(), got.clone(), dice.clone());
                hs.push(spawn(move || loop {
                    let r = match dice.below(3) {
                        0 => select! { a = rx1.receiving() => a.ok(), b = rx2.receiving() => b.ok() },
                        1 => select! { biased; b = rx2.receiving() => b.ok(), _ = syscall::Sleep(seconds(1)) => Some(0) , a = rx1.receiving() => a.ok() },
                        _ => Ok(timeout(seconds(1), || rx1.recv().ok()).unwrap_or(Some(0)).or(Some(0))),
                    };
                    match r { Ok(Some(n)) => got.set(got.get() + n), _ => break }
                    if k == 0 && dice.below(10) == 0 { break }
                    if call(syscall::Now) > call(syscall::Now) { break }
                    if got.get() >= 60 { break }
                }));
            }
            for _ in 0..3 {
                let (tx1, tx2, sent) = (tx1.clone(), tx2.clone(), sent.clone());
                hs.push(spawn(move || for _ in 0..20 {
                    let (mut a, mut b) = (Some(1), Some(1));
                    let _ = select! { x = tx1.sending(&mut a) => x.is_ok(), y = tx2.sending(&mut b) => y.is_ok(), _ = syscall::Sleep(seconds(3)) => false };
                    let gone = a.is_none() as u32 + b.is_none() as u32;
                    assert!(gone <= 1);
                    sent.set(sent.get() + gone);
                }));
            }
            drop((tx1, tx2));
            for _ in 0..dice.below(40) {
                yield_now();
            }
            for h in &hs {
                if seed % 2 == 0 && dice.below(4) == 0 {
                    let _ = h.kill();
                } else if dice.below(4) == 0 {
                    h.cancel("c")
                }
                if dice.below(2) == 0 {
                    yield_now()
                }
            }
            for h in &hs {
                let _ = h.join();
            }
            while rx1.try_recv().is_ok() {
                got.set(got.get() + 1)
            }
            while rx2.try_recv().is_ok() {
                got.set(got.get() + 1)
            }
            if seed % 2 == 1 {
                assert_eq!(got.get(), sent.get());
            }
        });
    }
}
