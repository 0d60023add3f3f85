//! Line charts, as SVG.

use svg::Document;
use svg::node::element::{Circle, Line as Stroke, Polyline, Rectangle, Text};

/// Curves with their axes, of which the one across is logarithmic.
pub struct Chart {
    pub title: &'static str,
    pub across: &'static str,
    pub up: Scale,
    pub curves: Vec<Curve>,
}

/// How an axis is divided.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// From zero on, in steps of one length.
    Linear,
    Logarithmic,
}

/// What one subject did; its points from left to right.
pub struct Curve {
    pub name: &'static str,
    pub colour: &'static str,
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
/// Where the curves are: from the left, from the top, to the right and to the bottom.
const LEFT: f64 = 70.0;
const TOP: f64 = 46.0;
const RIGHT: f64 = WIDTH - 90.0;
const BOTTOM: f64 = HEIGHT - 52.0;
/// How far apart names are at least.
const PITCH: f64 = 15.0;

const INK: &str = "#202020";
const GRID: &str = "#dcdcdc";

/// Draws a chart; the background is its own, so it is read on dark pages too.
pub fn draw(chart: &Chart) -> String {
    let axes = Axes::of(chart);
    let mut document = Document::new()
        .set("xmlns", "http://www.w3.org/2000/svg")
        .set("viewBox", (0, 0, WIDTH, HEIGHT))
        .set("font-family", "Helvetica, Arial, DejaVu Sans, sans-serif")
        .set("font-size", 13)
        .add(
            Rectangle::new()
                .set("width", WIDTH)
                .set("height", HEIGHT)
                .set("rx", 6)
                .set("fill", "#ffffff"),
        )
        .add(words(LEFT, 26.0, chart.title).set("font-weight", "bold"))
        .add(words((LEFT + RIGHT) / 2.0, HEIGHT - 12.0, chart.across).set("text-anchor", "middle"));
    for &mark in &axes.up.marks {
        let y = axes.y(mark);
        document = document
            .add(stroke((LEFT, y), (RIGHT, y)))
            .add(words(LEFT - 8.0, y + 4.0, &grouped(mark)).set("text-anchor", "end"));
    }
    for &mark in &axes.across.marks {
        let x = axes.x(mark);
        document = document
            .add(stroke((x, TOP), (x, BOTTOM)))
            .add(words(x, BOTTOM + 18.0, &grouped(mark)).set("text-anchor", "middle"));
    }
    // The first one last, so that it lies above the others.
    for (at, curve) in chart.curves.iter().enumerate().rev() {
        let width = if at == 0 { 3.0 } else { 1.5 };
        document = draw_curve(document, &axes, curve, width);
    }
    for (curve, (x, y)) in names(&chart.curves, &axes) {
        document = document.add(words(x, y, curve.name).set("fill", curve.colour));
    }
    format!("{document}\n")
}

fn draw_curve(mut document: Document, axes: &Axes, curve: &Curve, width: f64) -> Document {
    let places: Vec<_> = curve
        .points
        .iter()
        .map(|&point| axes.place(point))
        .collect();
    let line: Vec<_> = places
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    document = document.add(
        Polyline::new()
            .set("points", line.join(" "))
            .set("fill", "none")
            .set("stroke", curve.colour)
            .set("stroke-width", width),
    );
    for (x, y) in places {
        let dot = Circle::new().set("cx", px(x)).set("cy", px(y)).set("r", 3);
        document = document.add(dot.set("fill", curve.colour));
    }
    document
}

/// Where names stand: right of where curves end, those at the right edge one below the other.
fn names<'c>(curves: &'c [Curve], axes: &Axes) -> Vec<(&'c Curve, (f64, f64))> {
    let place = |curve: &'c Curve| {
        let (x, y) = axes.place(*curve.points.last()?);
        Some((curve, (x + 8.0, y + 4.0)))
    };
    let placed = curves.iter().filter_map(place);
    let (mut at_edge, mut inside): (Vec<_>, Vec<_>) = placed.partition(|(_, (x, _))| *x > RIGHT);
    at_edge.sort_by(|a, b| a.1.1.total_cmp(&b.1.1));
    for at in 1..at_edge.len() {
        at_edge[at].1.1 = at_edge[at].1.1.max(at_edge[at - 1].1.1 + PITCH);
    }
    at_edge.append(&mut inside);
    at_edge
}

/// The axes around all points.
struct Axes {
    across: Axis,
    up: Axis,
}

impl Axes {
    fn of(chart: &Chart) -> Self {
        let points = || chart.curves.iter().flat_map(|curve| &curve.points);
        Self {
            across: Axis::marking_each(points().map(|point| point.0).collect()),
            up: Axis::around(points().map(|point| point.1), chart.up),
        }
    }

    fn place(&self, (across, up): (f64, f64)) -> (f64, f64) {
        (self.x(across), self.y(up))
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + self.across.part(value) * (RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - self.up.part(value) * (BOTTOM - TOP)
    }
}

/// An axis from its first mark to its last.
struct Axis {
    scale: Scale,
    marks: Vec<f64>,
}

impl Axis {
    fn marking_each(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        values.dedup();
        Self {
            scale: Scale::Logarithmic,
            marks: values,
        }
    }

    /// With round marks, the first and the last just outside.
    fn around(values: impl Iterator<Item = f64>, scale: Scale) -> Self {
        let (least, most) = values.fold((f64::INFINITY, 0f64), |(least, most), value| {
            (value.min(least), value.max(most))
        });
        let marks = match scale {
            Scale::Linear => {
                let above = |step: &f64| *step >= most / MARKS;
                let step = round_numbers().find(above).unwrap_or(most);
                let count = (most / step).ceil() as u32;
                (0..=count).map(|at| f64::from(at) * step).collect()
            }
            Scale::Logarithmic => {
                let marks: Vec<_> = round_numbers().collect();
                let first = marks
                    .partition_point(|&mark| mark <= least)
                    .saturating_sub(1);
                let last = marks.partition_point(|&mark| mark < most);
                marks[first..=last].to_vec()
            }
        };
        Self { scale, marks }
    }

    /// How far a value is from the first mark to the last.
    fn part(&self, value: f64) -> f64 {
        let [first, last] = [self.marks[0], self.marks[self.marks.len() - 1]];
        match self.scale {
            Scale::Linear => (value - first) / (last - first),
            Scale::Logarithmic => (value / first).ln() / (last / first).ln(),
        }
    }
}

/// How many steps a linear axis has at most.
const MARKS: f64 = 6.0;

/// 1, 2 and 5 times the powers of ten from 1 on.
fn round_numbers() -> impl Iterator<Item = f64> {
    (0..12).flat_map(|power| [1.0, 2.0, 5.0].map(|number| number * 10f64.powi(power)))
}

fn words(x: f64, y: f64, text: &str) -> Text {
    Text::new(text)
        .set("x", px(x))
        .set("y", px(y))
        .set("fill", INK)
}

fn stroke((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Stroke {
    Stroke::new()
        .set("x1", px(x1))
        .set("y1", px(y1))
        .set("x2", px(x2))
        .set("y2", px(y2))
        .set("stroke", GRID)
}

/// A tenth of a pixel is enough.
fn px(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A whole number in groups of three digits.
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(up: Scale, points: &[&[(f64, f64)]]) -> Chart {
        let curve = |(points, name): (&&[(f64, f64)], &'static str)| Curve {
            name,
            colour: "#0072b2",
            points: points.to_vec(),
        };
        let names = ["coros", "limit", "tokio"];
        Chart {
            title: "Cost",
            across: "tasks",
            up,
            curves: points.iter().zip(names).map(curve).collect(),
        }
    }

    #[test]
    fn each_curve_is_drawn_and_named() {
        let [ours, limit] = [[(2.0, 9.0), (1e6, 90.0)], [(2.0, 90.0), (1e6, 900.0)]];
        let svg = draw(&chart(Scale::Logarithmic, &[&ours, &limit]));
        assert_eq!(svg.matches("<polyline").count(), 2);
        for word in ["coros", "limit", "1,000,000"] {
            assert!(svg.contains(&format!(">\n{word}\n<")), "{svg}");
        }
    }

    #[test]
    fn a_logarithmic_axis_gives_each_power_the_same_room() {
        let points = [(1.0, 10.0), (10.0, 20.0), (100.0, 1_000.0)];
        let axes = Axes::of(&chart(Scale::Logarithmic, &[&points]));
        assert_eq!(axes.place((1.0, 10.0)), (LEFT, BOTTOM));
        assert_eq!(axes.place((100.0, 1_000.0)), (RIGHT, TOP));
        assert_eq!(px(axes.x(10.0)), px((LEFT + RIGHT) / 2.0));
    }

    #[test]
    fn marks_are_round_and_around_all_points() {
        let around = |values: [f64; 2], scale| Axis::around(values.into_iter(), scale).marks;
        let costs = around([17.0, 110.0], Scale::Logarithmic);
        assert_eq!(costs, [10.0, 20.0, 50.0, 100.0, 200.0]);
        let rates = around([37_000.0, 80_000.0], Scale::Linear);
        assert_eq!(rates, [0.0, 20_000.0, 40_000.0, 60_000.0, 80_000.0]);
    }

    #[test]
    fn names_at_the_edge_do_not_lie_on_each_other() {
        let at_end = |y| [(1.0, 1.0), (10.0, y)];
        let chart = chart(
            Scale::Linear,
            &[&at_end(100.0), &at_end(101.0), &at_end(99.0)],
        );
        let names = names(&chart.curves, &Axes::of(&chart));
        let ys: Vec<_> = names.iter().map(|(_, (_, y))| *y).collect();
        assert!(
            ys.windows(2).all(|pair| pair[1] - pair[0] >= PITCH),
            "{ys:?}"
        );
    }

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!(
            [1.0, 999.0, 1e3, 1e6].map(grouped),
            ["1", "999", "1,000", "1,000,000"]
        );
    }
}
