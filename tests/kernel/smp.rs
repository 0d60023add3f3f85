//! A program runs on several cores; each keeps to itself, and all end.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use coros::smp::{self, Cores, SmpError};
use coros::syscall::GetTid;
use coros::{Builder, RunError, block_on, call, spawn, yield_now};

/// Counts how often it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn each_core_hands_back_its_result_in_order() {
    let results = smp::run(4, |core| {
        (0..core.count() - core.id()).for_each(|_| yield_now());
        (core.id(), call(GetTid).number())
    });
    assert_eq!(results.unwrap(), [(0, 1), (1, 1), (2, 1), (3, 1)]);
    assert!(smp::run(0, |core| core.id()).unwrap().is_empty());
}

#[test]
fn each_core_has_a_thread_of_its_own_and_its_tasks_stay_there() {
    let threads = smp::run(3, |_| {
        let here = thread::current().id();
        for _ in 0..5 {
            yield_now();
            assert_eq!(spawn(|| thread::current().id()).join().unwrap(), here);
        }
        here
    });
    let mut threads: Vec<_> = threads
        .unwrap()
        .iter()
        .map(|id| format!("{id:?}"))
        .collect();
    threads.push(format!("{:?}", thread::current().id()));
    threads.sort();
    threads.dedup();
    assert_eq!(threads.len(), 4);
}

#[test]
fn a_panic_is_reported_with_the_number_of_its_core() {
    let ended = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&ended);
    let failed = smp::run(3, move |core| {
        let _counted = Counted(Arc::clone(&counter));
        yield_now();
        assert!(core.id() != 1, "only two of three");
    });
    let Err(SmpError::Failed(failures)) = failed else {
        panic!("a core has panicked");
    };
    let [failure] = &failures[..] else {
        panic!("one core has panicked: {failures:?}");
    };
    assert_eq!(failure.core, 1);
    assert!(matches!(&failure.cause, RunError::Panicked(told) if told == "only two of three"));
    assert!(failure.to_string().starts_with("core 1: "));
    assert_eq!(ended.load(SeqCst), 3, "all threads have ended");
}

#[test]
fn a_killed_main_is_reported_and_the_others_end() {
    let failed = smp::run(2, |core| {
        if core.id() == 0 {
            let own = call(GetTid);
            _ = call(coros::syscall::KillTask(own));
        }
    });
    let told = failed.unwrap_err().to_string();
    assert_eq!(told, "core 0: the main task was killed");
}

#[test]
fn a_core_serves_the_others_until_every_main_has_ended() {
    let (tx, rx) = smp::channel(1);
    let results = smp::run(2, move |core| {
        if core.id() == 1 {
            return 0; // Its main has ended; its scheduler has not.
        }
        tx.send(()).unwrap();
        rx.recv().unwrap();
        let mut sum = 0;
        for round in 0..50 {
            sum += core.remote(1).spawn(move || round).unwrap().join().unwrap();
        }
        sum
    });
    assert_eq!(results.unwrap(), [1225, 0]);
}

#[test]
fn what_a_main_left_running_runs_to_its_end() {
    let ended = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&ended);
    smp::run(2, move |_| {
        let counted = Counted(Arc::clone(&counter));
        spawn(move || {
            (0..20).for_each(|_| yield_now());
            drop(counted);
        });
        let counted = Counted(Arc::clone(&counter));
        Builder::new().daemon(true).spawn(move || {
            let _counted = counted;
            block_on(std::future::pending::<()>())
        });
    })
    .unwrap();
    assert_eq!(ended.load(SeqCst), 4);
}

#[test]
fn a_core_that_has_stopped_takes_nothing() {
    let remote = Arc::new(std::sync::Mutex::new(None));
    let kept = Arc::clone(&remote);
    smp::run(1, move |core| {
        *kept.lock().unwrap() = Some(core.remote(0).clone());
    })
    .unwrap();
    let remote = remote.lock().unwrap().take().unwrap();
    assert!(remote.is_closed());
    let dropped = Arc::new(AtomicUsize::new(0));
    let counted = Counted(Arc::clone(&dropped));
    assert!(remote.spawn(move || drop(counted)).is_err());
    assert_eq!(dropped.load(SeqCst), 1);
}

#[test]
fn settings_are_those_of_each_core() {
    let sizes = Cores::new(2).each(|scheduler| scheduler.stack_size(32 << 10));
    sizes.run(|_| spawn(|| ()).join().unwrap()).unwrap();
    // With less than 8 KiB no task can be spawned, so no main.
    let failed = Cores::new(2).each(|scheduler| scheduler.stack_size(1));
    let Err(SmpError::Failed(failures)) = failed.run(|core| core.id()) else {
        panic!("no main had a stack");
    };
    assert_eq!(failures.len(), 2);
    let failed = Cores::new(2)
        .each(|_| panic!("no settings"))
        .run(|core| core.id());
    assert!(
        matches!(failed, Err(SmpError::Start(_) | SmpError::Failed(_))),
        "{failed:?}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn pinned_cores_each_stay_on_one_cpu() {
    let counts = Cores::new(3).pinned().run(|_| {
        let cpus = rustix::thread::sched_getaffinity(None).unwrap();
        cpus.count()
    });
    assert_eq!(counts.unwrap(), [1, 1, 1]);
}

#[test]
fn there_is_no_core_beyond_the_last() {
    let failed = smp::run(1, |core| core.remote(1).clone());
    let told = failed.unwrap_err().to_string();
    assert!(told.contains("there is no core 1: there are 1"), "{told}");
}
