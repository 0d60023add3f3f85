//! The programs are worth comparing: they come to every corner.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::draw::programs;
use crate::{measured_poll, reference};

/// What a trace must contain for some program, or the comparison above says little.
const CORNERS: [&str; 56] = [
    "ran: ",
    "stuck: ",
    "caught planned",
    "caught a kill",
    "gone",
    "Park(0): over",
    "Park(0): Unwinding",
    "Sleep(0): over",
    "Sleep(2): Unwinding",
    "PostOne(0): posted",
    "PostAll(0): posted",
    "Wait(Me): itself",
    ": returned at",
    ": panicked: planned at",
    ": was killed at",
    "Wait(Nth(0)): Unwinding",
    "Wait(Nth(0)): no such task",
    "Kill(Me): no such task",
    "Kill(Me): killed",
    "Kill(Nth(1)): not known",
    ", 1 abandoned",
    "Spawn(0): full",
    "SpawnKept(0): full",
    "Cancel(Me): posted",
    "Cancel(Nth(4)): no handle",
    "Park(0): Cancelled by",
    "Park(0): TimedOut",
    "Sleep(3): Cancelled by",
    "Wait(Nth(1)): TimedOut",
    "Leave(Timeout(0)): late",
    "Leave(Timeout(2)): late",
    "Leave(Timeout(2)): in time",
    "Leave(Shield(2)): late",
    "Leave(Shield(2)): in time",
    "None]): branch 1: over",
    "]): TimedOut",
    "]): Unwinding",
    "Lock(0): Poisoned",
    "Lock(0): WouldDeadlock",
    "Lock(0): TimedOut",
    "TryLock(0): WouldBlock",
    "Look(0): poisoned true",
    "Look(0): poisoned false, locked true, 2 waiting",
    "Send(0): TimedOut",
    "Send(1): Cancelled by",
    "Send(1): closed",
    "Recv(0): TimedOut",
    "Recv(0): closed",
    "TrySend(0): full",
    "TryRecv(0): empty",
    "None]): branch 0: locked",
    "None]): branch 0: got",
    "None]): branch 0: Poisoned",
    "None]): branch 0: sent",
    "None]): branch 0: closed",
    "Recv(0): spent",
];

#[test]
fn the_programs_reach_every_corner() {
    let config = Config {
        rng_seed: RngSeed::Fixed(1),
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let mut missing = CORNERS.to_vec();
    for _ in 0..20_000 {
        let program = programs().new_tree(&mut runner).expect("no filters");
        let trace = reference::run(&program.current(), measured_poll());
        missing.retain(|corner| !trace.iter().any(|line| line.contains(corner)));
        if missing.is_empty() {
            return;
        }
    }
    panic!("no program comes to {missing:?}");
}
