//! The kernel: tasks, their calls, their turns, and the ends of runs.

mod by_hand;
mod chance;
#[path = "../common/mod.rs"]
mod common;
mod ending;
mod faulty_calls;
mod joining;
mod misuse;
mod nested;
mod order;
mod own_calls;
mod remote_spawn;
mod smp;
mod starvation;
mod stepping;
mod stopping;
mod stuck;
mod stuck_names;
mod task_locals;
mod thread_exit;
mod tids;
