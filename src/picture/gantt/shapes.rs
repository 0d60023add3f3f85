//! What the parts of a chart are drawn with: bands, bars, words and crosses.

use svg::node::element::{Path, Rectangle, Text};

use super::px;
use crate::picture::colours::ALARM;

/// The top of the first lane.
pub(super) const TOP: f64 = 74.0;

/// How high the band of a ready task is, and how dark; of a blocked one.
pub(super) const READY: (f64, &str) = (8.0, "#b8b8b8");
pub(super) const BLOCKED: (f64, &str) = (2.0, "#606060");
/// And of a stopped one.
pub(super) const STOPPED: (f64, &str) = (5.0, "#202020");

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
