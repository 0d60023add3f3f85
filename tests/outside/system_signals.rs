//! Signals from the system: nothing is lost at the end of the process.
//!
//! Signals are the process's, so each case is a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use coros::kernel::Why;
use coros::signal::{self, Signal};
use coros::syscall::{Park, WakeOne};
use coros::{Scheduler, WaitList, call, shield, sleep, spawn, stop, yield_now};
use rustix::process::{Pid, kill_process};

use crate::common::{again, again_by, is_alone};

const SECOND: Duration = Duration::from_secs(1);
const HOW: &str = "COROS_TEST_HOW";

/// A process that plays a part, killed when the test is over.
struct Actor {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Actor {
    /// Starts the test of this name again, in its part, and waits until it says that it is ready.
    fn start(test: impl Fn()) -> Self {
        Self::begin(again(test))
    }

    /// The same, and tells it how to play its part.
    fn start_to(how: &str, test: impl Fn()) -> Self {
        let mut command = again(test);
        command.env(HOW, how);
        Self::begin(command)
    }

    fn begin(mut command: Command) -> Self {
        let mut child = command
            .arg("--test-threads=2")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut actor = Self { child, out };
        actor.wait_for("ready");
        actor
    }

    fn wait_for(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            let count = self.out.read_line(&mut line).unwrap();
            assert!(count > 0, "the process ended before it said {word:?}");
        }
    }

    fn send(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        let signal = rustix::process::Signal::from_named_raw(signal.number()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// How it ends by itself, which may take a machine with much to do a while.
    #[track_caller]
    fn end_in_time(mut self) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < 60 * SECOND {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(SECOND / 50);
        }
        panic!("it does not end");
    }

    /// It ends, and says all of this before.
    #[track_caller]
    fn end_saying(self, words: &[&str]) -> ExitStatus {
        let (said, status) = self.end();
        words
            .iter()
            .for_each(|word| assert!(said.contains(word), "{said}"));
        status
    }

    /// What it says before it ends, and how it ends.
    fn end(mut self) -> (String, ExitStatus) {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (rest, self.child.wait().unwrap())
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn handling() -> Scheduler {
    Scheduler::builder().handle_signals(SECOND / 2).build()
}

struct Cleanup(&'static str);

impl Drop for Cleanup {
    fn drop(&mut self) {
        println!("\ncleaned up {}", self.0);
    }
}

#[test]
fn ctrl_c_interrupts_who_did_not_ask_for_it() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            let _cleanup = Cleanup("one");
            let why = sleep(60 * SECOND).unwrap_err();
            assert_eq!((why.why(), why.signal()), (Why::Signal, Some(Signal::Int)));
            println!("\ninterrupted");
        });
        sched.spawn(|| {
            signal::ask(Signal::Int).unwrap();
            println!("\nready");
            signal::ctrl_c().unwrap();
            sleep(SECOND / 100).unwrap();
            println!("\nasked");
        });
        let report = sched.run().unwrap();
        assert_eq!((report.returned, report.stopped), (2, false));
        assert_eq!(report.signal, Some(Signal::Int));
        println!("\nfine");
        return;
    }
    let actor = Actor::start(ctrl_c_interrupts_who_did_not_ask_for_it);
    actor.send(Signal::Int);
    let words = ["interrupted", "cleaned up one", "asked", "fine"];
    assert!(actor.end_saying(&words).success());
}

#[test]
fn a_second_ctrl_c_ends_the_run_and_destructors_run() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            let _cleanup = Cleanup("the stubborn one");
            println!("\nready");
            _ = sleep(60 * SECOND);
            println!("\nwell?");
            _ = shield(60 * SECOND, || sleep(60 * SECOND));
            unreachable!("it is not to go on");
        });
        let report = sched.run().unwrap();
        assert_eq!((report.stopped, report.killed), (true, 1));
        println!("\nfine");
        return;
    }
    let mut actor = Actor::start(a_second_ctrl_c_ends_the_run_and_destructors_run);
    actor.send(Signal::Int);
    actor.wait_for("well?");
    actor.send(Signal::Int);
    assert!(
        actor
            .end_saying(&["cleaned up the stubborn one", "fine"])
            .success()
    );
}

#[test]
fn sigterm_gives_grace_and_then_kills() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            let _cleanup = Cleanup("slow");
            _ = shield(60 * SECOND, || sleep(60 * SECOND));
        });
        sched.spawn(|| {
            println!("\nready");
            let why = sleep(60 * SECOND).unwrap_err();
            assert_eq!(why.signal(), Some(Signal::Term));
        });
        let report = sched.run().unwrap();
        assert_eq!((report.returned, report.overdue), (1, 1));
        assert_eq!(report.signal, Some(Signal::Term));
        println!("\nfine");
        return;
    }
    let actor = Actor::start(sigterm_gives_grace_and_then_kills);
    actor.send(Signal::Term);
    actor.end_saying(&["cleaned up slow", "fine"]);
}

#[test]
fn whoever_asks_for_sigterm_sees_to_it() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            spawn(|| {
                sleep(60 * SECOND).unwrap_err();
                println!("\ntold by the other");
            });
            signal::ask(Signal::Hup).unwrap();
            signal::ask(Signal::Term).unwrap();
            println!("\nready");
            let signal = signal::wait_any(&[Signal::Hup, Signal::Term]).unwrap();
            assert_eq!(signal, Signal::Term);
            yield_now();
            stop(SECOND);
        });
        sched.run().unwrap();
        println!("\nfine");
        return;
    }
    let actor = Actor::start(whoever_asks_for_sigterm_sees_to_it);
    actor.send(Signal::Term);
    actor.end_saying(&["told by the other", "fine"]);
}

#[test]
fn without_anybody_to_handle_them_signals_do_what_they_always_do() {
    if is_alone() {
        // What one run has handled is nobody's afterwards.
        let mut first = handling();
        first.spawn(yield_now);
        first.run().unwrap();
        let mut sched = Scheduler::new();
        sched.spawn(|| {
            println!("\nready");
            _ = sleep(60 * SECOND);
        });
        _ = sched.run();
        println!("\nsurvived");
        return;
    }
    for signal in [Signal::Int, Signal::Term, Signal::Usr1] {
        let actor = Actor::start(without_anybody_to_handle_them_signals_do_what_they_always_do);
        actor.send(signal);
        let (said, status) = actor.end();
        assert!(!said.contains("survived"), "{said}");
        assert_eq!(status.signal(), Some(signal.number()));
    }
}

#[test]
fn a_storm_of_signals_is_survived_and_counted_at_least_once() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            signal::on(Signal::Usr1, || println!("\nheard")).unwrap();
            signal::ask(Signal::Usr2).unwrap();
            println!("\nready");
            signal::wait(Signal::Usr2).unwrap();
            println!("\nfine");
        });
        sched.run().unwrap();
        return;
    }
    let mut actor = Actor::start(a_storm_of_signals_is_survived_and_counted_at_least_once);
    for _ in 0..10_000 {
        actor.send(Signal::Usr1);
    }
    actor.wait_for("heard");
    actor.send(Signal::Usr2);
    assert!(actor.end_saying(&["fine"]).success());
}

#[test]
fn a_signal_wakes_a_run_that_only_sleeps() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            println!("\nready");
            sleep(60 * SECOND).expect_err("nobody waits for its time");
            println!("\nwoken");
        });
        sched.run().unwrap();
        return;
    }
    let actor = Actor::start(a_signal_wakes_a_run_that_only_sleeps);
    actor.send(Signal::Term);
    assert!(actor.end().0.contains("woken"));
}

#[test]
fn a_busy_run_hears_signals_too() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            println!("\nready");
            while sleep(Duration::ZERO).is_ok() {
                yield_now();
            }
        });
        sched.run().unwrap();
        println!("\nfine");
        return;
    }
    let actor = Actor::start(a_busy_run_hears_signals_too);
    actor.send(Signal::Int);
    assert!(actor.end().0.contains("fine"));
}

#[test]
fn a_run_that_never_looks_is_ended_by_a_later_ctrl_c() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            println!("\nready");
            loop {
                std::hint::spin_loop();
            }
        });
        _ = sched.run();
        return;
    }
    let mut actor = Actor::start(a_run_that_never_looks_is_ended_by_a_later_ctrl_c);
    let status = loop {
        actor.send(Signal::Int);
        match actor.child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(SECOND / 10),
        }
    };
    assert_eq!(status.signal(), Some(Signal::Int.number()));
}

#[test]
fn a_stopped_process_goes_on_where_it_was() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            signal::ask(Signal::Cont).unwrap();
            println!("\nready");
            signal::wait(Signal::Cont).unwrap();
            println!("\nwent on");
        });
        sched.run().unwrap();
        return;
    }
    let actor = Actor::start(a_stopped_process_goes_on_where_it_was);
    actor.send(Signal::Tstp);
    actor.send(Signal::Cont);
    assert!(actor.end().0.contains("went on"));
}

#[test]
fn a_run_that_goes_on_later_listens_again() {
    if is_alone() {
        let mut sched = Scheduler::new();
        let bell = coros::WaitList::new();
        let theirs = bell.clone();
        sched.spawn(move || {
            let waiter = coros::Builder::new()
                .daemon(true)
                .spawn(|| signal::wait(Signal::Usr1).map(|()| println!("\nheard")));
            yield_now();
            coros::call(coros::syscall::Park(&theirs)).unwrap();
            waiter.join().unwrap().unwrap();
        });
        // Not to the end, since a daemon would be killed then.
        for _ in 0..3 {
            sched.step().unwrap();
        }
        bell.wake_one();
        println!("\nready");
        sched.run().unwrap();
        return;
    }
    let actor = Actor::start(a_run_that_goes_on_later_listens_again);
    actor.send(Signal::Usr1);
    assert!(actor.end_saying(&["heard"]).success());
}

#[test]
fn a_signal_that_nobody_asks_for_any_more_does_what_it_always_does() {
    if is_alone() {
        let mut sched = Scheduler::new();
        sched.spawn(|| {
            signal::on(Signal::Usr1, || ()).unwrap();
            signal::on(Signal::Term, || ()).unwrap();
            yield_now();
            signal::reset(Signal::Usr1).unwrap();
            signal::reset(Signal::Term).unwrap();
            println!("\nready");
            _ = sleep(60 * SECOND);
        });
        _ = sched.run();
        println!("\nsurvived");
        return;
    }
    for signal in [Signal::Usr1, Signal::Term] {
        let actor = Actor::start(a_signal_that_nobody_asks_for_any_more_does_what_it_always_does);
        actor.send(signal);
        let (said, status) = actor.end();
        assert!(!said.contains("survived"), "{said}");
        assert_eq!(status.signal(), Some(signal.number()));
    }
}

#[test]
fn a_run_leaves_alone_what_is_ignored_from_the_start() {
    if is_alone() {
        for _ in 0..2 {
            let mut sched = handling();
            sched.spawn(|| {
                signal::ask(Signal::Usr1).unwrap();
                println!("\nready");
                signal::wait(Signal::Usr1).unwrap();
            });
            assert!(!sched.run().unwrap().stopped);
        }
        println!("\nfine");
        return;
    }
    // As `nohup` does.
    let mut actor = Actor::begin(again_by(
        "trap '' HUP; exec \"$@\"",
        a_run_leaves_alone_what_is_ignored_from_the_start,
    ));
    actor.send(Signal::Hup);
    actor.send(Signal::Usr1);
    actor.wait_for("ready");
    actor.send(Signal::Hup);
    actor.send(Signal::Usr1);
    assert!(actor.end_saying(&["fine"]).success());
}

#[test]
fn what_was_asked_for_in_one_run_is_heard_in_the_next() {
    if is_alone() {
        let list = WaitList::new();
        let mut sched = Scheduler::new();
        let there = list.clone();
        sched.spawn(move || {
            signal::on(Signal::Usr1, || ()).unwrap().remove();
            call(Park(&there)).unwrap();
            println!("\nready");
            signal::wait(Signal::Usr1).unwrap();
            println!("\nfine");
        });
        sched.run().unwrap_err();
        sched.spawn(move || _ = call(WakeOne(&list)));
        sched.run().unwrap();
        return;
    }
    let actor = Actor::start(what_was_asked_for_in_one_run_is_heard_in_the_next);
    actor.send(Signal::Usr1);
    assert!(actor.end_saying(&["fine"]).success());
}

/// Each blocks its thread for ever, and with it the loop.
const BLOCKS: [(&str, fn()); 3] = [
    ("computes", || {
        loop {
            std::hint::spin_loop();
        }
    }),
    ("reads", || {
        let (mut here, _there) = UnixStream::pair().unwrap();
        _ = here.read(&mut [0]);
    }),
    ("locks", || {
        let lock = Mutex::new(());
        let _held = lock.lock();
        drop(lock.lock());
    }),
];

#[test]
fn sigterm_ends_a_process_whose_thread_is_blocked_when_its_grace_is_over() {
    if is_alone() {
        let how = std::env::var(HOW).unwrap();
        let (_, block) = BLOCKS.into_iter().find(|(name, _)| *name == how).unwrap();
        let mut sched = handling();
        sched.spawn(move || {
            println!("\nready");
            block();
        });
        _ = sched.run();
        println!("\nsurvived");
        return;
    }
    for (how, _) in BLOCKS {
        for signal in [Signal::Term, Signal::Hup] {
            let actor = Actor::start_to(
                how,
                sigterm_ends_a_process_whose_thread_is_blocked_when_its_grace_is_over,
            );
            actor.send(signal);
            assert_eq!(actor.end_in_time().signal(), Some(signal.number()), "{how}");
        }
    }
}

/// Its destructor never comes to an end.
struct Stubborn;

impl Drop for Stubborn {
    fn drop(&mut self) {
        println!("\nwell?");
        loop {
            std::hint::spin_loop();
        }
    }
}

#[test]
fn a_task_that_blocks_in_its_grace_or_its_destructor_does_not_keep_the_process() {
    if is_alone() {
        let is_late = std::env::var(HOW).unwrap() == "destructor";
        let mut sched = handling();
        sched.spawn(move || {
            println!("\nready");
            let stubborn = Stubborn;
            sleep(60 * SECOND).unwrap_err();
            if is_late {
                _ = shield(60 * SECOND, || sleep(60 * SECOND));
            }
            drop(stubborn);
        });
        _ = sched.run();
        return;
    }
    for how in ["grace", "destructor"] {
        let mut actor = Actor::start_to(
            how,
            a_task_that_blocks_in_its_grace_or_its_destructor_does_not_keep_the_process,
        );
        actor.send(Signal::Term);
        actor.wait_for("well?");
        assert_eq!(actor.end_in_time().signal(), Some(Signal::Term.number()));
    }
}

#[test]
fn a_second_ctrl_c_ends_a_process_whose_thread_is_blocked() {
    if is_alone() {
        let hears_the_first = std::env::var(HOW).unwrap() == "hears";
        let mut sched = handling();
        sched.spawn(move || {
            println!("\nready");
            if hears_the_first {
                sleep(60 * SECOND).unwrap_err();
                println!("\nwell?");
            }
            loop {
                std::hint::spin_loop();
            }
        });
        _ = sched.run();
        return;
    }
    for how in ["hears", "is deaf"] {
        let mut actor =
            Actor::start_to(how, a_second_ctrl_c_ends_a_process_whose_thread_is_blocked);
        actor.send(Signal::Int);
        if how == "hears" {
            actor.wait_for("well?");
        } else {
            // Two that come at once are one.
            std::thread::sleep(SECOND / 10);
        }
        actor.send(Signal::Int);
        assert_eq!(actor.end_in_time().signal(), Some(Signal::Int.number()));
    }
}

#[test]
fn a_destructor_that_blocks_after_a_second_ctrl_c_does_not_keep_the_process() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            let _stubborn = Stubborn;
            println!("\nready");
            sleep(60 * SECOND).unwrap_err();
            println!("\nagain?");
            _ = shield(60 * SECOND, || sleep(60 * SECOND));
        });
        _ = sched.run();
        return;
    }
    let mut actor =
        Actor::start(a_destructor_that_blocks_after_a_second_ctrl_c_does_not_keep_the_process);
    actor.send(Signal::Int);
    actor.wait_for("again?");
    actor.send(Signal::Int);
    actor.wait_for("well?");
    assert_eq!(actor.end_in_time().signal(), Some(Signal::Int.number()));
}

#[test]
fn a_sigterm_that_came_before_the_run_was_to_end_by_it_counts() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            signal::ask(Signal::Term).unwrap();
            // Set by a handler behind the run's own.
            let has_come = Arc::new(AtomicBool::new(false));
            let number = Signal::Term.number();
            signal_hook::flag::register(number, Arc::clone(&has_come)).unwrap();
            println!("\nready");
            while !has_come.load(Ordering::SeqCst) {
                std::hint::spin_loop();
            }
            signal::reset(Signal::Term).unwrap();
            loop {
                std::hint::spin_loop();
            }
        });
        _ = sched.run();
        return;
    }
    let actor = Actor::start(a_sigterm_that_came_before_the_run_was_to_end_by_it_counts);
    actor.send(Signal::Term);
    assert_eq!(actor.end_in_time().signal(), Some(Signal::Term.number()));
}

#[test]
fn a_thread_that_comes_back_within_its_grace_ends_in_order() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            let _cleanup = Cleanup("in order");
            println!("\nready");
            std::thread::sleep(SECOND / 4);
            assert_eq!(sleep(60 * SECOND).unwrap_err().signal(), Some(Signal::Term));
        });
        assert!(sched.run().unwrap().stopped);
        println!("\nfine");
        return;
    }
    let actor = Actor::start(a_thread_that_comes_back_within_its_grace_ends_in_order);
    actor.send(Signal::Term);
    assert!(actor.end_saying(&["cleaned up in order", "fine"]).success());
}

#[test]
fn a_run_that_is_over_leaves_nothing_behind_that_ends_the_process() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            println!("\nready");
            sleep(60 * SECOND).unwrap_err();
        });
        assert_eq!(sched.run().unwrap().signal, Some(Signal::Term));
        std::thread::sleep(2 * SECOND);
        let mut again = handling();
        again.spawn(|| println!("\nfine"));
        assert_eq!(again.run().unwrap().signal, None);
        return;
    }
    let actor = Actor::start(a_run_that_is_over_leaves_nothing_behind_that_ends_the_process);
    actor.send(Signal::Term);
    assert!(actor.end_saying(&["fine"]).success());
}

#[test]
fn a_task_that_asked_for_sigterm_may_take_its_time() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            signal::ask(Signal::Term).unwrap();
            println!("\nready");
            std::thread::sleep(2 * SECOND);
            signal::wait(Signal::Term).unwrap();
            println!("\nfine");
        });
        assert_eq!(sched.run().unwrap().signal, None);
        return;
    }
    let actor = Actor::start(a_task_that_asked_for_sigterm_may_take_its_time);
    actor.send(Signal::Term);
    assert!(actor.end_saying(&["fine"]).success());
}

#[test]
fn when_the_task_that_asked_for_sigterm_has_ended_the_run_ends_by_it_again() {
    if is_alone() {
        let mut sched = handling();
        sched.spawn(|| {
            spawn(|| signal::ask(Signal::Term).unwrap()).join().unwrap();
            println!("\nready");
            loop {
                std::hint::spin_loop();
            }
        });
        _ = sched.run();
        return;
    }
    let actor =
        Actor::start(when_the_task_that_asked_for_sigterm_has_ended_the_run_ends_by_it_again);
    actor.send(Signal::Term);
    assert_eq!(actor.end_in_time().signal(), Some(Signal::Term.number()));
}
