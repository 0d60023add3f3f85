//! One turn of the loop in words, as the tour and the stepper tell it.

use coros::Tid;
use coros::kernel::Step;

/// What happened in a turn, in a sentence.
pub fn tell(step: &Step) -> String {
    let mut told = format!("turn {}: {} {}", step.turn, title(step), step.did);
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

/// Task numbers with commas between them.
pub fn numbers(tids: impl Iterator<Item = Tid>) -> String {
    tids.map(|tid| tid.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}
