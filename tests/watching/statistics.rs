//! Statistics tell what each task does now, and did so far.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer};
use coros::policy::RoundRobin;
use coros::sync::Mutex;
use coros::syscall::Compute;
use coros::watch::{State, Statistics, TaskStatistics};
use coros::{Builder, Clock, Exit, Scheduler, call, sleep, spawn, yield_now};

use crate::common::seconds;

type Shared = Rc<RefCell<Statistics>>;

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A scheduler in virtual time, and its statistics.
fn counted() -> (Scheduler, Shared) {
    let statistics = Shared::default();
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let sched = builder.observer(Rc::clone(&statistics)).build();
    (sched, statistics)
}

fn named(sched: &mut Scheduler, name: &'static str, body: impl FnOnce() + 'static) {
    let builder = Builder::new().name(name);
    sched.spawn_with(builder, body).unwrap();
}

fn task(statistics: &Shared, name: &str) -> TaskStatistics {
    let tasks = statistics.borrow().tasks();
    let found = tasks.into_iter().find(|task| &*task.name == name);
    found.expect("there is such a task")
}

#[test]
fn a_task_is_shown_with_what_it_waits_for_and_whom() {
    let (mut sched, statistics) = counted();
    let lock = Mutex::new(()).named("door");
    let (first, then) = (lock.clone(), lock);
    named(&mut sched, "inside", move || {
        let _guard = first.lock().unwrap();
        sleep(seconds(1)).unwrap();
    });
    named(&mut sched, "outside", move || _ = then.lock().unwrap());
    (0..2).for_each(|_| _ = sched.step().unwrap());
    let (inside, outside) = (task(&statistics, "inside"), task(&statistics, "outside"));
    assert_eq!(
        (inside.state, outside.state),
        (State::Waiting, State::Waiting)
    );
    assert_eq!(inside.holds.len(), 1);
    assert_eq!(&*inside.holds[0], "mutex 'door'");
    assert_eq!(inside.call, "Sleep(1s)");
    assert_eq!(outside.on.as_deref(), Some("mutex 'door'"));
    assert_eq!(outside.holders, [inside.tid]);
    assert!(outside.place.unwrap().file.ends_with("statistics.rs"));
    assert!(outside.depth > 0);
    sched.run().unwrap();
    let (inside, outside) = (task(&statistics, "inside"), task(&statistics, "outside"));
    assert!(inside.holds.is_empty() && outside.holders.is_empty());
    assert_eq!((outside.on, outside.exit), (None, Some(Exit::Returned)));
    assert_eq!((outside.state, outside.wakes), (State::Ended, 1));
    assert_eq!((outside.blocked, inside.blocked), (seconds(1), seconds(1)));
}

#[test]
fn turns_cpu_time_and_waits_are_counted() {
    let statistics = Shared::default();
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let observed = builder.policy(RoundRobin::new(ms(2)));
    let mut sched = observed.observer(Rc::clone(&statistics)).build();
    named(&mut sched, "long", || call(Compute(ms(6))).unwrap());
    named(&mut sched, "short", || call(Compute(ms(2))).unwrap());
    sched.run().unwrap();
    let sorted = |tasks: Vec<TaskStatistics>| -> Vec<String> {
        tasks.iter().map(|task| task.name.to_string()).collect()
    };
    assert_eq!(sorted(statistics.borrow().by_time()), ["long", "short"]);
    let (long, short) = (task(&statistics, "long"), task(&statistics, "short"));
    assert_eq!((long.cpu, long.waiting), (ms(6), ms(2)));
    assert_eq!((short.cpu, short.waiting), (ms(2), ms(2)));
    assert_eq!(sorted(statistics.borrow().by_runs())[0], "long");
}

#[test]
fn a_task_that_computes_does_so_and_one_that_is_preempted_is_ready() {
    let statistics = Shared::default();
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let observed = builder.policy(RoundRobin::new(ms(2)));
    let mut sched = observed.observer(Rc::clone(&statistics)).build();
    named(&mut sched, "a", || call(Compute(ms(6))).unwrap());
    named(&mut sched, "b", || call(Compute(ms(6))).unwrap());
    sched.step().unwrap();
    let states = || (task(&statistics, "a").state, task(&statistics, "b").state);
    assert_eq!(states(), (State::Computing, State::Ready));
    sched.step().unwrap();
    assert_eq!(states(), (State::Ready, State::Computing));
    assert_eq!(
        (task(&statistics, "a").cpu, task(&statistics, "b").cpu),
        (ms(2), ms(0))
    );
}

#[test]
fn whoever_looks_is_the_one_that_runs() {
    let (mut sched, statistics) = counted();
    let seen = Rc::clone(&statistics);
    named(&mut sched, "ps", move || {
        spawn(|| yield_now());
        yield_now();
        let states: Vec<_> = seen
            .borrow()
            .tasks()
            .iter()
            .map(|task| task.state)
            .collect();
        assert_eq!(states, [State::Running, State::Ready]);
        let parents: Vec<_> = seen
            .borrow()
            .tasks()
            .iter()
            .map(|task| task.parent)
            .collect();
        assert_eq!(parents, [None, Some(seen.borrow().tasks()[0].tid)]);
    });
    sched.run().unwrap();
    assert_eq!(
        task(&statistics, "ps").exit,
        Some(Exit::Returned),
        "its asserts hold"
    );
}

#[test]
fn a_look_tells_what_has_changed_since_the_one_before() {
    let (mut sched, statistics) = counted();
    let looks = Rc::clone(&statistics);
    named(&mut sched, "top", move || {
        for (cpu, runs) in [(40, 3), (50, 2), (0, 0)] {
            sleep(ms(100)).unwrap();
            let look = looks.borrow_mut().look();
            let (task, rate) = look
                .tasks
                .iter()
                .find(|(task, _)| &*task.name == "busy")
                .unwrap();
            assert_eq!((look.span, rate.cpu), (ms(100), ms(cpu)), "{look}");
            assert!((rate.share - cpu as f64 / 100.0).abs() < 1e-9, "{look}");
            assert_eq!(rate.runs, runs, "{task:?}");
            if cpu > 0 {
                assert_eq!(&*look.tasks[0].0.name, "busy", "the busiest first");
            }
        }
    });
    named(&mut sched, "busy", || {
        call(Compute(ms(30))).unwrap();
        call(Compute(ms(10))).unwrap();
        sleep(ms(70)).unwrap();
        call(Compute(ms(50))).unwrap();
        sleep(ms(190)).unwrap();
    });
    named(&mut sched, "idle", || sleep(seconds(9)).unwrap());
    sched.run().unwrap();
    assert_eq!(
        task(&statistics, "top").exit,
        Some(Exit::Returned),
        "its asserts hold"
    );
    let rest = statistics.borrow_mut().look();
    assert!(rest.tasks.iter().any(|(task, _)| &*task.name == "idle"));
    assert!(
        statistics.borrow_mut().look().tasks.is_empty(),
        "all have ended"
    );
}

#[test]
fn those_who_ended_long_ago_are_only_counted() {
    let statistics = Rc::new(RefCell::new(Statistics::new().keep(3)));
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let mut sched = builder.observer(Rc::clone(&statistics)).build();
    sched.spawn(|| (0..20).for_each(|_| spawn(|| ()).join().unwrap()));
    sched.run().unwrap();
    let statistics = statistics.borrow();
    assert!(
        statistics.tasks().len() <= 5,
        "{}",
        statistics.tasks().len()
    );
    assert_eq!(statistics.tasks().len() as u64 + statistics.forgotten(), 21);
    assert!(statistics.to_string().contains("that have ended before"));
}

#[test]
fn the_tables_fit_a_terminal_whatever_the_names() {
    let (mut sched, statistics) = counted();
    let name = "a name that is much too long for its column\nand has two lines";
    let lock = Mutex::new(()).named(name);
    for _ in 0..2 {
        let lock = lock.clone();
        named(&mut sched, name, move || {
            let _guard = lock.lock().unwrap();
            sleep(seconds(1_000_000_000)).unwrap();
        });
    }
    (0..2).for_each(|_| _ = sched.step().unwrap());
    let fits = |table: String| {
        assert_eq!(
            table.lines().filter(|line| line.contains("a name")).count(),
            2,
            "{table}"
        );
        for line in table.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    };
    fits(statistics.borrow().to_string());
    fits(statistics.borrow_mut().look().to_string());
    sched.run().unwrap();
    fits(statistics.borrow().to_string());
    fits(statistics.borrow_mut().look().to_string());
}

#[test]
fn a_recording_gives_the_same_statistics() {
    #[derive(Default)]
    struct Recording(Vec<Event>);
    impl Observer for Recording {
        fn observe(&mut self, event: &Event) {
            self.0.push(event.clone());
        }
    }
    let (mut sched, statistics) = counted();
    let recording = Rc::new(RefCell::new(Recording::default()));
    sched.observe(Rc::clone(&recording));
    sched.spawn(|| {
        let child = spawn(|| sleep(ms(5)).unwrap());
        call(Compute(ms(3))).unwrap();
        child.join().unwrap();
    });
    sched.run().unwrap();
    let mut again = Statistics::new();
    recording
        .borrow()
        .0
        .iter()
        .for_each(|event| again.observe(event));
    assert_eq!(again.tasks(), statistics.borrow().tasks());
    assert_eq!(again.tasks().len(), 2);
}

#[test]
fn an_observer_that_comes_late_finds_those_who_are_there() {
    let (mut sched, first) = counted();
    sched.spawn(|| (0..3).for_each(|_| sleep(ms(1)).unwrap()));
    sched.step().unwrap();
    let late = Shared::default();
    sched.observe(Rc::clone(&late));
    sched.run().unwrap();
    assert_eq!(late.borrow().tasks()[0].runs, 3);
    assert_eq!(first.borrow().tasks()[0].runs, 4);
}
