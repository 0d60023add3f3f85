//! A program on the kernel, in virtual time.

use std::rc::Rc;

use coros::{Clock, JoinError, JoinHandle, Report, Scheduler};

use crate::life::body;
use crate::program::Program;
use crate::world::World;

/// Runs a program to its end and drops its scheduler; tells all that happened.
pub fn run(program: &Program) -> Vec<String> {
    let world = Rc::new(World::new(program));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .shortcuts(u32::MAX)
        .build();
    for script in 0..program.roots {
        world.keep(sched.spawn(body(&world, script)));
    }
    match sched.run() {
        Ok(report) => world.say(counted(report)),
        Err(stuck) => {
            let left: Vec<_> = stuck.tasks().iter().map(|task| task.tid.number()).collect();
            world.say(format!("stuck: {left:?}"));
        }
    }
    // Whoever drops a scheduler pays for shortcuts from a budget that no program knows.
    world.spend_all();
    drop(sched);
    for root in 0..program.roots {
        let handle = world.handle(root).expect("kept at birth");
        world.say(format!("{} joined: {}", handle.tid(), joined(&handle)));
    }
    for (number, list) in world.lists.iter().enumerate() {
        assert!(list.is_empty(), "list {number} keeps a stale entry");
    }
    for mutex in &world.mutexes {
        assert_eq!(mutex.waiters(), 0, "{mutex:?} keeps a stale entry");
    }
    for (sender, receiver) in &world.channels {
        let waiting = (sender.waiting_senders(), receiver.waiting_receivers());
        assert_eq!(waiting, (0, 0), "{sender:?} keeps a stale entry");
    }
    world.trace.take()
}

fn counted(report: Report) -> String {
    format!(
        "ran: {} turns, {} spawned: {} returned, {} panicked, {} killed, {} abandoned",
        report.turns,
        report.spawned,
        report.returned,
        report.panicked,
        report.killed,
        report.abandoned
    )
}

fn joined(handle: &JoinHandle<u64>) -> String {
    match handle.join() {
        Ok(value) => format!("returned {value}"),
        Err(JoinError::Panicked(panic)) => format!("panicked: {}", panic.message()),
        Err(JoinError::Killed(_)) => "was killed".into(),
        Err(other) => format!("{other}"),
    }
}
