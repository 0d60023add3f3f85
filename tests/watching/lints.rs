//! Each lint finds its fault, and says nothing of a near miss.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::channel::{bounded, unbounded};
use coros::kernel::{Event, Observer, Pick, Policy, Runnable, SchedParams, SchedulerBuilder};
use coros::policy::{Priority, RoundRobin};
use coros::sync::{Condvar, Event as Bell, Mutex, Semaphore};
use coros::syscall::{Block, Compute, GetTid, SetParams};
use coros::watch::{Finding, Lint, Lints};
use coros::{Builder, Clock, Scheduler, call, group, sleep, spawn, timeout, wait_any, yield_now};

use crate::common::{Log, park_for_ever, seconds};

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// What is found in a run in virtual time; and the same from its events.
fn found_by(
    lints: Lints,
    with: SchedulerBuilder,
    setup: impl FnOnce(&mut Scheduler),
) -> Vec<Finding> {
    #[derive(Default)]
    struct Recording(Vec<Event>);
    impl Observer for Recording {
        fn observe(&mut self, event: &Event) {
            self.0.push(event.clone());
        }
    }
    let lints = Rc::new(RefCell::new(lints));
    let recording = Rc::new(RefCell::new(Recording::default()));
    let observed = with.clock(Clock::Virtual).observer(Rc::clone(&lints));
    let mut sched = observed.observer(Rc::clone(&recording)).build();
    setup(&mut sched);
    _ = sched.run();
    let found = lints.borrow().findings().to_vec();
    let mut again = Lints::new();
    recording
        .borrow()
        .0
        .iter()
        .for_each(|event| again.observe(event));
    again.pause();
    assert_eq!(again.findings().len(), found.len(), "also from a recording");
    found
}

fn found(setup: impl FnOnce(&mut Scheduler)) -> Vec<Finding> {
    found_by(Lints::new(), Scheduler::builder(), setup)
}

/// What one task's body is found guilty of.
fn guilt(body: impl FnOnce() + 'static) -> Vec<Lint> {
    lints(&found(|sched| _ = sched.spawn(body)))
}

fn lints(found: &[Finding]) -> Vec<Lint> {
    found.iter().map(|finding| finding.lint).collect()
}

#[test]
fn a_long_step_is_found_and_one_at_the_limit_is_not() {
    let found = found(|sched| {
        let builder = Builder::new().name("sloth");
        let body = || (0..3).for_each(|_| call(Block(ms(51))));
        sched.spawn_with(builder, body).unwrap();
    });
    assert_eq!(lints(&found), [Lint::LongStep]);
    assert_eq!((&*found[0].name, found[0].count), ("sloth", 3));
    assert_eq!(found[0].time, ms(51));
    assert!(found[0].text.contains("51ms"), "{}", found[0]);
    assert!(found[0].place.as_ref().unwrap().file.ends_with("lints.rs"));
    assert_eq!(guilt(|| call(Block(ms(50)))), []);
    assert_eq!(guilt(|| call(Compute(ms(500))).unwrap()), []);
}

#[test]
fn a_task_that_only_yields_is_found_and_one_that_does_something_else_now_and_then_is_not() {
    let spin = |yields: usize| (0..yields).for_each(|_| yield_now());
    let found = found(|sched| _ = sched.spawn(move || spin(250)));
    assert_eq!(lints(&found), [Lint::YieldSpinner]);
    assert_eq!(found[0].count, 2, "each hundred");
    assert_eq!(guilt(move || spin(99)), []);
    let other = move |act: &dyn Fn()| {
        (0..10).for_each(|_| {
            spin(50);
            act();
        });
    };
    assert_eq!(guilt(move || other(&|| _ = call(GetTid))), []);
    assert_eq!(guilt(move || other(&|| _ = spawn(|| ()).join())), []);
    let lock = Mutex::new(());
    assert_eq!(guilt(move || other(&|| _ = lock.lock())), []);
    let (tx, rx) = unbounded();
    assert_eq!(guilt(move || other(&|| tx.send(()).unwrap())), []);
    drop(rx);
}

#[test]
fn whoever_hands_things_over_without_a_call_is_no_spinner() {
    let found = found(|sched| {
        let (tx, rx) = bounded(1000);
        sched.spawn(move || (0..50_000).for_each(|n| tx.send(n).unwrap()));
        sched.spawn(move || assert_eq!(rx.iter().count(), 50_000));
    });
    assert_eq!(lints(&found), []);
}

/// First in, first out, without slices.
#[derive(Default)]
struct Line(std::collections::VecDeque<coros::Tid>);

impl Policy for Line {
    fn name(&self) -> Cow<'static, str> {
        "line".into()
    }
    fn enqueue(&mut self, task: coros::Tid, _: Runnable, _: Duration) {
        self.0.push_back(task);
    }
    fn dequeue(&mut self, task: coros::Tid) {
        self.0.retain(|ready| *ready != task);
    }
    fn pick(&mut self, _: Duration) -> Option<Pick> {
        let task = self.0.pop_front()?;
        Some(Pick { task, slice: None })
    }
}

#[test]
fn a_task_that_computes_at_one_go_while_others_are_ready_is_found() {
    let hog = |sched: &mut Scheduler| {
        let builder = Builder::new().name("hog");
        let body = || call(Compute(seconds(2))).unwrap();
        sched.spawn_with(builder, body).unwrap();
    };
    let other = |sched: &mut Scheduler| _ = sched.spawn(|| call(Compute(ms(1))).unwrap());
    let with = || Scheduler::builder().policy(Line::default());
    let found = found_by(Lints::new(), with(), |sched| {
        hog(sched);
        other(sched);
    });
    assert_eq!(lints(&found), [Lint::NeverYielded]);
    assert_eq!(&*found[0].name, "hog");
    let alone = found_by(Lints::new(), with(), hog);
    assert_eq!(lints(&alone), [], "it holds nobody up");
    let two = found_by(Lints::new(), with().cpus(2), |sched| {
        hog(sched);
        other(sched);
    });
    assert_eq!(lints(&two), [], "there is another CPU");
    let fair = Scheduler::builder().policy(RoundRobin::new(ms(10)));
    let fair = found_by(Lints::new(), fair, |sched| {
        hog(sched);
        other(sched);
    });
    assert_eq!(lints(&fair), [], "it is preempted");
    let polite = found_by(Lints::new(), with(), |sched| {
        sched.spawn(|| {
            yield_now();
            call(Compute(seconds(2))).unwrap();
        });
        other(sched);
        other(sched);
    });
    assert_eq!(lints(&polite), [], "it makes other calls");
}

#[test]
fn a_task_whose_life_is_one_long_turn_is_found() {
    let found = {
        let lints = Rc::new(RefCell::new(Lints::new().longest_step(ms(2))));
        let builder = Scheduler::builder().watchdog(None);
        let mut sched = builder.observer(Rc::clone(&lints)).build();
        sched.spawn(|| {
            let start = std::time::Instant::now();
            while start.elapsed() < ms(3) {
                std::hint::spin_loop();
            }
        });
        sched.run().unwrap();
        lints.borrow().findings().to_vec()
    };
    assert!(lints(&found).contains(&Lint::NeverYielded), "{found:?}");
}

#[test]
fn a_task_that_ends_with_a_lock_is_found_and_one_that_panics_with_its_guard_is_not() {
    let lock = Mutex::new(()).named("vault");
    let found = found(|sched| {
        _ = sched.spawn(move || std::mem::forget(lock.lock().unwrap()));
    });
    assert_eq!(lints(&found), [Lint::ExitedHoldingLock]);
    assert!(found[0].text.contains("mutex 'vault'"), "{}", found[0]);
    let lock = Mutex::new(());
    let unwound = guilt(move || {
        let child = spawn(move || {
            let _guard = lock.lock().unwrap();
            panic!("no");
        });
        assert!(child.join().is_err());
    });
    assert_eq!(unwound, []);
    let permits = Semaphore::new(1);
    let handed_on = guilt(move || permits.acquire().unwrap().forget());
    assert_eq!(handed_on, [], "a permit may outlive its task");
}

#[test]
fn a_killed_task_that_unlocks_as_it_unwinds_is_not_found() {
    let lock = Mutex::new(());
    let killed = guilt(move || {
        let child = spawn(move || {
            let _guard = lock.lock().unwrap();
            park_for_ever();
        });
        yield_now();
        child.kill().unwrap();
    });
    assert_eq!(killed, []);
}

#[test]
fn a_sleep_with_a_lock_is_found_and_one_after_it_is_not() {
    let lock = Mutex::new(()).named("vault");
    let found = found(|sched| {
        _ = sched.spawn(move || {
            let _guard = lock.lock().unwrap();
            sleep(seconds(1)).unwrap();
        });
    });
    assert_eq!(lints(&found), [Lint::SleptHoldingLock]);
    let line = found[0].to_string();
    assert!(
        line.contains("mutex 'vault'") && line.contains("Sleep(1s)"),
        "{line}"
    );
    let lock = Mutex::new(());
    let after = move || {
        drop(lock.lock().unwrap());
        sleep(seconds(1)).unwrap();
    };
    assert_eq!(guilt(after), []);
    let permits = Semaphore::new(1);
    let limited = move || {
        let _permit = permits.acquire().unwrap();
        sleep(seconds(1)).unwrap();
    };
    assert_eq!(
        guilt(limited),
        [],
        "to keep a permit for some time is what they are for"
    );
    let (lock, bell) = (Mutex::new(()), Condvar::new());
    let waits = move || {
        let guard = lock.lock().unwrap();
        _ = timeout(seconds(1), || bell.wait(guard).is_ok());
    };
    assert_eq!(guilt(waits), [], "a condition variable lets go of the lock");
}

/// Three tasks of these priorities: the first takes a lock and computes, the last wants it, and the
/// second computes meanwhile.
fn pathfinder(sched: &mut Scheduler, priorities: [i32; 3], change: Option<SchedParams>) {
    let bus = Mutex::new(()).named("bus");
    let (low, high) = (bus.clone(), bus);
    let mut task = |at: usize, arrival, body: Box<dyn FnOnce()>| {
        let claim = SchedParams::new().priority(priorities[at]);
        let names = ["weather", "radio", "bus"];
        let builder = Builder::new().name(names[at]).claim(claim);
        sched
            .spawn_with(builder.arrival(ms(arrival)), body)
            .unwrap();
    };
    task(
        0,
        0,
        Box::new(move || {
            if let Some(claim) = change {
                call(SetParams(call(GetTid), claim)).unwrap();
            }
            let _guard = low.lock().unwrap();
            call(Compute(ms(10))).unwrap();
        }),
    );
    task(1, 3, Box::new(|| call(Compute(ms(50))).unwrap()));
    task(2, 2, Box::new(move || drop(high.lock().unwrap())));
}

#[test]
fn a_priority_inversion_is_found_unless_the_holder_inherits() {
    let turns = || Scheduler::builder().policy(RoundRobin::new(ms(2)));
    let found = found_by(Lints::new(), turns(), |sched| {
        pathfinder(sched, [1, 5, 9], None)
    });
    assert_eq!(lints(&found), [Lint::PriorityInversion]);
    assert_eq!(&*found[0].name, "bus");
    for name in ["'bus'", "'weather'", "'radio'"] {
        assert!(found[0].text.contains(name), "{}", found[0]);
    }
    let guiltless = |policy: SchedulerBuilder, priorities, change| {
        let found = found_by(Lints::new(), policy, |sched| {
            pathfinder(sched, priorities, change)
        });
        assert_eq!(lints(&found), [], "{priorities:?}");
    };
    let inherits = Scheduler::builder().policy(Priority::new().quantum(ms(2)));
    guiltless(inherits, [1, 5, 9], None);
    guiltless(turns(), [1, 1, 9], None);
    guiltless(turns(), [1, 9, 9], None);
    guiltless(turns(), [9, 5, 1], None);
    guiltless(turns().cpus(2), [1, 5, 9], None);
    guiltless(turns(), [1, 5, 9], Some(SchedParams::new().priority(9)));
}

#[test]
fn a_queue_that_only_grows_is_found_and_one_that_is_emptied_is_not() {
    let traffic = |sent: usize, taken_each: usize| {
        found(move |sched| {
            let (tx, rx) = unbounded();
            let tx = tx.named("mail");
            sched.spawn(move || {
                for n in 0..sent {
                    tx.send(n).unwrap();
                    sleep(ms(1)).unwrap();
                }
            });
            sched.spawn(move || {
                while sleep(ms(4)).is_ok() && !rx.is_closed() {
                    (0..taken_each).for_each(|_| _ = rx.try_recv());
                }
            });
        })
    };
    let found = traffic(2000, 1);
    assert_eq!(lints(&found), [Lint::QueueOnlyGrows]);
    assert!(
        found[0].text.contains("'mail'") && found[0].tid.is_none(),
        "{}",
        found[0]
    );
    assert!(found[0].time < seconds(2), "while it grows: {}", found[0]);
    assert_eq!(lints(&traffic(2000, 4)), []);
    assert_eq!(lints(&traffic(900, 1)), []);
}

#[test]
fn a_queue_that_is_filled_at_one_go_and_emptied_later_is_not_found() {
    let jobs = |emptied: bool| {
        found(move |sched| {
            let (tx, rx) = unbounded();
            sched.spawn(move || {
                (0..5000).for_each(|n| tx.send(n).unwrap());
                if emptied {
                    drop(tx);
                    assert_eq!(rx.iter().count(), 5000);
                }
            });
        })
    };
    assert_eq!(lints(&jobs(true)), []);
    assert_eq!(
        lints(&jobs(false)),
        [Lint::QueueOnlyGrows],
        "nobody ever takes anything"
    );
}

#[test]
fn a_panic_of_which_nobody_asks_is_found() {
    let found = found(|sched| {
        sched.spawn(|| {
            spawn(|| panic!("the soup is cold"));
            sleep(seconds(1)).unwrap();
        });
    });
    assert_eq!(lints(&found), [Lint::NeverJoined]);
    assert!(found[0].text.contains("the soup is cold"), "{}", found[0]);
    let joined = || assert!(spawn(|| panic!("no")).join().is_err());
    assert_eq!(guilt(joined), []);
    let waited = || _ = wait_any(&[spawn(|| panic!("no"))], None);
    assert_eq!(guilt(waited), []);
    let grouped = || assert!(group(|g| _ = g.spawn(|| panic!("no"))).is_err());
    assert_eq!(guilt(grouped), []);
}

#[test]
fn those_who_returned_unasked_are_found_all_at_once() {
    let found = found(|sched| {
        sched.spawn(|| {
            (0..7).for_each(|_| _ = spawn(|| ()));
            spawn(|| ()).join().unwrap();
            group(|g| _ = g.spawn(|| ())).unwrap();
            Builder::new().daemon(true).spawn(park_for_ever);
            let victim = spawn(park_for_ever);
            yield_now();
            victim.kill().unwrap();
        });
    });
    assert_eq!(lints(&found), [Lint::NeverJoined]);
    assert!(found[0].text.starts_with("7 tasks have"), "{}", found[0]);
    let top = self::found(|sched| (0..3).for_each(|_| _ = sched.spawn(|| ())));
    assert_eq!(lints(&top), [], "the run waits for them");
}

#[test]
fn whoever_is_asked_for_in_a_later_run_is_pardoned() {
    let lints = Rc::new(RefCell::new(Lints::new()));
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let mut sched = builder.observer(Rc::clone(&lints)).build();
    let handle = sched.spawn(|| panic!("early"));
    sched.run().unwrap();
    assert_eq!(lints.borrow().findings().len(), 1);
    sched.spawn(move || assert!(handle.join().is_err()));
    sched.run().unwrap();
    assert_eq!(lints.borrow().findings().len(), 0);
}

#[test]
fn an_ordinary_program_is_told_nothing() {
    let log = Log::new();
    let found = found(|sched| {
        let (bell, stock, desk) = (Bell::new(), Mutex::new(0).named("stock"), Semaphore::new(2));
        let (tx, rx) = bounded(3);
        for n in 0..5 {
            let (bell, stock, desk, tx) = (bell.clone(), stock.clone(), desk.clone(), tx.clone());
            sched.spawn(move || {
                bell.wait().unwrap();
                for item in 0..100 {
                    let _permit = desk.acquire().unwrap();
                    *stock.lock().unwrap() += 1;
                    call(Compute(ms(n))).unwrap();
                    tx.send(item).unwrap();
                    yield_now();
                }
            });
        }
        drop(tx);
        let said = log.clone();
        sched.spawn(move || {
            sleep(ms(5)).unwrap();
            bell.set();
            said.say(rx.iter().count());
        });
    });
    assert_eq!(lints(&found), []);
    assert_eq!(log.take(), ["500"]);
}

#[test]
fn findings_print_one_a_line() {
    let lints = Rc::new(RefCell::new(Lints::new()));
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let mut sched = builder.observer(Rc::clone(&lints)).build();
    sched.spawn(|| call(Block(ms(60))));
    sched.spawn(|| call(Block(ms(70))));
    sched.run().unwrap();
    let text = lints.borrow().to_string();
    assert_eq!(text.lines().count(), 2);
    assert!(
        text.starts_with("long step: task 1 held everybody up for 60ms"),
        "{text}"
    );
}
