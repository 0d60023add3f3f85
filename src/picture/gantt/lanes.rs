//! The lanes themselves: what each CPU and each task did.

use svg::Document;
use svg::node::Node;
use svg::node::element::{Group, Title};

use super::{BLOCKED, Chart, LANE, READY, STOPPED};
use crate::kernel::Step;
use crate::picture::colours::{fill, ink};
use crate::picture::resample::{Drawn, thinned};
use crate::picture::shapes::{COLUMN, bar, words};
use crate::picture::sheet::{asked, stretch};
use crate::picture::timeline::{Cpu, Doing, Lane};
use crate::picture::words::{clipped, width};

/// What stands for running among the keys of pieces; then come ready, blocked and stopped.
const RUNNING: usize = 0;

pub(super) fn draw(chart: &Chart<'_>, document: &mut Document) {
    for (at, cpu) in chart.cpus.iter().enumerate() {
        draw_cpu(chart, document, cpu, chart.cpu_top(at));
    }
    for (at, lane) in chart.tasks.iter().enumerate() {
        draw_task(chart, document, at, lane);
    }
}

fn draw_cpu(chart: &Chart<'_>, document: &mut Document, cpu: &Cpu, top: f64) {
    let stays = cpu
        .stays
        .iter()
        .map(|stay| (stay.from, stay.till, stay.lane));
    for drawn in thinned(stays, chart.least()) {
        let lane = &chart.timeline.tasks[drawn.key];
        let name = clipped(&lane.title(), 100);
        let told = format!("{}: {}{}", name, when(chart, &drawn), others(drawn.count));
        let (x, wide) = place(chart, &drawn);
        let mut group = Group::new().add(Title::new(told)).add(
            bar(x, top, wide, LANE)
                .set("fill", fill(drawn.key))
                .set("stroke", "#ffffff")
                .set("stroke-width", 0.5),
        );
        let room = ((wide - 4.0) / COLUMN).max(0.0) as usize;
        let label = clipped(&lane.title(), room);
        if room > 2 || width(&lane.title()) <= room {
            let text = words(x + wide / 2.0, top + LANE / 2.0 + 4.0, &label);
            group.append(
                text.set("text-anchor", "middle")
                    .set("fill", ink(drawn.key)),
            );
        }
        document.append(group);
    }
}

fn draw_task(chart: &Chart<'_>, document: &mut Document, at: usize, lane: &Lane<'_>) {
    let pieces = lane.pieces.iter().map(|piece| {
        let order = match piece.doing {
            Doing::Running(_) => RUNNING,
            Doing::Ready => 1,
            Doing::Blocked => 2,
            Doing::Stopped => 3,
        };
        (piece.from, piece.till, order)
    });
    for drawn in thinned(pieces, chart.least()) {
        let (height, colour) = [(LANE, fill(at)), READY, BLOCKED, STOPPED][drawn.key];
        let (x, wide) = place(chart, &drawn);
        let shape = |height| bar(x, chart.task_top(at) + (LANE - height) / 2.0, wide, height);
        let told = told(chart, lane, &drawn);
        let mut group = Group::new().add(Title::new(told));
        let ran = drawn.share(RUNNING);
        let is_shaded = drawn.count > 1 && ran > 0.0;
        if !is_shaded || drawn.key != RUNNING {
            group.append(shape(height).set("fill", colour));
        }
        if is_shaded {
            // However short it ran, it is seen: the paler, the less.
            let shade = (ran.max(0.2) * 100.0).round() / 100.0;
            let shape = shape(LANE).set("fill", fill(at));
            group.append(shape.set("fill-opacity", shade));
        }
        document.append(group);
    }
}

/// Where a piece is, and how wide: what takes no time is seen too.
fn place<K>(chart: &Chart<'_>, drawn: &Drawn<K>) -> (f64, f64) {
    let (from, till) = (chart.frame.x(drawn.from), chart.frame.x(drawn.till));
    (from, (till - from).max(1.0))
}

fn when<K>(chart: &Chart<'_>, drawn: &Drawn<K>) -> String {
    stretch(chart.timeline.axis, drawn.from, drawn.till)
}

fn others(count: usize) -> String {
    match count {
        1 => String::new(),
        count => format!("; {count} pieces in all"),
    }
}

/// All that is known of a task's piece, in words.
fn told(chart: &Chart<'_>, lane: &Lane<'_>, drawn: &Drawn<usize>) -> String {
    let piece = &lane.pieces[drawn.first];
    let title = clipped(&lane.title(), 100);
    let when = when(chart, drawn);
    if drawn.count > 1 {
        let mostly = ["running", "ready", "blocked", "stopped"][drawn.key];
        let ran = match drawn.share(RUNNING) * 100.0 {
            ran if ran > 0.0 && drawn.key != RUNNING => format!(", running for {ran:.1} %"),
            _ => String::new(),
        };
        return format!(
            "{title}: mostly {mostly}{ran}, {when}{}",
            others(drawn.count)
        );
    }
    let mut told = match piece.doing {
        Doing::Running(cpu) => format!("{title}: running on CPU {cpu}, {when}"),
        Doing::Ready => format!("{title}: ready, {when}"),
        Doing::Blocked => match piece.on() {
            Some(on) => format!("{title}: blocked on {}, {when}", clipped(on, 200)),
            None => format!("{title}: blocked, {when}"),
        },
        Doing::Stopped => format!("{title}: stopped, {when}"),
    };
    let why = piece.picked.map(|step: &Step| &*step.why);
    if let Some(why) = why.filter(|why| !why.is_empty()) {
        told += &format!("; picked: {}", clipped(why, 200));
    }
    if let Some(step) = piece.asked {
        told += &format!("; {}", asked(step));
    }
    told
}
