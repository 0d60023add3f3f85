//! A logger that panics harms neither the task that it tells of nor a bystander.

use coros::syscall::Park;
use coros::{JoinError, Scheduler, WaitList, call, yield_now};

/// Panics at the words that it is waiting for.
struct Broken;

impl log::Log for Broken {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        assert!(
            !record.args().to_string().contains("ouch"),
            "the logger is broken"
        );
    }

    fn flush(&self) {}
}

#[test]
fn a_logger_that_panics_harms_nobody() {
    log::set_logger(&Broken).unwrap();
    log::set_max_level(log::LevelFilter::Error);
    let bell = WaitList::new();
    let rope = bell.clone();
    let mut sched = Scheduler::new();
    let innocent = sched.spawn(move || call(Park(&bell)).is_ok());
    let clumsy = sched.spawn(|| {
        yield_now();
        panic!("ouch");
    });
    let joiner = sched.spawn(move || {
        let told = matches!(clumsy.join(), Err(JoinError::Panicked(_)));
        rope.wake_one();
        told
    });
    assert_eq!(sched.run().unwrap().panicked, 1);
    assert!(innocent.join().unwrap() && joiner.join().unwrap());
}
