//! The small programs: each shows what it is there for.

use crate::{Said, coros, fits, run};

#[test]
fn hello_says_hello() {
    let hello = run(&["run", "hello"]);
    assert_eq!(
        (hello.code, hello.out.as_str()),
        (Some(0), "Hello from task 1.\n")
    );
}

#[test]
fn ticker_takes_turns_as_often_as_it_is_told() {
    let ticker = run(&["run", "ticker", "2"]);
    assert_eq!(ticker.code, Some(0));
    assert_eq!(ticker.out, "tick 1\ntock 1\ntick 2\ntock 2\n");
}

#[test]
fn family_kills_one_child_and_waits_for_the_other() {
    let family = run(&["run", "family"]);
    assert_eq!((family.code, family.err.as_str()), (Some(0), ""));
    let expected = "\
parent: my first child is task 2
task 2: I never end
parent: I kill task 2
parent: no such task: 2 (it has ended, or is another scheduler's)
second child: 3 to go
parent: my second child is task 3; I wait for it
second child: 2 to go
second child: 1 to go
parent: task 3 returned
";
    assert_eq!(family.out, expected);
}

#[test]
fn crash_goes_on_after_the_panic_and_ends_well() {
    let crash = run(&["run", "crash"]);
    assert_eq!(crash.code, Some(0));
    let panic = "error: task 2 'bold' panicked at src/bin/coros/programs/crash.rs:39:5: it was \
                 slippery\n";
    assert_eq!(crash.err, panic);
    let after = crash.out.split("heir: task 2 panicked").nth(1);
    let after = after.expect("the heir has heard of it");
    assert!(after.contains("steady: lap 4"), "{}", crash.out);
}

#[test]
fn stuck_reports_who_waits_for_whom() {
    let stuck = run(&["run", "stuck"]);
    assert_eq!(stuck.code, Some(3));
    for fact in [
        "'hen' is waiting in WaitTask(2)",
        "'egg' is waiting in WaitTask(1)",
        "'sexton' is waiting in Park(the bell)",
        "cycle: task 1 'hen' waits for task 2 'egg'",
        "task 2 'egg' waits for task 1 'hen'",
    ] {
        assert!(stuck.err.contains(fact), "no {fact} in {}", stuck.err);
    }
    fits(&stuck.err);
}

#[test]
fn deadlock_is_told_while_others_go_on_and_again_at_the_end() {
    let deadlock = run(&["run", "deadlock"]);
    assert_eq!(deadlock.code, Some(3));
    assert!(deadlock.out.ends_with("waiter: here is course 2\n"));
    let cycle = "cycle: task 1 'left' waits for mutex 'knife' held by task 2 'right'";
    assert!(deadlock.err.contains(cycle), "{}", deadlock.err);
    fits(&deadlock.err);
    let warned = coros(&["run", "deadlock"]).env("RUST_LOG", "warn").output();
    let warned = Said::from(warned.expect("it starts"));
    let first = "warn: deadlock: task 2 'right' waits for mutex 'fork' held by task 1 'left'";
    assert!(warned.err.starts_with(first), "{}", warned.err);
}

#[test]
fn signals_stop_and_continue_interrupt_and_kill() {
    let signals = run(&["run", "signals"]);
    assert_eq!((signals.code, signals.err.as_str()), (Some(0), ""));
    let expected = "\
polite: lap 1
polite: lap 2
boss: SIGTSTP to task 2
deaf: la la la
boss: SIGCONT to task 2
polite: lap 3
polite: lap 4
deaf: la la la
boss: SIGUSR1 to task 2
polite: lap 5
polite: 5 laps so far
boss: SIGINT to task 2
polite: lap 6
polite: the wait was broken off by a signal of task 1: SIGINT; I tidy up
boss: SIGINT to task 3
deaf: la la la
boss: SIGKILL to task 3
boss: polite has ended by itself
boss: deaf: task 3 was killed
";
    assert_eq!(signals.out, expected);
}
