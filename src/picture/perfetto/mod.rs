//! Traces for the viewers ui.perfetto.dev and chrome://tracing.

mod json;
mod tracks;

use super::timeline::{Axis, Timeline};
use json::{Fields, list};

/// Tracks of CPUs and of tasks stand under two headings, as processes do.
const CPUS: usize = 1;
const TASKS: usize = 2;

/// Writes a timeline as a trace: open it in ui.perfetto.dev or chrome://tracing.
///
/// There is a track for each CPU and for each task. A task's stays carry what it asked for and was
/// answered, the place of the call, and why it was picked; flows go from wakers to the woken, counters
/// count the ready, the living and what is queued. Where the axis counts turns, a turn lasts a microsecond.
/// (The format is Google's Trace Event Format, in its JSON form.)
///
/// ```
/// use std::time::Duration;
/// use coros::picture::{Timeline, perfetto};
///
/// let ms = Duration::from_millis;
/// let timeline = Timeline::of_pieces([(ms(0), ms(10), 0, 1), (ms(10), ms(30), 0, 2)]);
/// let trace: serde_json::Value = serde_json::from_str(&perfetto(&timeline)).unwrap();
/// let stays = trace["traceEvents"].as_array().unwrap().iter();
/// assert_eq!(stays.filter(|event| event["cat"] == "stay").count(), 2);
/// ```
#[must_use]
pub fn perfetto(timeline: &Timeline<'_>) -> String {
    let mut events = Vec::new();
    for (pid, name) in [(CPUS, "CPUs"), (TASKS, "tasks")] {
        events.push(named("process_name", pid, 0, name));
        events.push(sorted("process_sort_index", pid, 0, pid));
    }
    tracks::cpus(timeline, &mut events);
    tracks::tasks(timeline, &mut events);
    counters(timeline, &mut events);
    let mut whole = Fields::new();
    whole.raw("traceEvents", &list(&events));
    whole.text("displayTimeUnit", "ns");
    whole.raw("otherData", &about(timeline));
    whole.close() + "\n"
}

/// What is known of the whole.
fn about(timeline: &Timeline<'_>) -> String {
    let mut about = Fields::new();
    let axis = match timeline.axis {
        Axis::Time => "time since the scheduler's start",
        Axis::Turns => "turns: time stood still in each, so one is drawn as a microsecond",
    };
    about.text("axis", axis);
    if let Some(start) = timeline.start {
        about.text("clock", &start.clock);
        about.text("policy", &start.policy);
        // As text: a number as large would be rounded.
        about.text("seed", &start.seed.to_string());
    }
    about.close()
}

/// The beginning of every event. Viewers want a name.
fn event(phase: &str, name: &str, pid: usize, tid: usize) -> Fields {
    let mut fields = Fields::new();
    fields.text("ph", phase);
    fields.text("name", if name.is_empty() { "unnamed" } else { name });
    fields.raw("pid", &pid.to_string());
    fields.raw("tid", &tid.to_string());
    fields
}

fn named(what: &str, pid: usize, tid: usize, name: &str) -> String {
    let mut args = Fields::new();
    args.text("name", name);
    let mut fields = event("M", what, pid, tid);
    fields.raw("args", &args.close());
    fields.close()
}

fn sorted(what: &str, pid: usize, tid: usize, place: usize) -> String {
    let mut args = Fields::new();
    args.raw("sort_index", &place.to_string());
    let mut fields = event("M", what, pid, tid);
    fields.raw("args", &args.close());
    fields.close()
}

/// A position in microseconds, to the nanosecond.
fn micros(axis: Axis, at: u64) -> String {
    match (axis, at % 1000) {
        (Axis::Turns, _) => at.to_string(),
        (Axis::Time, 0) => (at / 1000).to_string(),
        (Axis::Time, rest) => format!("{}.{rest:03}", at / 1000),
    }
}

fn counters(timeline: &Timeline<'_>, events: &mut Vec<String>) {
    let mut track = Vec::new();
    for counter in &timeline.counters {
        for (at, value) in &counter.points {
            let mut args = Fields::new();
            args.raw("value", &value.to_string());
            let mut fields = event("C", &counter.name, TASKS, 0);
            fields.raw("ts", &micros(timeline.axis, *at));
            fields.raw("args", &args.close());
            track.push((*at, fields.close()));
        }
    }
    track.sort_by_key(|(at, _)| *at);
    events.extend(track.into_iter().map(|(_, told)| told));
}
