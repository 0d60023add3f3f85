//! One turn of the loop in words, as the tour and the stepper tell it.

use coros::Tid;
use coros::kernel::{Did, Step};

/// What happened in a turn, in a sentence.
pub fn tell(step: &Step) -> String {
    let mut told = format!("turn {}: {} {}", step.turn, title(step), deed(&step.did));
    for ended in &step.ended {
        told += &format!("; {ended}");
    }
    for wakes in step.wakes() {
        told += &format!("; {wakes}");
    }
    told
}

fn title(step: &Step) -> String {
    match &*step.name {
        "" => format!("task {}", step.tid),
        name => format!("task {} '{name}'", step.tid),
    }
}

fn deed(did: &Did) -> String {
    match did {
        Did::Asked(call, reply) if reply.is_empty() => format!("asked {call}"),
        Did::Asked(call, reply) => format!("asked {call} -> {reply}"),
        Did::Waits(call) => format!("waits in {call}"),
        Did::Computes(call) => format!("computes in {call}"),
        Did::Ended(exit) => exit.to_string(),
        other => format!("{other:?}"),
    }
}

/// Task numbers with commas between them.
pub fn numbers(tids: impl Iterator<Item = Tid>) -> String {
    tids.map(|tid| tid.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}
