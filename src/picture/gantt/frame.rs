//! What stands around the lanes: the caption, the axis, the names, and what the signs mean.

use svg::Document;
use svg::node::Node;
use svg::node::element::{Group, Line, Title};

use super::{BLOCKED, Chart, GAP, LANE, MARGIN, MARKS, PITCH, READY, STOPPED, TOP};
use crate::picture::axis::{ROUND, label, round_up, ticks};
use crate::picture::colours::fill;
use crate::picture::shapes::{COLUMN, bar, cross, px, words};
use crate::picture::sheet::{caption, rest, warning};
use crate::picture::timeline::{Doing, Lane, Timeline};
use crate::picture::words::{clean, clipped, width};

const GREY: &str = "#555555";

/// Where positions are, in pixels.
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    begin: u64,
    span: u64,
}

impl Frame {
    pub(super) fn of(timeline: &Timeline<'_>, left: f64, right: f64) -> Self {
        Self {
            left,
            right,
            begin: timeline.begin,
            span: timeline.span().max(1),
        }
    }

    /// Where a position is.
    pub(super) fn x(&self, at: u64) -> f64 {
        let share = at.saturating_sub(self.begin) as f64 / self.span as f64;
        px(self.left + share * (self.right - self.left))
    }
}

pub(super) fn draw(chart: &Chart<'_>, document: &mut Document) {
    let room = ((chart.width - 2.0 * MARGIN) / COLUMN) as usize;
    let title = words(MARGIN, 22.0, &clipped(&caption(chart.timeline), room));
    document.append(title.set("font-weight", "bold"));
    if let Some(warning) = warning(chart.timeline) {
        document.append(words(MARGIN, 40.0, &clipped(warning, room)).set("fill", GREY));
    }
    axis(chart, document);
    names(chart, document);
    legend(chart, document, room);
}

/// Round numbers, and lines down from them.
fn axis(chart: &Chart<'_>, document: &mut Document) {
    let (frame, timeline) = (&chart.frame, chart.timeline);
    let longest = label(timeline.axis, timeline.end)
        .len()
        .max(label(timeline.axis, timeline.begin).len());
    let room = (longest + 4) as f64 * COLUMN;
    let count = ((frame.right - frame.left) / room).max(1.0);
    let step = round_up((timeline.span() as f64 / count).ceil() as u64, ROUND);
    let mut free = 0.0;
    for at in ticks(timeline.begin, timeline.end, step) {
        let (x, text) = (frame.x(at), label(timeline.axis, at));
        let half = width(&text) as f64 * COLUMN / 2.0;
        document.append(line((x, TOP - 10.0), (x, chart.bottom())).set("stroke", "#dddddd"));
        if x - half > free && x + half < chart.width {
            document.append(words(x, TOP - 14.0, &text).set("text-anchor", "middle"));
            free = x + half + COLUMN;
        }
    }
}

fn line(from: (f64, f64), to: (f64, f64)) -> Line {
    Line::new()
        .set("x1", px(from.0))
        .set("y1", px(from.1))
        .set("x2", px(to.0))
        .set("y2", px(to.1))
}

fn names(chart: &Chart<'_>, document: &mut Document) {
    let room = ((chart.frame.left - MARGIN - GAP) / COLUMN) as usize;
    let base = LANE / 2.0 + 4.0;
    for (at, cpu) in chart.cpus.iter().enumerate() {
        document.append(words(
            MARGIN,
            chart.cpu_top(at) + base,
            &format!("CPU {}", cpu.number),
        ));
    }
    for (at, lane) in chart.tasks.iter().enumerate() {
        let name = words(
            MARGIN,
            chart.task_top(at) + base,
            &clipped(&lane.title(), room),
        );
        document.append(Group::new().add(Title::new(life(chart, lane))).add(name));
    }
    let (cpus, tasks) = (chart.cpus.len(), chart.tasks.len());
    let more = [
        (
            chart.cpu_top(cpus),
            rest(chart.timeline.cpus.len(), cpus, "CPU"),
        ),
        (
            chart.task_top(tasks),
            rest(chart.timeline.tasks.len(), tasks, "task"),
        ),
    ];
    for (top, more) in more {
        if let Some(more) = more {
            document.append(words(MARGIN, top + base, &more).set("fill", GREY));
        }
    }
}

/// The name in full, and from when to when it lived.
fn life(chart: &Chart<'_>, lane: &Lane<'_>) -> String {
    let axis = chart.timeline.axis;
    let mut life = clipped(&lane.title(), 200);
    if let Some(at) = lane.born {
        life += &format!("; came at {}", label(axis, at));
    }
    if let Some((at, exit)) = lane.died {
        let how = clipped(&clean(&exit.to_string()), 200);
        life += &format!("; {how} at {}", label(axis, at));
    }
    life
}

/// What the signs mean, and how many are left out.
fn legend(chart: &Chart<'_>, document: &mut Document, room: usize) {
    let top = chart.bottom() + 14.0;
    let mut x = MARGIN;
    let mut sign = |height: f64, fill: &str, meaning: &str| {
        let swatch = bar(x, top + (LANE - height) / 2.0, 22.0, height).set("fill", fill);
        document.append(swatch);
        document.append(words(x + 28.0, top + LANE / 2.0 + 4.0, meaning));
        x += 28.0 + (width(meaning) + 3) as f64 * COLUMN;
    };
    sign(LANE, fill(0), "running");
    sign(READY.0, READY.1, "ready");
    sign(BLOCKED.0, BLOCKED.1, "blocked");
    let mut pieces = chart.tasks.iter().flat_map(|lane| &lane.pieces);
    if pieces.any(|piece| piece.doing == Doing::Stopped) {
        sign(STOPPED.0, STOPPED.1, "stopped");
    }
    let cross = cross(x + 11.0, top + LANE / 2.0);
    document.append(cross);
    document.append(words(
        x + 28.0,
        top + LANE / 2.0 + 4.0,
        "killed or panicked",
    ));
    let arrows = chart.timeline.arrows.len();
    let text = match arrows {
        0..=MARKS => "arrows go from wakers to the woken".to_owned(),
        _ => format!("{arrows} wakes, too many to draw"),
    };
    document.append(words(
        MARGIN,
        top + PITCH + LANE / 2.0 + 4.0,
        &clipped(&text, room),
    ));
}
