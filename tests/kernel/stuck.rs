//! The report when nothing can go on.

use coros::syscall::{Park, Sleep, WaitTask};
use coros::{Builder, Stuck, Tid, WaitList, call, sleep, yield_now};

use crate::common::{Log, park_for_ever, scheduler, seconds, waiter};

/// The report's lines.
fn lines(stuck: &Stuck) -> Vec<String> {
    stuck.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn the_report_says_what_each_task_waits_for_since_when_and_where() {
    let mut sched = scheduler();
    let idle = sched.spawn(park_for_ever).tid();
    let list = WaitList::new().named("the bell");
    let parks = Builder::new().name("listener");
    let parks = sched.spawn_with(parks, move || {
        sleep(seconds(2)).unwrap();
        call(Park(&list)).unwrap();
    });
    let park_line = line!() - 2;
    let tid = parks.unwrap().tid();
    sched.spawn(move || {
        call(WaitTask(tid)).unwrap();
    });
    let wait_line = line!() - 2;
    let stuck = sched.run().unwrap_err();
    let told = lines(&stuck);
    let listener =
        "  task 2 'listener' is waiting in Park(the bell) since 2s at tests/kernel/stuck.rs";
    assert_eq!(
        told[0],
        "stuck: no task is ready and no timer is set; 3 left"
    );
    assert!(told[1].starts_with("  task 1 is waiting in Park(nowhere) since 0ns at "));
    assert_eq!(told[2], format!("{listener}:{park_line}:9"));
    let waits = "  task 3 is waiting in WaitTask(2) since 0ns at tests/kernel/stuck.rs";
    assert_eq!(told[3], format!("{waits}:{wait_line}:9"));
    assert_eq!((told.len(), stuck.cycles()), (4, vec![]));
    assert_eq!(stuck.tasks()[0].tid, idle);
}

#[test]
fn a_join_is_reported_with_its_own_line() {
    let mut sched = scheduler();
    let target = sched.spawn(park_for_ever);
    sched.spawn(move || target.join());
    let line = line!() - 1;
    let stuck = sched.run().unwrap_err();
    let waits = "  task 2 is waiting in WaitTask(1) since 0ns at tests/kernel/stuck.rs";
    assert_eq!(lines(&stuck)[2], format!("{waits}:{line}:32"));
    assert_eq!(stuck.tasks()[1].holders, [stuck.tasks()[0].tid]);
}

#[test]
fn a_cycle_is_named() {
    let mut sched = scheduler();
    let ring = std::rc::Rc::new(std::cell::RefCell::new(Vec::<Tid>::new()));
    for (at, name) in ["a", "b", "c"].into_iter().enumerate() {
        let tids = std::rc::Rc::clone(&ring);
        let waits = move || {
            let next = tids.borrow()[(at + 1) % 3];
            call(WaitTask(next)).unwrap();
        };
        let task = sched.spawn_with(Builder::new().name(name), waits).unwrap();
        ring.borrow_mut().push(task.tid());
    }
    let first = ring.borrow()[0];
    sched.spawn(move || call(WaitTask(first)));
    let stuck = sched.run().unwrap_err();
    let told = lines(&stuck);
    let cycle = [
        "  cycle: task 1 'a' waits for task 2 'b'",
        "         task 2 'b' waits for task 3 'c'",
        "         task 3 'c' waits for task 1 'a'",
    ];
    assert_eq!(told[5..], cycle);
    assert_eq!(stuck.cycles(), [ring.borrow().clone()]);
}

#[test]
fn daemons_that_wait_are_listed() {
    let mut sched = scheduler();
    let daemon = Builder::new().name("idle").daemon(true);
    let daemon = sched.spawn_with(daemon, park_for_ever).unwrap().tid();
    sched.spawn(park_for_ever);
    let stuck = sched.run().unwrap_err();
    assert_eq!(stuck.tasks().len(), 2);
    assert_eq!(
        (stuck.tasks()[0].tid, stuck.tasks()[0].daemon),
        (daemon, true)
    );
}

#[test]
fn a_timer_that_is_set_is_something_to_wait_for() {
    let mut sched = scheduler();
    sched.spawn(park_for_ever);
    let daemon = Builder::new().daemon(true);
    sched
        .spawn_with(daemon, || call(Sleep(seconds(9))).unwrap())
        .unwrap();
    let stuck = sched.run().unwrap_err();
    assert_eq!(stuck.tasks().len(), 1, "the daemon has slept to its end");
}

#[test]
fn what_is_left_can_be_killed_and_the_scheduler_run_again() {
    let (mut sched, log) = (scheduler(), Log::new());
    let left = waiter(&mut sched, &log, "left");
    assert!(sched.run().is_err());
    assert!(sched.run().is_err(), "nothing has changed");
    assert_eq!(log.take(), [""; 0], "the tasks are left as they are");
    sched.kill(left.tid()).unwrap();
    assert_eq!(log.take(), ["left gone"]);
    sched.spawn(yield_now);
    let report = sched.run().unwrap();
    assert_eq!((report.killed, report.returned), (1, 1));
}

#[test]
fn what_is_left_can_be_woken_and_the_scheduler_run_again() {
    let (mut sched, list) = (scheduler(), WaitList::new());
    let parked = list.clone();
    let woken = sched.spawn(move || call(Park(&parked)).is_ok());
    assert!(sched.run().is_err());
    sched.spawn(move || list.wake_one());
    sched.run().unwrap();
    assert!(woken.join().unwrap());
}

#[test]
fn a_turn_in_which_nothing_can_go_on_does_not_count() {
    let mut sched = scheduler();
    sched.spawn(park_for_ever);
    assert!(sched.run().is_err());
    assert!(sched.step().is_err());
    assert_eq!(sched.report().turns, 1);
}

#[test]
fn a_step_is_stuck_where_a_run_is() {
    let mut sched = scheduler();
    sched.spawn(park_for_ever);
    assert!(sched.step().unwrap().is_some());
    let stepped = sched.step().unwrap_err().to_string();
    assert_eq!(stepped, sched.run().unwrap_err().to_string());
}

#[test]
fn those_who_are_interrupted_by_nobody_keep_their_place_in_the_list() {
    let list = WaitList::new().named("full");
    let mut sched = scheduler();
    for _ in 0..3 {
        let list = list.clone();
        sched.spawn(move || call(Park(&list)).unwrap());
    }
    let stuck = sched.run().unwrap_err();
    assert_eq!((list.len(), stuck.tasks().len()), (3, 3));
    drop(sched);
    assert_eq!(list.len(), 0);
}

#[test]
fn a_ring_of_thousands_is_one_cycle() {
    let mut sched = scheduler();
    let ring = std::rc::Rc::new(std::cell::RefCell::new(Vec::<Tid>::new()));
    for at in 0..5000 {
        let tids = std::rc::Rc::clone(&ring);
        let waits = move || {
            let next = tids.borrow()[(at + 1) % 5000];
            call(WaitTask(next)).unwrap();
        };
        ring.borrow_mut().push(sched.spawn(waits).tid());
    }
    let stuck = sched.run().unwrap_err();
    assert_eq!(stuck.cycles(), [ring.borrow().clone()]);
    assert_eq!(stuck.certain_cycles(), stuck.cycles());
}
