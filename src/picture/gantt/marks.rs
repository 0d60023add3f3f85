//! What happened at one moment: wakes, signals, bad ends.

use svg::Document;
use svg::node::Node;
use svg::node::element::{Definitions, Group, Path, Title};

use super::{Chart, LANE, MARKS, TOP};
use crate::kernel::Exit;
use crate::picture::Arrow;
use crate::picture::axis::label;
use crate::picture::shapes::{DARK, cross, head, path, px};
use crate::picture::words::clipped;

pub(super) fn draw(chart: &Chart<'_>, document: &mut Document) {
    if chart.timeline.arrows.len() <= MARKS {
        arrows(chart, document);
    }
    bad_ends(chart, document);
    let shown = chart.timeline.marks.iter().take(MARKS);
    for mark in shown {
        let top = match mark.lane {
            Some(lane) if lane < chart.tasks.len() => chart.task_top(lane),
            Some(_) => continue,
            None => TOP,
        };
        let x = chart.frame.x(mark.at);
        let told = format!(
            "{} at {}",
            clipped(&mark.text, 300),
            label(chart.timeline.axis, mark.at)
        );
        let shape = format!("M{} {} l-4 -7 h8 z", px(x), px(top + 4.0));
        document.append(signed(told, path(shape).set("fill", DARK)));
    }
}

fn signed(told: String, shape: Path) -> Group {
    Group::new().add(Title::new(told)).add(shape)
}

fn arrows(chart: &Chart<'_>, document: &mut Document) {
    let tasks = chart.tasks.len();
    let is_seen = |arrow: &&Arrow| arrow.from.max(arrow.to) < tasks && arrow.from != arrow.to;
    let arrows: Vec<_> = chart.timeline.arrows.iter().filter(is_seen).collect();
    if !arrows.is_empty() {
        let shape = path("M0 0 L7 3.5 L0 7 z".to_owned()).set("fill", DARK);
        document.append(Definitions::new().add(head("head", shape, (7, 7), (7, 3.5))));
    }
    for arrow in arrows {
        let names = [arrow.from, arrow.to].map(|lane| clipped(&chart.tasks[lane].title(), 100));
        let at = label(chart.timeline.axis, arrow.at);
        let told = format!("{} wakes {} at {at}", names[0], names[1]);
        document.append(signed(told, line(chart, arrow)));
    }
}

/// From the middle of the waker's bar to the near edge of the woken one's.
fn line(chart: &Chart<'_>, arrow: &Arrow) -> Path {
    let x = chart.frame.x(arrow.at);
    let from = chart.task_top(arrow.from) + LANE / 2.0;
    let to = match arrow.from < arrow.to {
        true => chart.task_top(arrow.to),
        false => chart.task_top(arrow.to) + LANE,
    };
    path(format!("M{} {} V{}", px(x), px(from), px(to)))
        .set("fill", "none")
        .set("stroke", DARK)
        .set("marker-end", "url(#head)")
}

/// Crosses where tasks panicked or were killed.
fn bad_ends(chart: &Chart<'_>, document: &mut Document) {
    for (at, lane) in chart.tasks.iter().enumerate() {
        let Some((when, exit)) = lane.died.filter(|(_, exit)| **exit != Exit::Returned) else {
            continue;
        };
        let (x, y) = (chart.frame.x(when), chart.task_top(at) + LANE / 2.0);
        document.append(signed(clipped(&exit.to_string(), 300), cross(x, y)));
    }
}
