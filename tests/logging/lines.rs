//! What the log tells: a line a turn, births and ends, panics by name; and nothing when disabled.

use std::borrow::Cow;
use std::time::Duration;

use coros::kernel::{Event, Observer, Pick, Policy, Runnable};
use coros::policy::Priority;
use coros::sync::Mutex;
use coros::syscall::{KillTask, Park, Sleep, WakeOne};
use coros::watch::Lints;
use coros::{
    Answer, Builder, Clock, Kernel, Scheduler, SystemCall, Tid, WaitList, call, spawn, timeout,
    yield_now,
};
use log::{Level, LevelFilter};

use crate::common::scheduler;
use crate::{Line, kept};

/// Runs a scene with the log at a level; the lines that it left.
fn told(level: LevelFilter, scene: impl FnOnce(&mut Scheduler)) -> Vec<Line> {
    told_of(&[], level, scene)
}

/// As `told`, with a logger that takes these targets alone.
fn told_of(
    only: &[&'static str],
    level: LevelFilter,
    scene: impl FnOnce(&mut Scheduler),
) -> Vec<Line> {
    kept(only, level, || {
        scene(&mut scheduler());
    })
}

fn at(level: Level, lines: &[Line]) -> Vec<&str> {
    let of_level = lines.iter().filter(|line| line.level == level);
    of_level.map(|line| line.text.as_str()).collect()
}

fn of(target: &str, lines: &[Line]) -> Vec<String> {
    let of_target = lines.iter().filter(|line| line.target == target);
    of_target.map(|line| line.text.clone()).collect()
}

/// The source line of the waiter's call in `bell_and_sleeper`; the sleeper's follow 4 and 5 lines below.
const WAITER: u32 = line!() + 6;

fn bell_and_sleeper(sched: &mut Scheduler) {
    let bell = WaitList::new().named("bell");
    let rope = bell.clone();
    let waiter = Builder::new().name("waiter");
    let park = move || call(Park(&bell)).unwrap();
    sched.spawn_with(waiter, park).unwrap();
    let sleep = Sleep(Duration::from_millis(3));
    sched.spawn(move || {
        call(sleep).unwrap();
        call(WakeOne(&rope));
    });
    sched.run().unwrap();
}

#[test]
fn each_turn_leaves_one_trace_line() {
    let lines = told(LevelFilter::Trace, bell_and_sleeper);
    let expected = format!(
        "\
turn 1      0ns 1 waiter   …lines.rs:{:<6}Park(bell) waits
turn 2      0ns 2          …lines.rs:{:<6}Sleep(3ms) waits until 3ms
turn 3      3ms 2          …lines.rs:{:<6}-> slept; WakeOne(bell); woke 1
turn 4      3ms 1 waiter                   -> woken; returned
turn 5      3ms 2                          returned",
        WAITER,
        WAITER + 4,
        WAITER + 5
    );
    assert_eq!(at(Level::Trace, &lines).join("\n"), expected);
}

#[test]
fn a_turn_tells_how_long_its_wait_may_take_at_most() {
    let lines = told(LevelFilter::Trace, |sched| {
        let bell = WaitList::new().named("bell");
        sched.spawn(move || {
            let second = Duration::from_secs(1);
            assert!(timeout(second, || call(Park(&bell))).is_err());
            assert!(timeout(second, || call(Sleep(60 * second))).is_err());
            timeout(60 * second, || call(Sleep(second)).unwrap()).unwrap();
        });
        sched.run().unwrap();
    });
    let turns = at(Level::Trace, &lines).join("\n");
    for wait in [
        "Park(bell) waits until 1s",
        "Sleep(60s) waits until 2s",
        "Sleep(1s) waits until 3s",
    ] {
        assert!(turns.contains(wait), "no {wait} in {turns}");
    }
}

#[test]
fn a_turn_tells_why_the_policy_picked_the_task() {
    let lines = told(LevelFilter::Trace, |sched| {
        sched.set_policy(Priority::new());
        sched.spawn(yield_now);
        sched.run().unwrap();
    });
    let turns = at(Level::Trace, &lines);
    assert!(turns[0].ends_with("Yield [priority 0]"), "{turns:?}");
}

/// Its words are meant to break the line of the turn.
#[derive(Debug)]
struct Rude;

impl SystemCall for Rude {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        Answer::Done(())
    }
    fn describe(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("\nturn 9 \x1b[31m")
    }
}

#[test]
fn a_turn_keeps_to_one_line_whatever_its_call_says() {
    let lines = told(LevelFilter::Trace, |sched| {
        let name = Builder::new().name("two\nlines");
        sched.spawn_with(name, || call(Rude)).unwrap();
        sched.run().unwrap();
    });
    let turns = at(Level::Trace, &lines);
    assert!(turns.iter().all(|turn| !turn.contains(char::is_control)));
    assert!(turns[0].contains("two?lines") && turns[0].ends_with("?turn 9 ?[31m"));
}

/// A child that is killed, a daemon that outlives the rest, one that panics.
fn three_ends(sched: &mut Scheduler) {
    let idle = |name: &str| Builder::new().name(name).daemon(true);
    let forever = || {
        loop {
            yield_now();
        }
    };
    let victim = sched.spawn_with(idle("victim"), forever).unwrap().tid();
    sched.spawn_with(idle("daemon"), forever).unwrap();
    let clumsy = Builder::new().name("clumsy");
    sched.spawn_with(clumsy, || panic!("it slipped")).unwrap();
    sched.spawn(move || call(KillTask(victim)).unwrap());
    sched.run().unwrap();
}

/// How many lines tell that a task was killed, returned or panicked.
fn ends(lines: &[Line]) -> [usize; 4] {
    let count = |words: &str| lines.iter().filter(|it| it.text.contains(words)).count();
    [
        count("'victim' was killed"),
        count("'daemon' was killed"),
        count("it slipped"),
        count(" returned"),
    ]
}

#[test]
fn each_end_is_told_once_whatever_the_log_takes() {
    for (only, level) in [
        (&[][..], LevelFilter::Trace),
        (&[], LevelFilter::Debug),
        (&["coros::task", "coros::panic"], LevelFilter::Trace),
        (&["coros::task"], LevelFilter::Debug),
    ] {
        let lines = told_of(only, level, three_ends);
        assert_eq!(ends(&lines), [1; 4], "{only:?} at {level}: {lines:#?}");
    }
    // Then the turns tell all, but for what the panic hook says on standard error.
    let lines = told_of(&["coros::turn"], LevelFilter::Trace, three_ends);
    assert_eq!(ends(&lines), [1, 1, 0, 1], "{lines:#?}");
    let fell = lines.iter().filter(|line| line.text.contains("panicked"));
    assert_eq!(fell.count(), 1, "{lines:#?}");
}

#[test]
fn ends_outside_all_turns_are_told_at_trace_too() {
    let lines = told(LevelFilter::Trace, |sched| {
        let bell = WaitList::new();
        for name in ["left", "killed"] {
            let bell = bell.clone();
            let named = Builder::new().name(name);
            sched.spawn_with(named, move || call(Park(&bell))).unwrap();
        }
        sched.run().unwrap_err();
        let killed = sched.tasks().last().unwrap().tid;
        sched.kill(killed).unwrap();
    });
    let ended = ["task 2 'killed' was killed", "task 1 'left' was killed"];
    assert_eq!(of("coros::task", &lines)[2..], ended);
}

#[test]
fn the_log_has_a_target_for_each_kind_of_line() {
    let lines = told(LevelFilter::Trace, three_ends);
    for line in &lines {
        let target = match line.level {
            Level::Trace => "coros::turn",
            Level::Debug => "coros::task",
            _ => "coros::panic",
        };
        assert_eq!(line.target, target, "{line:?}");
    }
}

/// An observer, and a policy, that cannot do what it is there for.
struct Useless;

impl Observer for Useless {
    fn observe(&mut self, _: &Event) {
        panic!("blind");
    }
}

impl Policy for Useless {
    fn name(&self) -> Cow<'static, str> {
        "useless".into()
    }
    fn enqueue(&mut self, _: Tid, _: Runnable, _: Duration) {}
    fn dequeue(&mut self, _: Tid) {}
    fn pick(&mut self, _: Duration) -> Option<Pick> {
        None
    }
}

#[test]
fn trouble_has_a_target_for_each_kind_too() {
    let lines = told(LevelFilter::Info, |_| {
        let mut sched = Scheduler::builder()
            .clock(Clock::Virtual)
            .watchdog(Duration::ZERO)
            .policy(Useless)
            .observer(Useless)
            .build();
        let (one, two) = (Mutex::new(()), Mutex::new(()));
        for (first, then) in [(one.clone(), two.clone()), (two, one)] {
            sched.spawn(move || {
                let _held = first.lock().unwrap();
                yield_now();
                let _ = then.lock();
            });
        }
        sched.run().unwrap_err();
        let mut sched = Scheduler::builder().observer(Lints::new()).build();
        sched.spawn(|| drop(spawn(|| panic!("unseen"))));
        sched.run().unwrap();
    });
    for target in ["deadlock", "watchdog", "policy", "observer", "lint"] {
        let target = format!("coros::{target}");
        assert!(!of(&target, &lines).is_empty(), "no {target}: {lines:#?}");
    }
}

#[test]
fn turns_are_not_watched_for_a_log_that_does_not_take_them() {
    let lines = told_of(&["coros::task"], LevelFilter::Trace, bell_and_sleeper);
    assert_eq!(lines.len(), 4, "two births and two ends: {lines:?}");
    let lines = told_of(&["coros::turn"], LevelFilter::Trace, bell_and_sleeper);
    assert_eq!(lines.len(), 5, "the turns alone: {lines:?}");
}

#[test]
fn births_and_ends_are_told_at_debug() {
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
