//! Who waits for what, held by whom: as a graph, as DOT, as SVG.

mod canvas;
mod cycles;
mod dot;
mod drawn;
mod layered;
mod observed;

use std::collections::BTreeMap;
use std::time::Duration;

use super::words::clipped;
use crate::kernel::Event;
use observed::{Observed, TaskWait};

/// Who waits for what, held by whom, at one moment.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use coros::kernel::{Event, Observer};
/// use coros::picture::wait_graph;
/// use coros::sync::Mutex;
/// use coros::{Scheduler, yield_now};
///
/// #[derive(Default)]
/// struct All(Vec<Event>);
///
/// impl Observer for All {
///     fn observe(&mut self, event: &Event) {
///         self.0.push(event.clone());
///     }
/// }
///
/// let all = Rc::new(RefCell::new(All::default()));
/// let mut sched = Scheduler::builder().observer(Rc::clone(&all)).build();
/// let forks = [Mutex::new(()).named("left"), Mutex::new(()).named("right")];
/// for (first, second) in [(0, 1), (1, 0)] {
///     let (first, second) = (forks[first].clone(), forks[second].clone());
///     sched.spawn(move || {
///         let _first = first.lock();
///         yield_now();
///         let _second = second.lock();
///     });
/// }
/// assert!(sched.run().is_err());
/// let graph = wait_graph(&all.borrow().0);
/// assert!(graph.has_cycle());
/// assert!(graph.dot().starts_with("digraph"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct WaitGraph {
    /// The tasks, and what they wait for.
    pub nodes: Vec<WaitNode>,
    /// From waiters to things, and from things to the tasks that hold them.
    pub edges: Vec<WaitEdge>,
}

/// A task, or something that tasks wait for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct WaitNode {
    /// The number of the task, if it is one.
    pub task: Option<u64>,
    /// What it is called; any characters.
    pub label: String,
    /// Whether it is part of a cycle.
    pub in_cycle: bool,
}

/// From a task that waits to what ends the wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct WaitEdge {
    /// The place of one end among [`WaitGraph::nodes`].
    pub from: usize,
    /// The place of the other.
    pub to: usize,
    /// Whether it is part of a cycle.
    pub in_cycle: bool,
}

/// Finds out who waits for what at the end of these events.
///
/// If no task is left there, but all were killed because the run was stuck and its scheduler was dropped, it is
/// the moment before. A cycle is no deadlock where one of several holders can end a wait.
/// (The wait-for graph is Holt's: Some Deadlock Properties of Computer Systems, 1972.)
pub fn wait_graph<'e>(events: impl IntoIterator<Item = &'e Event>) -> WaitGraph {
    WaitGraph::of(Observed::at_end(events))
}

impl WaitGraph {
    /// Finds out who waits for what when it is this time, counted from the scheduler's start.
    pub fn at<'e>(events: impl IntoIterator<Item = &'e Event>, time: Duration) -> Self {
        Self::of(Observed::at(events, time))
    }

    /// Whether any task waits for itself, by way of others.
    #[must_use]
    pub fn has_cycle(&self) -> bool {
        self.edges.iter().any(|edge| edge.in_cycle)
    }

    /// How many tasks wait.
    #[must_use]
    pub fn waiters(&self) -> usize {
        let mut waiters: Vec<_> = self.edges.iter().map(|edge| edge.from).collect();
        waiters.sort_unstable();
        waiters.dedup();
        let is_task = |at: &&usize| self.nodes[**at].task.is_some();
        waiters.iter().filter(is_task).count()
    }

    /// Writes it in DOT, for Graphviz: tasks are boxes, things ellipses, cycles red.
    #[must_use]
    pub fn dot(&self) -> String {
        dot::dot(self)
    }

    /// Draws it as SVG: tasks are boxes, things are rounded, cycles red. Of more than 200 nodes the
    /// others are only counted, those on no cycle first; so are edges that are too many or too long.
    #[must_use]
    pub fn svg(&self) -> String {
        drawn::svg(self)
    }

    fn of(observed: Observed<'_>) -> Self {
        let mut growing = Growing::default();
        for wait in observed.waits() {
            growing.add(&observed, &wait);
        }
        let mut graph = growing.graph;
        cycles::mark(&mut graph);
        graph
    }
}

/// A graph to which waits are added.
#[derive(Default)]
struct Growing {
    graph: WaitGraph,
    tasks: BTreeMap<u64, usize>,
    things: BTreeMap<(String, Vec<u64>), usize>,
}

impl Growing {
    fn add(&mut self, observed: &Observed<'_>, wait: &TaskWait<'_>) {
        let waiter = self.task(observed, wait.waiter);
        let thing = match wait.on {
            Some(on) => {
                let key = (on.to_owned(), wait.holders.clone());
                let place = self.things.get(&key).copied();
                let is_new = place.is_none();
                let thing = place.unwrap_or_else(|| self.node(None, clipped(on, 200)));
                self.things.insert(key, thing);
                self.edge(waiter, thing);
                if !is_new {
                    return;
                }
                thing
            }
            None => waiter,
        };
        for holder in &wait.holders {
            let holder = self.task(observed, *holder);
            self.edge(thing, holder);
        }
    }

    fn task(&mut self, observed: &Observed<'_>, number: u64) -> usize {
        if let Some(place) = self.tasks.get(&number) {
            return *place;
        }
        let place = self.node(Some(number), observed.title(number));
        self.tasks.insert(number, place);
        place
    }

    fn node(&mut self, task: Option<u64>, label: String) -> usize {
        self.graph.nodes.push(WaitNode {
            task,
            label,
            in_cycle: false,
        });
        self.graph.nodes.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize) {
        self.graph.edges.push(WaitEdge {
            from,
            to,
            in_cycle: false,
        });
    }
}
