//! A panic ends its own task alone, and is kept for whoever joins.

use std::panic::{catch_unwind, panic_any, resume_unwind};
use std::process::exit;
use std::rc::Rc;
use std::thread::panicking;

use coros::syscall::{GetTid, NewTask, Sleep, WaitTask};
use coros::task::Panic;
use coros::{
    Answer, Builder, Exit, Interrupted, JoinError, JoinHandle, Kernel, SystemCall, Tid, call,
    sleep, spawn, yield_now,
};

use crate::common::{Log, OnDrop, again, is_alone, park_for_ever, run, scheduler, seconds, serve};

/// The panic that ended a task.
fn panic_of<T>(handle: &JoinHandle<T>) -> Panic {
    match handle.join() {
        Err(JoinError::Panicked(panic)) => panic,
        Err(other) => panic!("no panic, but {other}"),
        Ok(_) => panic!("no panic, but a value"),
    }
}

#[test]
fn the_others_go_on() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    sched.spawn(move || {
        for turn in 0..3 {
            said.say(turn);
            yield_now();
        }
    });
    sched.spawn(|| panic!("at once"));
    sched.spawn(|| {
        yield_now();
        panic!("later");
    });
    let report = sched.run().unwrap();
    assert_eq!(log.take(), ["0", "1", "2"]);
    assert_eq!((report.returned, report.panicked, report.killed), (1, 2, 0));
}

#[test]
fn a_joiner_gets_the_message_whatever_text_was_thrown() {
    run(|| {
        let number = 7;
        assert_eq!(panic_of(&spawn(|| panic!("a str"))).message(), "a str");
        assert_eq!(panic_of(&spawn(move || panic!("{number}"))).message(), "7");
        let odd = spawn(|| panic_any(7_u8));
        assert_eq!(panic_of(&odd).message(), "a payload that is no text");
        let error = spawn(|| panic!("shown")).join().unwrap_err().to_string();
        assert!(error.ends_with("panicked: shown"), "{error}");
    });
}

#[test]
fn a_joiner_gets_the_payload_once() {
    run(|| {
        let odd = spawn(|| panic_any(7_u8));
        let payload = panic_of(&odd).into_payload();
        assert_eq!(payload.downcast_ref(), Some(&7_u8));
        let second = panic_of(&odd).into_payload();
        assert_eq!(
            second.downcast_ref::<String>().unwrap(),
            "a payload that is no text"
        );
        let thrown = spawn(|| resume_unwind(Box::new("quietly")));
        assert_eq!(
            panic_of(&thrown).into_payload().downcast_ref(),
            Some(&"quietly")
        );
    });
}

#[test]
fn a_payload_may_be_thrown_on() {
    let mut sched = scheduler();
    let main = sched.spawn(|| {
        let child = spawn(|| panic!("inherited"));
        resume_unwind(panic_of(&child).into_payload());
    });
    assert_eq!(sched.run().unwrap().panicked, 2);
    assert_eq!(panic_of(&main).message(), "inherited");
}

#[test]
fn those_who_wait_for_the_panicker_are_all_told() {
    let (mut sched, log) = (scheduler(), Log::new());
    let panicker = sched.spawn(|| {
        sleep(seconds(1)).unwrap();
        panic!("ouch");
    });
    let (tid, shared) = (panicker.tid(), Rc::new(panicker));
    for _ in 0..2 {
        let (said, handle) = (log.clone(), Rc::clone(&shared));
        sched.spawn(move || said.say(panic_of(&handle).message()));
        let said = log.clone();
        sched.spawn(move || said.say(call(WaitTask(tid)).unwrap()));
    }
    sched.run().unwrap();
    assert_eq!(
        log.take(),
        ["ouch", "panicked: ouch", "ouch", "panicked: ouch"]
    );
}

#[test]
fn a_task_that_catches_its_own_panic_goes_on() {
    let exit = run(|| {
        let child = call(NewTask::new(|| {
            let caught = catch_unwind(|| {
                yield_now();
                sleep(seconds(1)).unwrap();
                panic!("caught");
            });
            assert!(caught.is_err() && !panicking());
            yield_now();
            sleep(seconds(1)).unwrap();
        }));
        call(WaitTask(child)).unwrap()
    });
    assert_eq!(exit, Exit::Returned);
}

#[test]
fn a_panic_that_nobody_catches_in_a_call_ends_the_caller() {
    let (mut sched, log) = (scheduler(), Log::new());
    let bye = log.on_drop("dropped");
    let caller = sched.spawn(move || {
        let _bye = bye;
        serve(|_, _| panic!("served badly"));
    });
    let other = sched.spawn(|| call(GetTid).number());
    sched.run().unwrap();
    assert_eq!(panic_of(&caller).message(), "served badly");
    assert_eq!(
        (other.join().unwrap(), log.take()),
        (2, vec!["dropped".to_owned()])
    );
}

/// Panics when it is served again, or when its wait is broken off.
struct Late(bool);

impl SystemCall for Late {
    type Reply = ();
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<()> {
        assert!(!std::mem::replace(&mut self.0, true), "served again");
        let deadline = kernel.now() + seconds(1);
        kernel.wake_at(caller, deadline);
        Answer::Wait
    }
    fn abandon(&mut self, _: &mut Kernel, _: Tid, _: Interrupted) {
        panic!("abandoned badly");
    }
}

#[test]
fn a_panic_when_a_call_is_served_again_is_its_callers() {
    let mut sched = scheduler();
    let caller = sched.spawn(|| {
        let caught = catch_unwind(|| call(Late(false))).unwrap_err();
        assert_eq!(caught.downcast_ref(), Some(&"served again"));
        sleep(seconds(1)).unwrap();
    });
    sched.run().unwrap();
    assert!(caller.join().is_ok());
}

#[test]
fn a_panic_when_a_wait_is_broken_off_does_not_stop_the_kill() {
    let (mut sched, log) = (scheduler(), Log::new());
    let bye = log.on_drop("dropped");
    let victim = sched.spawn(move || {
        let _bye = bye;
        call(Late(false));
    });
    let killer = sched.spawn(move || victim.kill().unwrap());
    let report = sched.run().unwrap();
    assert!(killer.join().is_ok());
    assert_eq!((log.take(), report.killed), (vec!["dropped".to_owned()], 1));
}

/// Panics when it is dropped, but not a second time at once.
fn touchy() -> impl Send + Sized + 'static {
    OnDrop(|| {
        if !panicking() {
            panic!("touchy");
        }
    })
}

#[test]
fn a_value_that_nobody_asks_for_may_panic_when_dropped() {
    let mut sched = scheduler();
    drop(sched.spawn(touchy));
    let report = sched.run().unwrap();
    assert_eq!((report.panicked, report.returned), (1, 0));
    sched.spawn(park_for_ever);
    assert!(sched.run().is_err(), "the scheduler goes on");
}

#[test]
fn a_payload_that_nobody_asks_for_may_panic_when_dropped() {
    let mut sched = scheduler();
    drop(sched.spawn(|| resume_unwind(Box::new(touchy()))));
    sched.spawn(|| _ = call(NewTask::new(|| resume_unwind(Box::new(touchy())))));
    let report = sched.run().unwrap();
    assert_eq!((report.panicked, report.returned), (2, 1));
    assert!(!panicking());
}

#[test]
fn a_panic_in_one_scheduler_leaves_the_outer_one_alone() {
    let panicked = run(|| {
        let mut inner = scheduler();
        inner.spawn(|| panic!("inside"));
        let panicked = inner.run().unwrap().panicked;
        call(Sleep(seconds(1))).unwrap();
        panicked
    });
    assert_eq!(panicked, 1);
}

#[test]
fn booting_hands_the_panic_of_the_main_task_back() {
    let error = coros::run(|| panic!("no luck")).unwrap_err();
    assert_eq!(error.to_string(), "the main task panicked: no luck");
}

/// Plays a scene in a process of its own, since the panic hook is the whole process's; what it wrote to
/// standard error, with the numbers of source lines taken out.
fn play(test: impl Fn(), backtrace: &str, scene: fn()) -> String {
    if is_alone() {
        scene();
        exit(0);
    }
    let output = again(test).env("RUST_BACKTRACE", backtrace).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    let mut parts = text.split("panics.rs:");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |told, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        told + "panics.rs:LINE" + rest
    })
}

/// A task that panics, and one that is killed.
fn slip() {
    let mut sched = scheduler();
    let clumsy = Builder::new().name("clumsy");
    sched.spawn_with(clumsy, || panic!("it slipped")).unwrap();
    let victim = sched.spawn(park_for_ever);
    sched.spawn(move || victim.kill().unwrap());
    assert_eq!(sched.run().unwrap().panicked, 1);
}

const SLIPPED: &str = "task 1 'clumsy' panicked at tests/kill/panics.rs:LINE:33: it slipped\n";

#[test]
fn the_hook_names_the_task_once_and_says_nothing_of_a_kill() {
    let scene = || {
        coros::install_panic_hook();
        coros::install_panic_hook();
        slip();
    };
    let told = play(
        the_hook_names_the_task_once_and_says_nothing_of_a_kill,
        "0",
        scene,
    );
    assert_eq!(told, SLIPPED);
}

#[test]
fn the_hook_shows_a_backtrace_if_asked_for() {
    let scene = || {
        coros::install_panic_hook();
        slip();
    };
    let told = play(the_hook_shows_a_backtrace_if_asked_for, "1", scene);
    let rest = told.strip_prefix(SLIPPED).expect("first the panic");
    assert!(rest.starts_with("stack backtrace:\n"), "{told}");
    assert!(rest.contains("panics::slip::"), "{told}");
}

#[test]
fn the_hook_leaves_panics_outside_tasks_to_the_one_before() {
    let scene = || {
        std::panic::set_hook(Box::new(|info| {
            eprintln!("the user's own: {}", info.payload_as_str().unwrap());
        }));
        coros::install_panic_hook();
        assert!(catch_unwind(|| panic!("outside")).is_err());
        slip();
    };
    let told = play(
        the_hook_leaves_panics_outside_tasks_to_the_one_before,
        "0",
        scene,
    );
    assert_eq!(told, format!("the user's own: outside\n{SLIPPED}"));
}

#[test]
fn a_hook_that_is_set_later_hears_of_tasks_too() {
    let scene = || {
        coros::install_panic_hook();
        std::panic::set_hook(Box::new(|info| {
            eprintln!("the user's own: {}", info.payload_as_str().unwrap());
        }));
        slip();
    };
    let told = play(a_hook_that_is_set_later_hears_of_tasks_too, "0", scene);
    assert_eq!(told, "the user's own: it slipped\n");
}

/// Writes what it is given to standard error.
struct Plain;

impl log::Log for Plain {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        eprintln!("{}: {}", record.target(), record.args());
    }
    fn flush(&self) {}
}

#[test]
fn the_hook_tells_the_log_if_there_is_one_caught_panics_too() {
    let scene = || {
        log::set_logger(&Plain).unwrap();
        log::set_max_level(log::LevelFilter::Error);
        coros::install_panic_hook();
        slip();
        run(|| assert!(catch_unwind(|| panic!("caught")).is_err()));
        run(|| panic_of(&spawn(|| resume_unwind(Box::new("thrown")))));
    };
    let told = play(
        the_hook_tells_the_log_if_there_is_one_caught_panics_too,
        "0",
        scene,
    );
    let caught = "task 1 panicked at tests/kill/panics.rs:LINE:40: caught";
    let thrown = "task 2 panicked: thrown";
    let expected = format!("{SLIPPED}coros::panic: {caught}\ncoros::panic: {thrown}\n");
    assert_eq!(told, format!("coros::panic: {expected}"));
}

#[test]
fn without_the_hook_all_is_as_std_has_it() {
    let told = play(without_the_hook_all_is_as_std_has_it, "0", slip);
    assert!(told.contains("panicked at tests/kill/panics.rs:LINE:33:\nit slipped\n"));
    assert!(
        told.contains("thread '") && !told.contains("clumsy"),
        "{told}"
    );
}

#[test]
fn a_destructor_that_panics_in_a_killed_task_that_never_ran_is_kept_for_its_joiner() {
    let (mut sched, log) = (scheduler(), Log::new());
    let told = log.on_drop("the other value is dropped, too");
    let fragile = OnDrop(|| panic!("touchy"));
    let victim = sched.spawn(move || drop((fragile, told)));
    sched.kill(victim.tid()).unwrap();
    assert_eq!(log.take(), ["the other value is dropped, too"]);
    assert_eq!(panic_of(&victim).message(), "touchy");
    assert!(!panicking());
    let report = sched.run().unwrap();
    assert_eq!((report.panicked, report.killed), (1, 0));
}

#[test]
fn a_destructor_of_a_task_that_never_ran_asks_without_waiting_and_then_panics() {
    let asked = Rc::new(std::cell::Cell::new(false));
    let theirs = Rc::clone(&asked);
    run(move || {
        let asks = OnDrop(move || {
            theirs.set(call(Sleep(seconds(9))).is_err() && panicking());
            panic!("after asking");
        });
        let victim = spawn_asleep(move || drop(asks));
        victim.kill().unwrap();
        assert_eq!(panic_of(&victim).message(), "after asking");
        assert!(asked.get(), "told that it cannot wait");
    });
}

/// A task that has not run yet when this returns.
fn spawn_asleep(work: impl FnOnce() + 'static) -> JoinHandle<()> {
    coros::Builder::new().arrival(seconds(60)).spawn(work)
}
