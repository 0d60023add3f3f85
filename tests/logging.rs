//! What the log tells: a line a turn, births and deaths, panics by name; and nothing when disabled.

use std::sync::Mutex;

use coros::syscall::{KillTask, Park, Sleep, WakeOne};
use coros::{Builder, Clock, Scheduler, WaitList, call, spawn, yield_now};
use log::{Level, LevelFilter, Log, Metadata, Record};

/// Keeps every line; there is one logger a process, so the scenes share it one by one.
struct Keeper(Mutex<Vec<(Level, String)>>);

impl Log for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        self.0
            .lock()
            .unwrap()
            .push((record.level(), record.args().to_string()));
    }

    fn flush(&self) {}
}

static KEEPER: Keeper = Keeper(Mutex::new(Vec::new()));

/// Runs a scene with the log at a level; the lines that it left.
fn told(level: LevelFilter, scene: impl FnOnce(&mut Scheduler)) -> Vec<(Level, String)> {
    static ONE_BY_ONE: Mutex<()> = Mutex::new(());
    let _turn = ONE_BY_ONE.lock().unwrap();
    let _ = log::set_logger(&KEEPER);
    log::set_max_level(level);
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    scene(&mut sched);
    drop(sched);
    log::set_max_level(LevelFilter::Off);
    std::mem::take(&mut KEEPER.0.lock().unwrap())
}

fn at(level: Level, lines: &[(Level, String)]) -> Vec<&str> {
    let of_level = lines.iter().filter(|(of, _)| *of == level);
    of_level.map(|(_, line)| line.as_str()).collect()
}

fn bell_and_sleeper(sched: &mut Scheduler) {
    let bell = WaitList::named("bell");
    let rope = bell.clone();
    let waiter = Builder::new().name("waiter");
    sched
        .spawn_with(waiter, move || call(Park(&bell)).unwrap())
        .unwrap();
    sched.spawn(move || {
        call(Sleep(std::time::Duration::from_millis(3))).unwrap();
        call(WakeOne(&rope));
    });
    sched.run().unwrap();
}

#[test]
fn each_turn_leaves_one_trace_line() {
    let lines = told(LevelFilter::Trace, bell_and_sleeper);
    let expected = [
        "turn 1 at 0ns: task 1 'waiter' waits in Park(bell); 1 ready",
        "turn 2 at 0ns: task 2 waits in Sleep(3ms); 0 ready",
        "turn 3 at 3ms: task 2 asked WakeOne(bell); woke 1; woken by timer: 2; 2 ready",
        "turn 4 at 3ms: task 1 'waiter' returned; 1 ready",
        "turn 5 at 3ms: task 2 returned; 0 ready",
    ];
    assert_eq!(at(Level::Trace, &lines), expected);
}

#[test]
fn births_and_deaths_are_told_at_debug() {
    let lines = told(LevelFilter::Debug, |sched| {
        let idle = Builder::new().name("idle").daemon(true);
        let idle = sched.spawn_with(idle, || {
            loop {
                yield_now();
            }
        });
        let idle = idle.unwrap().tid();
        sched.spawn(move || {
            call(KillTask(idle)).unwrap();
        });
        sched.run().unwrap();
    });
    let expected = [
        "task 1 'idle' is born (a daemon)",
        "task 2 is born",
        "task 1 'idle' was killed",
        "task 2 returned",
    ];
    assert_eq!(at(Level::Debug, &lines), expected);
    assert_eq!(lines.len(), expected.len(), "no trace at debug: {lines:?}");
}

#[test]
fn a_panic_is_told_with_the_tasks_name() {
    let lines = told(LevelFilter::Error, |sched| {
        let clumsy = Builder::new().name("clumsy");
        sched.spawn_with(clumsy, || panic!("it slipped")).unwrap();
        sched.run().unwrap();
    });
    assert_eq!(
        at(Level::Error, &lines),
        ["task 1 'clumsy' panicked: it slipped"]
    );
}

#[test]
fn a_disabled_log_is_told_nothing() {
    assert_eq!(told(LevelFilter::Off, bell_and_sleeper), []);
}

#[test]
fn a_trace_turned_on_in_the_middle_begins_within_a_poll() {
    let lines = told(LevelFilter::Off, |sched| {
        sched.spawn(|| {
            log::set_max_level(LevelFilter::Trace);
            for _ in 0..200 {
                yield_now();
            }
        });
        sched.run().unwrap();
    });
    let turns = at(Level::Trace, &lines).len();
    assert!(
        (139..=200).contains(&turns),
        "{turns} of 200 turns were traced"
    );
}

#[test]
fn tracing_changes_nothing_but_the_log() {
    let run = |level| {
        let mut report = None;
        told(level, |sched| {
            sched.spawn(|| {
                for child in 0..5 {
                    spawn(move || (0..child).for_each(|_| yield_now()))
                        .join()
                        .unwrap();
                }
            });
            report = Some(sched.run().unwrap());
        });
        report.unwrap()
    };
    assert_eq!(run(LevelFilter::Off), run(LevelFilter::Trace));
}
