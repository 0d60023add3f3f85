//! JSON written field by field: numbers keep every digit, and fields their order.

use super::super::words::clipped;

/// How long a text may be.
const LONGEST: usize = 300;

/// An object that is being written.
pub(super) struct Fields(String);

impl Fields {
    pub(super) fn new() -> Self {
        Self("{".to_owned())
    }

    /// A field that is a text.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.raw(key, &quoted(&clipped(text, LONGEST)));
    }

    /// A field that is JSON already. Keys need no quoting: they are ours.
    pub(super) fn raw(&mut self, key: &str, json: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0 += &format!("\"{key}\":{json}");
    }

    pub(super) fn close(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A list, a line an item.
pub(super) fn list(items: &[String]) -> String {
    format!("[\n{}\n]", items.join(",\n"))
}
