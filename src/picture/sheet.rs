//! What stands on every chart beside the lanes.

use super::axis::{label, length};
use super::timeline::{Axis, Timeline};
use super::words::clipped;
use crate::kernel::{Did, Step};

/// What is drawn, in a line.
pub(super) fn caption(timeline: &Timeline<'_>) -> String {
    let tasks = counted(timeline.tasks.len(), "task");
    let cpus = counted(timeline.cpus.len(), "CPU");
    let from = label(timeline.axis, timeline.begin);
    let till = label(timeline.axis, timeline.end);
    let extent = match timeline.axis {
        Axis::Time => format!("{from} to {till}"),
        Axis::Turns => format!("turns {from} to {till}"),
    };
    let policy = timeline.start.map_or(String::new(), |start| {
        format!("{}: ", clipped(&start.policy, 30))
    });
    format!("{policy}{tasks} on {cpus}, {extent}")
}

/// Where the axis counts turns, it must be told.
pub(super) fn warning(timeline: &Timeline<'_>) -> Option<&'static str> {
    (timeline.axis == Axis::Turns)
        .then_some("Time stood still in each turn, so the axis counts turns.")
}

/// What is not drawn for want of room.
pub(super) fn rest(count: usize, shown: usize, what: &str) -> Option<String> {
    let more = count.checked_sub(shown).filter(|more| *more > 0)?;
    Some(format!("… and {more} more {what}{}", plural(more)))
}

/// A stretch, in words.
pub(super) fn stretch(axis: Axis, from: u64, till: u64) -> String {
    let (left, right) = (label(axis, from), label(axis, till));
    format!("{left} to {right} ({})", length(axis, till - from))
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", plural(count))
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// What a task did in a turn, in words.
pub(super) fn asked(step: &Step) -> String {
    let cut = |text: &str| clipped(text, 200);
    let mut told = match &step.did {
        Did::Asked(call, reply) if reply.is_empty() => format!("asked {}", cut(call)),
        Did::Asked(call, reply) => format!("asked {} -> {}", cut(call), cut(reply)),
        Did::Waits(call) => format!("waits in {}", cut(call)),
        Did::Computes(call) => format!("computes in {}", cut(call)),
        Did::Ended(exit) => cut(&exit.to_string()),
    };
    if let Some(place) = &step.place {
        told += &format!(" at {}", cut(&place.to_string()));
    }
    told
}
