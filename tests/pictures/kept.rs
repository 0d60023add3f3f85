//! Pictures of small programs are as they are kept, byte for byte, and as their formats want them.
//!
//! With `COROS_PICTURES=write` they are written anew: look at them then.

use std::fs;
use std::path::Path;

use coros::kernel::Event;
use coros::picture::{Axis, Doing, Size, Timeline, WaitGraph};
use coros::picture::{gantt_svg, gantt_text, perfetto, wait_graph};

use crate::programs::{self, ms};
use crate::{dot, trace, xml};

/// Compares a picture with the one that is kept.
fn compare(name: &str, picture: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures/golden");
    let path = folder.join(name);
    if std::env::var_os("COROS_PICTURES").is_some_and(|wish| wish == "write") {
        fs::create_dir_all(folder).unwrap();
        fs::write(&path, picture).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == picture,
        "{name} differs from the one that is kept; it is now:\n{picture}"
    );
}

fn compare_all(name: &str, events: &[Event]) {
    let timeline = Timeline::of(events);
    let text = gantt_text(&timeline, &Size::terminal());
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    compare(&format!("{name}.txt"), &text);
    let svg = gantt_svg(&timeline, &Size::page());
    xml::elements(&svg);
    compare(&format!("{name}.svg"), &svg);
    let written = perfetto(&timeline);
    trace::check(&written);
    compare(&format!("{name}.json"), &written);
    let graph = wait_graph(events);
    let (labels, edges) = dot::read(&graph.dot());
    assert_eq!(
        (labels.len(), edges.len()),
        (graph.nodes.len(), graph.edges.len())
    );
    compare(&format!("{name}.waits.dot"), &graph.dot());
    xml::elements(&graph.svg());
    compare(&format!("{name}.waits.svg"), &graph.svg());
}

#[test]
fn three_jobs_on_a_cpu_are_drawn_as_they_were() {
    compare_all("three_jobs", &programs::three_jobs());
}

#[test]
fn readers_on_two_cpus_are_drawn_as_they_were() {
    compare_all("readers", &programs::readers());
}

#[test]
fn a_deadlock_is_drawn_as_it_was() {
    compare_all("philosophers", &programs::philosophers());
}

#[test]
fn pictures_of_a_recording_are_those_of_the_run() {
    for events in [programs::readers(), programs::philosophers()] {
        let lines = events
            .iter()
            .map(|event| serde_json::to_string(event).unwrap());
        let read: Vec<Event> = lines
            .map(|line| serde_json::from_str(&line).unwrap())
            .collect();
        let (live, later) = (Timeline::of(&events), Timeline::of(&read));
        assert_eq!(perfetto(&live), perfetto(&later));
        assert_eq!(wait_graph(&events), wait_graph(&read));
    }
}

#[test]
fn a_task_has_as_much_of_the_cpu_as_it_asked_for() {
    let events = programs::three_jobs();
    let timeline = Timeline::of(&events);
    assert_eq!(
        (timeline.axis, timeline.begin, timeline.end),
        (Axis::Time, 0, 95_000_000)
    );
    let used = timeline.tasks.iter().map(|lane| {
        let running = lane
            .pieces
            .iter()
            .filter(|piece| matches!(piece.doing, Doing::Running(0)));
        running.map(|piece| piece.length()).sum::<u64>() / 1_000_000
    });
    assert_eq!(used.collect::<Vec<_>>(), [0, 50, 15, 30]);
    assert_eq!(
        timeline.cpus[0].idle(timeline.begin, timeline.end).count(),
        0
    );
}

#[test]
fn a_blocked_piece_tells_what_it_is_blocked_on() {
    let events = programs::readers();
    let timeline = Timeline::of(&events);
    let blocked = timeline.tasks[1]
        .pieces
        .iter()
        .filter_map(|piece| piece.on());
    let blocked: Vec<_> = blocked.take(2).collect();
    assert_eq!(blocked, ["semaphore 'disk'", "Sleep(9ms)"]);
}

#[test]
fn a_deadlock_is_a_cycle_of_tasks_and_locks() {
    let graph = wait_graph(&programs::philosophers());
    let on_cycle = graph.nodes.iter().filter(|node| node.in_cycle);
    assert_eq!(on_cycle.count(), 6, "three tasks, three forks");
    assert_eq!(graph.waiters(), 4);
}

#[test]
fn waits_are_known_at_any_time() {
    let events = programs::readers();
    let at = |time| {
        let graph = WaitGraph::at(&events, ms(time));
        let label = |at: usize| graph.nodes[at].label.clone();
        let edges = graph.edges.iter();
        edges
            .map(|edge| (label(edge.from), label(edge.to)))
            .collect::<Vec<_>>()
    };
    let disk = "semaphore 'disk'".to_owned();
    let edges = at(10);
    assert!(
        edges.contains(&("2 reader <1>".to_owned(), disk.clone())),
        "{edges:?}"
    );
    assert!(
        edges.contains(&(disk, "3 reader & \"2\"".to_owned())),
        "{edges:?}"
    );
    assert!(at(1000).is_empty() && wait_graph(&events).edges.is_empty());
}

#[test]
fn whoever_is_killed_when_a_stuck_run_is_given_up_waited_before() {
    let mut events = programs::philosophers();
    let before = wait_graph(&events);
    for tid in 2..=5 {
        let death = serde_json::json!({ "death": { "time": 0, "tid": tid, "exit": "killed" } });
        events.push(serde_json::from_value(death).unwrap());
    }
    assert_eq!(wait_graph(&events), before);
}
