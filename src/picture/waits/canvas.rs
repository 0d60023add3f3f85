//! What the layout has drawn: boxes, labels and arrows, as SVG.

use layout::core::format::{ClipHandle, RenderBackend};
use layout::core::geometry::Point;
use layout::core::style::StyleAttr;
use svg::Document;
use svg::node::element::{Definitions, Group};

use super::layered;
use crate::picture::colours::ALARM;
use crate::picture::shapes::{COLUMN, DARK, bar, head, path, px, sheet, words};
use crate::picture::words::{clean, width};

const MARGIN: f64 = 16.0;

/// What was drawn, and how far it reaches.
#[derive(Default)]
pub(super) struct Canvas {
    boxes: Vec<Group>,
    /// They are drawn first, so that a label that one passes can be read.
    arrows: Vec<Group>,
    /// The least and the most of x and y.
    reach: Option<(Point, Point)>,
}

impl Canvas {
    fn reaches(&mut self, to: Point) {
        let (least, most) = self.reach.unwrap_or((to, to));
        let least = Point::new(least.x.min(to.x), least.y.min(to.y));
        let most = Point::new(most.x.max(to.x), most.y.max(to.y));
        self.reach = Some((least, most));
    }

    /// All of it, under a caption.
    pub(super) fn finish(self, caption: &str) -> Document {
        let (least, most) = self.reach.unwrap_or((Point::zero(), Point::zero()));
        let left = least.x - MARGIN;
        let top = least.y - MARGIN - 30.0;
        let wide = (most.x + MARGIN - left).max(width(caption) as f64 * COLUMN + 2.0 * MARGIN);
        let high = most.y + MARGIN - top;
        let caption = words(left + MARGIN, top + 24.0, caption).set("font-weight", "bold");
        let document = sheet((left, top), (wide, high))
            .add(heads())
            .add(bar(left, top, wide, high).set("fill", "#ffffff"))
            .add(caption);
        let drawn = self.arrows.into_iter().chain(self.boxes);
        drawn.fold(document, Document::add)
    }
}

/// The heads of arrows, in both colours and for both ends.
fn heads() -> Definitions {
    let marker = |(colour, id, shape, tip): (_, _, &str, _)| {
        let shape = path(shape.to_owned()).set("fill", colour);
        head(id, shape, (10, 8), (tip, 4.0))
    };
    let (on, back) = ("M0 0 L10 4 L0 8 z", "M10 0 L0 4 L10 8 z");
    [
        (DARK, "end", on, 10),
        (DARK, "start", back, 0),
        (ALARM, "red-end", on, 10),
        (ALARM, "red-start", back, 0),
    ]
    .into_iter()
    .fold(Definitions::new(), |heads, head| heads.add(marker(head)))
}

fn colour(look: &StyleAttr) -> &'static str {
    match look.line_color.to_web_color() == layered::red().to_web_color() {
        true => ALARM,
        false => DARK,
    }
}

impl RenderBackend for Canvas {
    fn draw_rect(
        &mut self,
        xy: Point,
        size: Point,
        look: &StyleAttr,
        _: Option<String>,
        _: Option<ClipHandle>,
    ) {
        self.reaches(xy);
        self.reaches(xy.add(size));
        let fill = if look.rounded > 0 {
            "#eeeeee"
        } else {
            "#ffffff"
        };
        let shape = bar(xy.x, xy.y, size.x, size.y)
            .set("rx", look.rounded)
            .set("fill", fill)
            .set("stroke", colour(look))
            .set("stroke-width", look.line_width);
        self.boxes.push(Group::new().add(shape));
    }

    fn draw_text(&mut self, xy: Point, text: &str, _: &StyleAttr) {
        let label = words(xy.x, xy.y + 4.0, &clean(text)).set("text-anchor", "middle");
        self.boxes.push(Group::new().add(label));
    }

    fn draw_arrow(
        &mut self,
        way: &[(Point, Point)],
        _: bool,
        head: (bool, bool),
        look: &StyleAttr,
        _: Option<String>,
        _: &str,
    ) {
        let Some(curve) = curve(way) else { return };
        for (one, other) in way {
            self.reaches(*one);
            self.reaches(*other);
        }
        let red = if colour(look) == ALARM { "red-" } else { "" };
        let mut line = path(curve)
            .set("fill", "none")
            .set("stroke", colour(look))
            .set("stroke-width", look.line_width);
        if head.0 {
            line = line.set("marker-start", format!("url(#{red}start)"));
        }
        if head.1 {
            line = line.set("marker-end", format!("url(#{red}end)"));
        }
        self.arrows.push(Group::new().add(line));
    }

    fn draw_line(&mut self, _: Point, _: Point, _: &StyleAttr, _: Option<String>) {}

    fn draw_circle(&mut self, _: Point, _: Point, _: &StyleAttr, _: Option<String>) {}

    fn create_clip(&mut self, _: Point, _: Point, _: usize) -> ClipHandle {
        0
    }
}

/// A path through these points: the first pair is where it begins and how it leaves, each other how it comes to
/// the next point, and that.
fn curve(path: &[(Point, Point)]) -> Option<String> {
    let [(begin, leave), (come, next), rest @ ..] = path else {
        return None;
    };
    let point = |at: &Point| format!("{} {}", px(at.x), px(at.y));
    let mut curve = format!(
        "M{} C{}, {}, {}",
        point(begin),
        point(leave),
        point(come),
        point(next)
    );
    for (come, next) in rest {
        curve += &format!(" S{}, {}", point(come), point(next));
    }
    Some(curve)
}
