//! The graph as SVG: `layout-rs` says where everything is, and this draws it there.

use super::canvas::Canvas;
use super::{WaitEdge, WaitGraph, WaitNode, layered};
use crate::picture::shapes::written;
use crate::picture::words::clipped;

/// How many nodes are drawn: those on cycles first.
const NODES: usize = 200;
/// How long labels are.
const LABEL: usize = 40;

/// The document.
pub(super) fn svg(graph: &WaitGraph) -> String {
    let (nodes, edges) = drawn(graph);
    let mut canvas = Canvas::default();
    let edges = match nodes.is_empty() {
        true => 0,
        false => layered::draw(&nodes, &edges, &mut canvas),
    };
    let left_out = (graph.nodes.len() - nodes.len(), edges);
    let document = canvas.finish(&caption(graph, left_out));
    written(&document)
}

/// What is seen, and how many nodes and edges are not.
fn caption(graph: &WaitGraph, left_out: (usize, usize)) -> String {
    let waiters = match graph.waiters() {
        0 => "no task waits".to_owned(),
        1 => "1 task waits".to_owned(),
        count => format!("{count} tasks wait"),
    };
    let cycle = if graph.has_cycle() {
        "; cycles are red"
    } else {
        ""
    };
    let rest = match left_out {
        (0, 0) => String::new(),
        (nodes, edges) => format!("; not drawn: {nodes} more nodes, {edges} more edges"),
    };
    waiters + cycle + &rest
}

/// The nodes that are drawn, with labels fit for it, and the edges between them.
fn drawn(graph: &WaitGraph) -> (Vec<WaitNode>, Vec<WaitEdge>) {
    let mut kept: Vec<usize> = (0..graph.nodes.len()).collect();
    kept.sort_by_key(|at| !graph.nodes[*at].in_cycle);
    kept.truncate(NODES);
    kept.sort_unstable();
    let nodes = kept.iter().map(|at| {
        let mut node = graph.nodes[*at].clone();
        node.label = clipped(&node.label, LABEL);
        node
    });
    let edges = graph.edges.iter().filter_map(|edge| {
        let from = kept.binary_search(&edge.from).ok()?;
        let to = kept.binary_search(&edge.to).ok()?;
        Some(WaitEdge { from, to, ..*edge })
    });
    (nodes.collect(), edges.collect())
}
