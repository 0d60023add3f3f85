//! The graph in DOT, the language of Graphviz.

use super::WaitGraph;
use crate::picture::colours::ALARM;
use crate::picture::words::clean;

/// Tasks are boxes, things ellipses, cycles red.
pub(super) fn dot(graph: &WaitGraph) -> String {
    let mut dot = "digraph waits {\n  rankdir=LR;\n  node [fontname=\"monospace\"];\n".to_owned();
    for (node, at) in graph.nodes.iter().zip(0..) {
        let shape = if node.task.is_some() {
            "box"
        } else {
            "ellipse"
        };
        let label = quoted(&node.label);
        let colour = colour(node.in_cycle);
        dot += &format!("  n{at} [label={label}, shape={shape}{colour}];\n");
    }
    for edge in &graph.edges {
        let colour = colour(edge.in_cycle);
        let colour = colour.trim_start_matches(", ");
        dot += &format!("  n{} -> n{} [{colour}];\n", edge.from, edge.to);
    }
    dot + "}\n"
}

fn colour(in_cycle: bool) -> String {
    match in_cycle {
        true => format!(", color=\"{ALARM}\", penwidth=2"),
        false => String::new(),
    }
}

/// A label in quotes. A backslash would begin an escape there, and an ampersand a character's name.
fn quoted(label: &str) -> String {
    let label = clean(label).replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", label.replace('&', "&amp;"))
}
