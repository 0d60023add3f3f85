//! Select: exactly one branch commits, and the others lose nothing.

use coros::channel::{bounded, rendezvous};
use coros::select::{Order, select_among};
use coros::syscall::{Park, Sleep};
use coros::{
    Answer, Kernel, SystemCall, Tid, WaitList, call, select, sleep, spawn, timeout, yield_now,
};

use crate::common::{self, run, scheduler, seconds, serve};

#[test]
fn the_first_answer_wins_and_the_others_leave_their_lists() {
    run(|| {
        let (a, b) = (WaitList::new(), WaitList::new());
        let waiter = spawn({
            let (a, b) = (a.clone(), b.clone());
            move || {
                select! {
                    _ = Park(&a) => "a",
                    _ = Park(&b) => "b",
                    _ = Sleep(seconds(60)) => "slept",
                }
            }
        });
        yield_now();
        assert_eq!((a.len(), b.len()), (1, 1));
        b.wake_one();
        assert_eq!(waiter.join().unwrap(), Ok("b"));
        assert_eq!((a.len(), b.len()), (0, 0));
        assert_eq!(sleep(seconds(1)), Ok(()));
    });
}

#[test]
fn a_wake_that_a_losing_branch_got_is_passed_on() {
    run(|| {
        let (a, b) = (WaitList::new(), WaitList::new());
        let selecting = spawn({
            let (a, b) = (a.clone(), b.clone());
            move || {
                select! {
                    biased;
                    _ = Park(&a) => "a",
                    _ = Park(&b) => "b",
                }
            }
        });
        let parked = spawn({
            let b = b.clone();
            move || call(Park(&b))
        });
        yield_now();
        a.wake_one();
        b.wake_one();
        assert_eq!(selecting.join().unwrap(), Ok("a"));
        assert_eq!(
            parked.join().unwrap(),
            Ok(()),
            "the wake on b was not for the loser"
        );
        assert_eq!((a.len(), b.len()), (0, 0));
    });
}

#[test]
fn a_biased_select_takes_the_first_that_is_ready() {
    run(|| {
        for _ in 0..20 {
            let won = select! {
                biased;
                _ = Park(&WaitList::new()) => 0,
                _ = serve_call(1) => 1,
                _ = serve_call(2) => 2,
            };
            assert_eq!(won, Ok(1));
        }
    });
}

#[test]
fn a_fair_select_takes_each_of_those_that_are_ready_now_and_then() {
    run(|| {
        let mut counts = [0; 3];
        for _ in 0..300 {
            let won = select! {
                n = serve_call(0) => n,
                n = serve_call(1) => n,
                n = serve_call(2) => n,
            };
            counts[won.unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
    });
}

#[test]
fn an_interrupted_select_leaves_all_lists() {
    run(|| {
        let (a, b) = (WaitList::new(), WaitList::new());
        let result = timeout(seconds(1), || {
            let broken = select! {
                _ = Park(&a) => (),
                _ = Park(&b) => (),
            };
            assert!(broken.is_err());
        });
        assert!(result.is_err());
        assert_eq!((a.len(), b.len()), (0, 0));
    });
}

#[test]
fn a_task_killed_in_a_select_leaves_all_lists_and_passes_its_wake_on() {
    run(|| {
        let (a, b) = (WaitList::new(), WaitList::new());
        let selecting = spawn({
            let (a, b) = (a.clone(), b.clone());
            move || {
                let _ = select! {
                    _ = Park(&a) => (),
                    _ = Park(&b) => (),
                };
            }
        });
        let parked = spawn({
            let a = a.clone();
            move || call(Park(&a))
        });
        yield_now();
        serve(|kernel, _| {
            assert_eq!(kernel.wake_one(&a), Some(selecting.tid()));
            kernel.kill(selecting.tid()).unwrap();
        });
        assert_eq!(parked.join().unwrap(), Ok(()));
        assert_eq!((a.len(), b.len()), (0, 0));
    });
}

#[test]
fn joins_can_be_branches() {
    run(|| {
        let slow = spawn(|| sleep(seconds(9)).map(|()| "slow"));
        let fast = spawn(|| sleep(seconds(1)).map(|()| "fast"));
        let won = select! {
            value = slow.joining() => value.unwrap(),
            value = fast.joining() => value.unwrap(),
        };
        assert_eq!(won, Ok(Ok("fast")));
        assert_eq!(
            slow.join().unwrap(),
            Ok("slow"),
            "it goes on, and keeps its value"
        );
    });
}

#[test]
fn of_many_calls_the_first_answer_wins() {
    run(|| {
        let sleeps = [5, 3, 4].map(|time| Sleep(seconds(time))).to_vec();
        let (which, _) = select_among(sleeps, Order::Fair).unwrap();
        assert_eq!(which, 1);
    });
}

#[test]
fn a_call_that_panics_is_its_callers_panic_and_the_others_are_abandoned() {
    run(|| {
        let list = WaitList::new();
        let parked = list.clone();
        let selecting = spawn(move || {
            let _ = select! {
                biased;
                _ = Park(&parked) => (),
                _ = Faulty => (),
            };
        });
        assert!(selecting.join().is_err());
        assert_eq!(list.len(), 0);
    });
}

#[test]
fn a_stuck_report_tells_what_is_selected_among() {
    let mut sched = scheduler();
    sched.spawn(|| {
        let bell = WaitList::new().named("bell");
        let _ = select! {
            _ = Park(&bell) => (),
            _ = Park(&WaitList::new().named("door")) => (),
        };
    });
    let report = sched.run().unwrap_err().to_string();
    assert!(
        report.contains("Select(Park(bell) or Park(door))"),
        "{report}"
    );
}

/// Answers at once, with what it was given.
fn serve_call(value: usize) -> impl SystemCall<Reply = usize> {
    common::Give::new(value)
}

struct Faulty;

impl SystemCall for Faulty {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        panic!("a faulty call");
    }
}

#[test]
fn a_select_among_answered_calls_takes_one_turn() {
    let mut sched = scheduler();
    let chosen = sched.spawn(|| select! { n = serve_call(7) => n, n = serve_call(7) => n });
    let report = sched.run().unwrap();
    assert_eq!(chosen.join().unwrap(), Ok(7));
    assert_eq!(report.turns, 2, "one up to the select, one to the end");
}

#[test]
fn default_is_taken_where_nothing_can_go_on_at_once() {
    run(|| {
        let (list, (tx, rx)) = (WaitList::new(), bounded(1));
        let look = |order: Order| {
            let looked = match order {
                Order::Fair => select! {
                    _ = Park(&list) => "parked",
                    item = rx.receiving() => item.unwrap(),
                    _ = Sleep(seconds(0)) => "slept",
                    default => "nothing",
                },
                Order::Biased => select! {
                    biased;
                    item = rx.receiving() => item.unwrap(),
                    default => "nothing",
                },
            };
            assert_eq!(list.len(), 0, "it is parked nowhere");
            looked.unwrap()
        };
        for order in [Order::Fair, Order::Biased] {
            assert_eq!(look(order), "nothing");
            tx.send("item").unwrap();
            assert_eq!(look(order), "item", "default is the last choice");
        }
        drop(tx);
        assert!(select! { item = rx.receiving() => item.is_err(), default => false }.unwrap());
    });
}

#[test]
fn a_loop_of_selects_with_default_lets_the_others_run() {
    run(|| {
        let (tx, rx) = bounded(1);
        let other = spawn(move || {
            (0..9).for_each(|_| yield_now());
            sleep(seconds(1)).unwrap();
            tx.send("done").unwrap();
        });
        let mut looks = 0;
        let item = loop {
            looks += 1;
            let item = select! {
                item = rx.receiving() => item.ok(),
                default => None,
            };
            if let Some(item) = item.unwrap() {
                break item;
            }
            if looks > 10 {
                sleep(seconds(1)).unwrap();
            }
        };
        assert_eq!(item, "done");
        assert!(looks > 9, "{looks}");
        other.join().unwrap();
    });
}

#[test]
fn a_select_with_default_that_is_cancelled_does_not_wait_and_so_goes_on() {
    run(|| {
        let looks = spawn(|| {
            let (_tx, rx) = bounded::<()>(1);
            sleep(seconds(9)).unwrap_err();
            select! { _ = rx.receiving() => "item", default => "default" }
        });
        yield_now();
        looks.cancel("enough");
        assert_eq!(looks.join().unwrap(), Ok("default"));
    });
}

#[test]
fn a_destructor_may_select_with_default() {
    let chosen = std::rc::Rc::new(std::cell::Cell::new("none"));
    let theirs = std::rc::Rc::clone(&chosen);
    run(move || {
        let victim = spawn(move || {
            let _looks = common::OnDrop(move || {
                let (_tx, rx) = bounded::<()>(1);
                let looked = select! { _ = rx.receiving() => "item", default => "default" };
                theirs.set(looked.unwrap_or("interrupted"));
            });
            common::park_for_ever();
        });
        yield_now();
        victim.kill().unwrap();
    });
    assert_eq!(chosen.get(), "default");
}

#[test]
fn default_may_leave_the_function_around_it() {
    fn first(rx: &coros::channel::Receiver<u32>) -> Option<u32> {
        for _ in 0..3 {
            let looked = select! {
                item = rx.receiving() => item.ok(),
                default => continue,
            };
            return looked.ok()?;
        }
        None
    }
    run(|| {
        let (tx, rx) = bounded(1);
        assert_eq!(first(&rx), None);
        tx.send(7).unwrap();
        assert_eq!(first(&rx), Some(7));
    });
}

#[test]
fn a_rendezvous_with_default_meets_only_one_who_waits() {
    run(|| {
        let (tx, rx) = rendezvous();
        let mut item = Some(1);
        let sent = select! { _ = tx.sending(&mut item) => "sent", default => "nobody" };
        assert_eq!((sent, item), (Ok("nobody"), Some(1)), "it is still here");
        let receiver = spawn(move || rx.recv());
        yield_now();
        let sent = select! { _ = tx.sending(&mut item) => "sent", default => "nobody" };
        assert_eq!((sent, receiver.join().unwrap()), (Ok("sent"), Ok(1)));
    });
}
