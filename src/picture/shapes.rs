//! What pictures as SVG are made of: a sheet, bars, words, crosses and the heads of arrows.

use svg::Document;
use svg::node::element::{Marker, Path, Rectangle, Text};

use super::colours::ALARM;

/// The width of a column of text of 12 pixels, in a typeface of one width.
pub(super) const COLUMN: f64 = 7.25;
pub(super) const DARK: &str = "#222222";

/// An empty picture, from its left upper corner on.
pub(super) fn sheet((left, top): (f64, f64), (width, height): (f64, f64)) -> Document {
    let (width, height) = (px(width), px(height));
    Document::new()
        .set("xmlns", "http://www.w3.org/2000/svg")
        .set("width", width)
        .set("height", height)
        .set("viewBox", (px(left), px(top), width, height))
        .set(
            "font-family",
            "DejaVu Sans Mono, Menlo, Consolas, monospace",
        )
        .set("font-size", 12)
}

/// A whole picture, as a file has it.
pub(super) fn written(document: &Document) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document}\n")
}

pub(super) fn words(x: f64, y: f64, text: &str) -> Text {
    Text::new(text).set("x", px(x)).set("y", px(y))
}

pub(super) fn bar(x: f64, y: f64, width: f64, height: f64) -> Rectangle {
    Rectangle::new()
        .set("x", px(x))
        .set("y", px(y))
        .set("width", px(width))
        .set("height", px(height))
}

pub(super) fn path(shape: String) -> Path {
    Path::new().set("d", shape)
}

pub(super) fn cross(x: f64, y: f64) -> Path {
    path(format!(
        "M{} {} l10 10 m0 -10 l-10 10",
        px(x - 5.0),
        px(y - 5.0)
    ))
    .set("stroke", ALARM)
    .set("stroke-width", 3)
}

/// The head of arrows, of this size, with its tip there.
pub(super) fn head(id: &str, shape: Path, (width, height): (i32, i32), tip: (i32, f64)) -> Marker {
    Marker::new()
        .set("id", id)
        .set("markerWidth", width)
        .set("markerHeight", height)
        .set("refX", tip.0)
        .set("refY", tip.1)
        .set("orient", "auto")
        .set("markerUnits", "userSpaceOnUse")
        .add(shape)
}

/// A length in pixels, to the hundredth.
pub(super) fn px(length: f64) -> f64 {
    (length * 100.0).round() / 100.0
}
