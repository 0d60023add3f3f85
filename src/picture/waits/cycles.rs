//! Which nodes of a graph are on cycles (after Tarjan's strongly connected components, 1972).

use super::WaitGraph;

/// Marks nodes and edges that are on a cycle.
pub(super) fn mark(graph: &mut WaitGraph) {
    let edges = graph.edges.iter().map(|edge| (edge.from, edge.to));
    let component = components(graph.nodes.len(), edges);
    for edge in &mut graph.edges {
        edge.in_cycle = component[edge.from] == component[edge.to];
        if edge.in_cycle {
            graph.nodes[edge.from].in_cycle = true;
            graph.nodes[edge.to].in_cycle = true;
        }
    }
}

/// What each node can be reached from and reaches back, as a number.
fn components(nodes: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<usize> {
    let mut search = Search {
        next: vec![Vec::new(); nodes],
        found: vec![None; nodes],
        lowest: vec![0; nodes],
        component: vec![usize::MAX; nodes],
        open: Vec::new(),
        count: 0,
    };
    for (from, to) in edges {
        search.next[from].push(to);
    }
    for node in 0..nodes {
        if search.found[node].is_none() {
            search.visit(node);
        }
    }
    search.component
}

struct Search {
    next: Vec<Vec<usize>>,
    /// In which order nodes were found.
    found: Vec<Option<usize>>,
    /// The first found of those that a node reaches, among the open ones.
    lowest: Vec<usize>,
    component: Vec<usize>,
    /// Found, and of no component yet.
    open: Vec<usize>,
    count: usize,
}

impl Search {
    /// Searches in depth, on a stack of its own: a chain of waits may be long.
    fn visit(&mut self, root: usize) {
        let mut path = vec![(root, 0)];
        self.find(root);
        while let Some((node, tried)) = path.last_mut() {
            let node = *node;
            let Some(next) = self.next[node].get(*tried).copied() else {
                path.pop();
                self.leave(node);
                if let Some((before, _)) = path.last() {
                    self.lowest[*before] = self.lowest[*before].min(self.lowest[node]);
                }
                continue;
            };
            *tried += 1;
            match self.found[next] {
                None => {
                    self.find(next);
                    path.push((next, 0));
                }
                Some(found) if self.component[next] == usize::MAX => {
                    self.lowest[node] = self.lowest[node].min(found);
                }
                Some(_) => {}
            }
        }
    }

    fn find(&mut self, node: usize) {
        self.found[node] = Some(self.count);
        self.lowest[node] = self.count;
        self.count += 1;
        self.open.push(node);
    }

    /// All that a node reaches is known: if it reaches none before itself, it closes a component.
    fn leave(&mut self, node: usize) {
        if Some(self.lowest[node]) != self.found[node] {
            return;
        }
        while let Some(member) = self.open.pop() {
            self.component[member] = node;
            if member == node {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_that_reach_each_other_are_one_component() {
        let edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3), (4, 5)];
        let component = components(6, edges.into_iter());
        assert!(component[0] == component[1] && component[1] == component[2]);
        assert!(component[3] == component[4] && component[3] != component[0]);
        assert!(component[5] != component[4]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let component = components(300_000, (1..300_000).map(|node| (node - 1, node)));
        assert_ne!(component[0], component[1]);
    }
}
