//! The graph of which task waits for which, and the tasks that are deadlocked.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::kernel::abi::{Holding, Tid};
use crate::kernel::core::{Core, end_of_wait};
use crate::kernel::parts::{State, WaitedFor, holders_of};
use crate::machine::{TaskRef, WaitNode};

/// The waits of some tasks.
pub(super) struct WaitGraph {
    tasks: Vec<Tid>,
    /// From each task to those that can end its wait, as far as is known.
    edges: HashMap<Tid, Vec<Tid>>,
    deadlocked: HashSet<Tid>,
}

/// Whether a task waits, and no timer and no deadline will ever end that.
pub(super) fn waits_without_end(core: &Core, task: &TaskRef) -> bool {
    State::of(task) == State::Waiting && end_of_wait(core, task).is_none()
}

/// One branch of a task's wait.
pub(super) struct Branch {
    /// Those who can end it, as far as is known.
    enders: Vec<Tid>,
    needs: Needs,
}

/// What it takes to end the wait of a branch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// One of those who can.
    One,
    /// All of them.
    All,
    /// Others may end it, too.
    Unknown,
}

impl WaitGraph {
    /// The waits of all tasks that are left.
    pub(super) fn of_all(core: &Core) -> Self {
        let tasks = core.tasks().iter().map(Tid::of).collect::<Vec<_>>();
        let branches = tasks
            .iter()
            .filter_map(|&tid| branches(core, tid, Looked::All));
        Self::among(&tasks, branches.collect())
    }

    /// The waits of a task, and of the tasks for which it waits, and so on; `None` if they are more than so
    /// many. Of tasks that must all let go only some are looked at, which can hide a cycle but makes
    /// none up.
    pub(super) fn near(core: &Core, start: Tid, limit: usize) -> Option<Self> {
        let mut waiting = HashMap::new();
        let mut coming = VecDeque::from([start]);
        while let Some(tid) = coming.pop_front() {
            if waiting.contains_key(&tid) {
                continue;
            }
            let Some((_, branches)) = branches(core, tid, Looked::Near(start, limit)) else {
                continue;
            };
            if waiting.len() == limit {
                return None;
            }
            for branch in &branches {
                coming.extend(&branch.enders);
            }
            if coming.len() > limit * limit {
                return None;
            }
            waiting.insert(tid, branches);
        }
        Some(Self::among(&[start], waiting))
    }

    fn among(tasks: &[Tid], waiting: HashMap<Tid, Vec<Branch>>) -> Self {
        let edges = waiting.iter().map(|(&tid, branches)| {
            let enders = branches.iter().flat_map(|branch| branch.enders.iter());
            (tid, enders.copied().collect())
        });
        Self {
            tasks: tasks.to_vec(),
            edges: edges.collect(),
            deadlocked: deadlocked_among(&waiting),
        }
    }

    fn is_deadlocked(&self, tid: Tid) -> bool {
        self.deadlocked.contains(&tid)
    }

    /// The cycles of deadlocked tasks.
    pub(super) fn certain_cycles(&self) -> Vec<Vec<Tid>> {
        self.cycles(|from, to| self.is_deadlocked(from) && self.is_deadlocked(to))
    }

    /// All cycles, but for those of deadlocked tasks.
    pub(super) fn likely_cycles(&self) -> Vec<Vec<Tid>> {
        let mut cycles = self.cycles(|_, _| true);
        cycles.retain(|tids| !tids.iter().all(|&tid| self.is_deadlocked(tid)));
        cycles
    }

    /// Cycles by those edges that are wanted.
    fn cycles(&self, wanted: impl Fn(Tid, Tid) -> bool) -> Vec<Vec<Tid>> {
        let edges = self.edges.iter().map(|(&from, to)| {
            let to = to.iter().copied().filter(|&to| wanted(from, to));
            (from, to.collect())
        });
        cycles_along(&self.tasks, &edges.collect())
    }
}

/// The deadlocked tasks: at first all that wait without end. Then, as long as there is one, each whose
/// wait a task outside this set can end is taken out.
fn deadlocked_among(waiting: &HashMap<Tid, Vec<Branch>>) -> HashSet<Tid> {
    let mut deadlocked: HashSet<Tid> = waiting.keys().copied().collect();
    let mut waiters: HashMap<Tid, Vec<(Tid, usize)>> = HashMap::new();
    let mut left: HashMap<(Tid, usize), usize> = HashMap::new();
    let mut free = Vec::new();
    for (&tid, branches) in waiting {
        for (at, branch) in branches.iter().enumerate() {
            left.insert((tid, at), branch.enders.len());
            for &ender in &branch.enders {
                waiters.entry(ender).or_default().push((tid, at));
                if !waiting.contains_key(&ender) {
                    free.push(ender);
                }
            }
            if !branch.never_ends(branch.enders.len()) {
                free.push(tid);
            }
        }
    }
    let mut told = HashSet::new();
    while let Some(tid) = free.pop() {
        if !told.insert(tid) {
            continue;
        }
        deadlocked.remove(&tid);
        for &(waiter, at) in waiters.get(&tid).into_iter().flatten() {
            let left = left.get_mut(&(waiter, at)).expect("counted above");
            *left -= 1;
            if !waiting[&waiter][at].never_ends(*left) {
                free.push(waiter);
            }
        }
    }
    deadlocked
}

impl Branch {
    /// Whether the wait lasts for ever if so many of those who can end it are deadlocked.
    fn never_ends(&self, deadlocked: usize) -> bool {
        match self.needs {
            Needs::One => deadlocked > 0 && deadlocked == self.enders.len(),
            Needs::All => deadlocked > 0,
            Needs::Unknown => false,
        }
    }
}

/// How many of those who hold something are looked at; there may be a great many.
#[derive(Clone, Copy)]
enum Looked {
    All,
    /// So many for each wait, but this one in any case.
    Near(Tid, usize),
}

/// What a task waits for, if it waits without end.
fn branches(core: &Core, tid: Tid, looked: Looked) -> Option<(Tid, Vec<Branch>)> {
    let task = &core.find(tid)?;
    if !waits_without_end(core, task) || core.will_be_posted_to(tid) {
        return None;
    }
    let mut branches = Vec::new();
    task.each_wait(|wait| branches.push(branch(wait, looked)));
    let unknown = task.wait().not_alone.get().then(|| Branch {
        enders: Vec::new(),
        needs: Needs::Unknown,
    });
    branches.extend(unknown);
    Some((tid, branches))
}

fn branch(wait: &WaitNode, looked: Looked) -> Branch {
    let needs = match WaitedFor::at(wait) {
        WaitedFor::Nothing => Needs::Unknown,
        WaitedFor::ExitOf(_) => Needs::One,
        WaitedFor::List(list) => match list.holding.get() {
            Holding::Any => Needs::One,
            Holding::All | Holding::AllInLine => Needs::All,
            Holding::OrOthers | Holding::Unknown => Needs::Unknown,
        },
    };
    let enders = match looked {
        Looked::All => enders_of(wait),
        Looked::Near(start, limit) => enders_near(wait, needs, start, limit),
    };
    Branch { enders, needs }
}

/// The tasks that can end a wait, as far as is known: those that hold what is waited for, or the one ahead in line.
pub(super) fn enders_of(wait: &WaitNode) -> Vec<Tid> {
    match first_ahead(wait) {
        Some(first) => vec![first],
        None => holders_of(wait),
    }
}

/// As many of those as it takes to find a cycle with this task. Never all: if each of many that wait
/// looked at each of many that hold, a log at `warn` would make their waits quadratic.
fn enders_near(wait: &WaitNode, needs: Needs, start: Tid, limit: usize) -> Vec<Tid> {
    let WaitedFor::List(list) = WaitedFor::at(wait) else {
        return holders_of(wait);
    };
    if let Some(first) = first_ahead(wait) {
        return vec![first];
    }
    match needs {
        Needs::All if list.holders.contains(start) => vec![start],
        Needs::All => list.holders.some(limit),
        // Without one of them a cycle might be made up: so many end the search.
        Needs::One => list.holders.some(limit * limit + 1),
        // No cycle through it is certain.
        Needs::Unknown => Vec::new(),
    }
}

/// Who is let in before a wait, if the holders let in the first in line alone and it is another.
fn first_ahead(wait: &WaitNode) -> Option<Tid> {
    let WaitedFor::List(list) = WaitedFor::at(wait) else {
        return None;
    };
    if list.holding.get() != Holding::AllInLine || list.begins_with(wait) {
        return None;
    }
    list.first().as_ref().map(Tid::of)
}

/// Cycles found by going from task to task along these edges, depth first. Each edge is followed once,
/// so of cycles that share a part not all are found.
fn cycles_along(starts: &[Tid], edges: &HashMap<Tid, Vec<Tid>>) -> Vec<Vec<Tid>> {
    let (mut seen, mut cycles) = (HashSet::new(), Vec::new());
    let mut on_path = HashMap::new();
    for &start in starts {
        // The tasks on the way here, and how many of its edges were tried of each.
        let mut path: Vec<(Tid, usize)> = Vec::new();
        let mut next = Some(start);
        loop {
            if let Some(tid) = next.filter(|&tid| seen.insert(tid)) {
                on_path.insert(tid, path.len());
                path.push((tid, 0));
            } else if let Some(&at) = next.and_then(|tid| on_path.get(&tid)) {
                cycles.push(path[at..].iter().map(|on| on.0).collect());
            }
            let Some((tid, edge)) = path.last_mut() else {
                break;
            };
            next = edges.get(tid).and_then(|edges| edges.get(*edge).copied());
            *edge += 1;
            if next.is_none() {
                on_path.remove(tid);
                path.pop();
            }
        }
    }
    cycles
}
