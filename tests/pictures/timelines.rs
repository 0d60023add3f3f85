//! A timeline says what the events say, whatever tells them.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer};
use coros::picture::{Axis, Doing, Size, Timeline, gantt_svg, gantt_text};
use coros::syscall::{Block, Compute, Sleep};
use coros::{Builder, Clock, Scheduler, call, yield_now};
use serde_json::json;

#[derive(Default)]
struct All(Vec<Event>);

impl Observer for All {
    fn observe(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Runs tasks in virtual time; gives what is told.
fn told(tasks: Vec<Box<dyn FnOnce()>>) -> Vec<Event> {
    let all = Rc::new(RefCell::new(All::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .observer(Rc::clone(&all))
        .build();
    for task in tasks {
        sched.spawn(task);
    }
    sched.run().unwrap();
    let all = all.borrow();
    all.0.clone()
}

/// What a task did, with lengths in milliseconds.
fn did(timeline: &Timeline<'_>, lane: usize) -> Vec<(Doing, u64)> {
    let pieces = timeline.tasks[lane].pieces.iter();
    let long = pieces.filter(|piece| piece.length() > 0);
    long.map(|piece| (piece.doing, piece.length() / 1_000_000))
        .collect()
}

#[test]
fn a_sleep_is_blocked_though_cpus_are_simulated_only_later() {
    let events = told(vec![
        Box::new(|| call(Sleep(ms(3))).unwrap()),
        Box::new(|| call(Compute(ms(10))).unwrap()),
    ]);
    let timeline = Timeline::of(&events);
    assert_eq!(timeline.axis, Axis::Time);
    assert_eq!(did(&timeline, 0), [(Doing::Blocked, 3), (Doing::Ready, 7)]);
    assert_eq!(did(&timeline, 1), [(Doing::Running(0), 10)]);
}

#[test]
fn turns_are_counted_where_time_stands_still() {
    let events = told(vec![Box::new(yield_now), Box::new(yield_now)]);
    let timeline = Timeline::of(&events);
    assert_eq!(
        (timeline.axis, timeline.begin, timeline.end),
        (Axis::Turns, 0, 4)
    );
    let first: Vec<_> = timeline.tasks[0]
        .pieces
        .iter()
        .map(|piece| (piece.from, piece.doing))
        .collect();
    assert_eq!(
        first,
        [
            (0, Doing::Running(0)),
            (1, Doing::Ready),
            (2, Doing::Running(0))
        ]
    );
    for picture in [
        gantt_text(&timeline, &Size::terminal()),
        gantt_svg(&timeline, &Size::page()),
    ] {
        assert!(picture.contains("the axis counts turns"), "{picture}");
    }
}

#[test]
fn turns_that_take_time_are_the_pieces() {
    let events = told(vec![
        Box::new(|| call(Block(ms(10)))),
        Box::new(|| call(Block(ms(5)))),
    ]);
    let timeline = Timeline::of(&events);
    assert_eq!(timeline.axis, Axis::Time);
    assert_eq!(
        did(&timeline, 0),
        [(Doing::Running(0), 10), (Doing::Ready, 5)]
    );
    assert_eq!(
        did(&timeline, 1),
        [(Doing::Ready, 10), (Doing::Running(0), 5)]
    );
}

#[test]
fn a_task_that_arrives_late_is_not_there_before() {
    let all = Rc::new(RefCell::new(All::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .observer(Rc::clone(&all))
        .build();
    sched.spawn(|| call(Compute(ms(10))).unwrap());
    let late = Builder::new().arrival(ms(7));
    sched
        .spawn_with(late, || call(Compute(ms(2))).unwrap())
        .unwrap();
    sched.run().unwrap();
    let timeline_of = &all.borrow().0;
    let timeline = Timeline::of(timeline_of);
    assert_eq!(timeline.tasks[1].born, Some(7_000_000));
    assert_eq!(
        did(&timeline, 1),
        [(Doing::Ready, 3), (Doing::Running(0), 2)]
    );
}

#[test]
fn arrows_go_from_wakers_to_the_woken() {
    let bell = coros::sync::Event::new();
    let rung = bell.clone();
    let events = told(vec![
        Box::new(move || bell.wait().unwrap()),
        Box::new(move || rung.set()),
    ]);
    let timeline = Timeline::of(&events);
    let arrows: Vec<_> = timeline
        .arrows
        .iter()
        .map(|arrow| (arrow.from, arrow.to))
        .collect();
    assert_eq!(arrows, [(1, 0)]);
    assert!(gantt_svg(&timeline, &Size::page()).contains("2 wakes 1 at 2"));
}

#[test]
fn counters_count_the_ready_the_living_and_what_is_queued() {
    let (tx, rx) = coros::channel::unbounded();
    let events = told(vec![
        Box::new(move || (0..3).for_each(|item| tx.send(item).unwrap())),
        Box::new(move || while rx.recv().is_ok() {}),
    ]);
    let timeline = Timeline::of(&events);
    let most = |name: &str| {
        let counter = timeline
            .counters
            .iter()
            .find(|counter| counter.name.starts_with(name));
        counter.and_then(|counter| counter.points.iter().map(|point| point.1).max())
    };
    assert_eq!(most("tasks ready"), Some(1), "while the other one runs");
    assert_eq!(most("tasks alive"), Some(2));
    assert_eq!(most("length of"), Some(3), "{:?}", timeline.counters);
    let last = timeline.counters[1].points.last().unwrap();
    assert_eq!(last.1, 0, "all have ended");
}

#[test]
fn adjacent_stays_of_a_task_are_one_on_its_cpu() {
    let pieces = [(0, 2, 1), (2, 4, 1), (4, 6, 2), (7, 9, 2)];
    let pieces = pieces.map(|(from, till, task)| (ms(from), ms(till), 0, task));
    let timeline = Timeline::of_pieces(pieces);
    let stays: Vec<_> = timeline.cpus[0]
        .stays
        .iter()
        .map(|stay| (stay.from, stay.till))
        .collect();
    assert_eq!(
        stays,
        [
            (0, 4_000_000),
            (4_000_000, 6_000_000),
            (7_000_000, 9_000_000)
        ]
    );
    let idle: Vec<_> = timeline.cpus[0].idle(0, 9_000_000).collect();
    assert_eq!(idle, [(6_000_000, 7_000_000)]);
}

#[test]
fn what_contradicts_is_cut() {
    let slice = |from: u64, till: u64, tid: u64| json!({ "slice": { "from": from, "time": till, "tid": tid, "cpu": 0, "why": "answered" } });
    let told = [
        slice(0, 10, 1),
        slice(5, 8, 2),
        slice(7, 15, 2),
        slice(9, 3, 1),
    ];
    let events: Vec<Event> = told
        .map(|event| serde_json::from_value(event).unwrap())
        .into();
    let timeline = Timeline::of(&events);
    let stays: Vec<_> = timeline.cpus[0]
        .stays
        .iter()
        .map(|stay| (stay.from, stay.till))
        .collect();
    assert_eq!(stays, [(0, 10), (10, 15)]);
}

#[test]
fn tasks_for_which_there_is_no_room_are_counted() {
    let pieces = (0..20).map(|task| (ms(task), ms(task + 1), 0, task));
    let timeline = Timeline::of_pieces(pieces);
    let size = Size::terminal().lanes(3);
    for picture in [gantt_text(&timeline, &size), gantt_svg(&timeline, &size)] {
        assert!(picture.contains("… and 17 more tasks"), "{picture}");
    }
}

#[test]
fn a_stopped_task_is_drawn_as_stopped() {
    use coros::signal::{Signal, kill};
    let events = told(vec![Box::new(|| {
        let worker = coros::spawn(|| {
            call(Sleep(ms(5))).unwrap();
            call(Compute(ms(10))).unwrap();
        });
        call(Sleep(ms(4))).unwrap();
        kill(worker.tid(), Signal::Tstp).unwrap();
        call(Sleep(ms(20))).unwrap();
        kill(worker.tid(), Signal::Cont).unwrap();
    })]);
    let timeline = Timeline::of(&events);
    let expected = [
        (Doing::Blocked, 4),
        (Doing::Stopped, 20),
        (Doing::Running(0), 10),
    ];
    assert_eq!(did(&timeline, 1), expected);
    let text = gantt_text(&timeline, &Size::terminal());
    assert!(text.contains("= is stopped"), "{text}");
    assert!(gantt_svg(&timeline, &Size::page()).contains("stopped, 4ms to 24ms"));
}

#[test]
fn a_task_whose_work_is_done_is_not_drawn_as_ready() {
    let job = || {
        call(Compute(ms(10))).unwrap();
        call(coros::syscall::Now);
    };
    let events = told(vec![Box::new(job), Box::new(job), Box::new(job)]);
    let timeline = Timeline::of(&events);
    for (lane, waits) in [(0, 0), (1, 10), (2, 20)] {
        let mut did = did(&timeline, lane);
        if waits > 0 {
            assert_eq!(did.remove(0), (Doing::Ready, waits));
        }
        assert_eq!(did, [(Doing::Running(0), 10)], "lane {lane}");
    }
    let last = timeline.tasks[0].pieces.last().unwrap();
    assert_eq!(
        (last.from, last.length()),
        (30_000_000, 0),
        "it returned then"
    );
}

#[test]
fn a_task_that_runs_for_a_small_part_of_each_column_is_seen_to_run() {
    let all = Rc::new(RefCell::new(All::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .policy(coros::policy::RoundRobin::new(ms(1)))
        .observer(Rc::clone(&all))
        .build();
    // Each has a fortieth of the time: 1 ms of each 40 ms, which is less than a column.
    for _ in 0..40 {
        sched.spawn(|| call(Compute(ms(100))).unwrap());
    }
    sched.run().unwrap();
    let all = all.borrow();
    let timeline = Timeline::of(&all.0);
    let text = gantt_text(&timeline, &Size::terminal());
    let rows: Vec<_> = text.lines().skip(3).take(40).collect();
    for row in &rows {
        let cells: String = row.chars().skip(7).collect();
        let ran = cells.matches('▒').count();
        assert!(ran > 60 && !cells.contains('█'), "{text}");
    }
    assert!(text.contains("▒ runs for a part of that time"), "{text}");
    let svg = gantt_svg(&timeline, &Size::page());
    assert!(svg.contains("fill-opacity"));
    assert!(svg.contains("mostly ready, running for"));
}
