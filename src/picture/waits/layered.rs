//! The graph as the crate `layout-rs` lays it out: in layers, after the edges of cycles are turned.

use layout::core::base::Orientation;
use layout::core::color::Color;
use layout::core::format::RenderBackend;
use layout::core::geometry::{Point, Position};
use layout::core::style::{LineStyleKind, StyleAttr};
use layout::std_shapes::shapes::{Arrow, Element, LineEndKind, ShapeKind};
use layout::topo::layout::VisualGraph;

use super::{WaitEdge, WaitNode};
use crate::picture::shapes::COLUMN;
use crate::picture::words::width;

/// With more edges than this the search for fewer crossings takes too long.
const OPTIMIZED: usize = 60;
/// With more edges, or with edges across more layers in all, the placing takes too long.
const EDGES: usize = 400;
const ACROSS: usize = 500;
/// What is round a label.
const AROUND: f64 = 20.0;
const HEIGHT: f64 = 28.0;
/// How far boxes are apart, side by side and one above the other.
const APART: Point = Point { x: 60.0, y: 24.0 };

/// What tells the backend that something is on a cycle.
pub(super) fn red() -> Color {
    Color::fast("red")
}

/// An edge that leads on in the order of nodes, with heads at its start and at its end.
struct Onward {
    from: usize,
    to: usize,
    heads: (bool, bool),
    in_cycle: bool,
    /// Its place in the order.
    place: (usize, usize),
}

/// Places nodes and edges, and has the backend draw them; says how many edges are too many. There must
/// be a node.
///
/// The crate searches all paths whenever it is given an edge, which would take for ever where there are
/// many: so it gets none that closes a cycle, and each before those that it leads to.
pub(super) fn draw(
    nodes: &[WaitNode],
    edges: &[WaitEdge],
    backend: &mut dyn RenderBackend,
) -> usize {
    let mut graph = VisualGraph::new(Orientation::LeftToRight);
    graph.dag.set_validate(false);
    let mut onward = onward(nodes.len(), edges);
    let left_out = shorten(nodes.len(), &mut onward);
    let handles: Vec<_> = nodes
        .iter()
        .map(|node| graph.add_node(element(node)))
        .collect();
    for edge in &onward {
        graph.add_edge(arrow(edge), handles[edge.from], handles[edge.to]);
    }
    graph.do_it(false, onward.len() > OPTIMIZED, false, backend);
    left_out
}

fn element(node: &WaitNode) -> Element {
    let rounded = if node.task.is_some() { 0 } else { 14 };
    let shape = ShapeKind::new_box(&node.label);
    let size = Point::new(width(&node.label) as f64 * COLUMN + AROUND, HEIGHT);
    let look = look(node.in_cycle, rounded);
    let mut element = Element::create(shape, look, Orientation::LeftToRight, size);
    element.pos = Position::new(Point::zero(), size, Point::zero(), APART);
    element
}

fn look(in_cycle: bool, rounded: usize) -> StyleAttr {
    let colour = if in_cycle {
        red()
    } else {
        Color::fast("black")
    };
    let line = if in_cycle { 2 } else { 1 };
    StyleAttr::new(colour, line, None, rounded, 12)
}

fn arrow(edge: &Onward) -> Arrow {
    let head = |there| {
        if there {
            LineEndKind::Arrow
        } else {
            LineEndKind::None
        }
    };
    let (start, end) = (head(edge.heads.0), head(edge.heads.1));
    let look = look(edge.in_cycle, 0);
    Arrow::new(start, end, LineStyleKind::Normal, "", &look, &None, &None)
}

/// The edges in an order of nodes in which all lead on. Those that would lead back are turned, and two
/// that join the same nodes are one with two heads.
fn onward(nodes: usize, edges: &[WaitEdge]) -> Vec<Onward> {
    let place = order(nodes, edges);
    let mut onward: Vec<Onward> = Vec::new();
    for edge in edges.iter().filter(|edge| edge.from != edge.to) {
        let leads_on = place[edge.from] < place[edge.to];
        let (from, to) = if leads_on {
            (edge.from, edge.to)
        } else {
            (edge.to, edge.from)
        };
        onward.push(Onward {
            from,
            to,
            heads: (!leads_on, leads_on),
            in_cycle: edge.in_cycle,
            place: (place[from], place[to]),
        });
    }
    onward.sort_by_key(|edge| edge.place);
    onward.dedup_by(|next, kept| {
        let same = (next.from, next.to) == (kept.from, kept.to);
        if same {
            kept.heads.0 |= next.heads.0;
            kept.heads.1 |= next.heads.1;
        }
        same
    });
    onward
}

/// Leaves out the longest edges while there are too many to place, those on cycles last; says how many.
fn shorten(nodes: usize, edges: &mut Vec<Onward>) -> usize {
    let count = edges.len();
    loop {
        let layer = layers(nodes, edges);
        let across = |edge: &Onward| layer[edge.to] - layer[edge.from] - 1;
        edges.sort_by_key(|edge| (!edge.in_cycle, across(edge)));
        let mut sum = 0;
        let fit = edges.iter().take(EDGES).take_while(|edge| {
            sum += across(edge);
            sum <= ACROSS
        });
        let (fit, before) = (fit.count(), edges.len());
        edges.truncate(fit);
        edges.sort_by_key(|edge| edge.place);
        if fit == before {
            return count - fit;
        }
        // Without them the layers are others.
    }
}

/// In which layer each node is: after all that lead to it.
fn layers(nodes: usize, edges: &[Onward]) -> Vec<usize> {
    let mut layer = vec![0; nodes];
    for edge in edges {
        layer[edge.to] = layer[edge.to].max(layer[edge.from] + 1);
    }
    layer
}

/// The places of nodes in an order in which only edges that close a cycle lead back: a search in depth
/// leaves whatever is reached before what it was reached from.
fn order(nodes: usize, edges: &[WaitEdge]) -> Vec<usize> {
    let mut next = vec![Vec::new(); nodes];
    for edge in edges {
        next[edge.from].push(edge.to);
    }
    let (mut seen, mut left) = (vec![false; nodes], 0);
    let mut place = vec![0; nodes];
    for root in (0..nodes).rev() {
        let mut path = Vec::new();
        if !std::mem::replace(&mut seen[root], true) {
            path.push((root, 0));
        }
        while let Some((node, tried)) = path.last_mut() {
            match next[*node].get(*tried) {
                Some(to) => {
                    *tried += 1;
                    if !std::mem::replace(&mut seen[*to], true) {
                        path.push((*to, 0));
                    }
                }
                None => {
                    left += 1;
                    place[*node] = nodes - left;
                    path.pop();
                }
            }
        }
    }
    place
}
