//! Gantt charts as SVG.

mod frame;
mod lanes;
mod marks;

use svg::node::Node;
use svg::node::element::Rectangle;

use super::Size;
use super::shapes::{COLUMN, sheet, written};
use super::timeline::{Cpu, Lane, Timeline};
use super::words::{clipped, width};
use frame::Frame;

/// The top of the first lane.
const TOP: f64 = 74.0;
/// How high the band of a ready task is, and how dark; of a blocked one.
const READY: (f64, &str) = (8.0, "#b8b8b8");
const BLOCKED: (f64, &str) = (2.0, "#606060");
/// And of a stopped one.
const STOPPED: (f64, &str) = (5.0, "#202020");
/// How high a lane is, and how far the next is below.
const LANE: f64 = 20.0;
const PITCH: f64 = 26.0;
/// The room around the picture.
const MARGIN: f64 = 12.0;
/// The room between names and lanes.
const GAP: f64 = 8.0;
/// How many pieces of one pixel are drawn in all; where there would be more, they are made coarser.
const PIECES: f64 = 10_000.0;
/// Where arrows and marks are more than this, they are left out, for they would hide the rest.
const MARKS: usize = 400;

/// Draws a Gantt chart as SVG: a lane a CPU with the stays of tasks, then a lane a task, with bars where
/// it runs, bands where it is ready, and lines where it is blocked. Arrows go from wakers to the woken.
///
/// What is told of a piece is shown where the mouse rests on it. Pieces thinner than a pixel are put
/// together, so the picture is bounded however long the run was. The colours are those of Okabe and Ito
/// (Color Universal Design, 2002). The width is at least 480 pixels, and no more than 10,000.
///
/// ```
/// use std::time::Duration;
/// use coros::picture::{Size, Timeline, gantt_svg};
///
/// let ms = Duration::from_millis;
/// let timeline = Timeline::of_pieces([(ms(0), ms(10), 0, 1), (ms(10), ms(30), 0, 2)]);
/// let svg = gantt_svg(&timeline.named(1, "<main>"), &Size::page());
/// assert!(svg.contains("1 &lt;main&gt;"));
/// ```
#[must_use]
pub fn gantt_svg(timeline: &Timeline<'_>, size: &Size) -> String {
    let chart = Chart::of(timeline, size);
    let mut document = sheet((0.0, 0.0), (chart.width, chart.height()));
    let background = Rectangle::new()
        .set("width", "100%")
        .set("height", "100%")
        .set("fill", "#ffffff");
    document.append(background);
    frame::draw(&chart, &mut document);
    lanes::draw(&chart, &mut document);
    marks::draw(&chart, &mut document);
    written(&document)
}

/// What is drawn, and where.
struct Chart<'t> {
    timeline: &'t Timeline<'t>,
    cpus: &'t [Cpu],
    tasks: &'t [Lane<'t>],
    frame: Frame,
    width: f64,
}

impl<'t> Chart<'t> {
    fn of(timeline: &'t Timeline<'t>, size: &Size) -> Self {
        let pixels = size.width.clamp(480, 10_000) as f64;
        let cpus = &timeline.cpus[..timeline.cpus.len().min(size.lanes)];
        let tasks = &timeline.tasks[..timeline.tasks.len().min(size.lanes)];
        let most = (pixels / 4.0 / COLUMN) as usize;
        let titles = tasks
            .iter()
            .map(|lane| width(&clipped(&lane.title(), most)));
        let widest = titles.chain([10]).max().unwrap_or(10);
        let left = MARGIN + widest as f64 * COLUMN + GAP;
        Self {
            timeline,
            cpus,
            tasks,
            frame: Frame::of(timeline, left, pixels - 45.0),
            width: pixels,
        }
    }

    /// The top of a CPU's lane.
    fn cpu_top(&self, at: usize) -> f64 {
        TOP + at as f64 * PITCH
    }

    /// The top of a task's lane.
    fn task_top(&self, at: usize) -> f64 {
        let gap = if self.cpus.len() < self.timeline.cpus.len() {
            PITCH
        } else {
            10.0
        };
        self.cpu_top(self.cpus.len()) + gap + at as f64 * PITCH
    }

    /// Where the lanes end.
    fn bottom(&self) -> f64 {
        let gap = if self.tasks.len() < self.timeline.tasks.len() {
            PITCH
        } else {
            0.0
        };
        self.task_top(self.tasks.len()) + gap
    }

    fn height(&self) -> f64 {
        self.bottom() + 2.0 * PITCH + MARGIN
    }

    /// The shortest piece that is drawn for itself.
    fn least(&self) -> u64 {
        let lanes = (self.cpus.len() + self.tasks.len()) as f64;
        let plot = self.frame.right - self.frame.left;
        let pixels = (lanes * plot / PIECES).max(1.0);
        (self.timeline.span() as f64 * pixels / plot) as u64
    }
}
