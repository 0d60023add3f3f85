//! A logger that panics harms neither the task that it tells of nor a bystander.

use coros::syscall::Park;
use coros::{
    Answer, Interrupted, JoinError, Kernel, Scheduler, SystemCall, Tid, WaitList, call, yield_now,
};

use crate::common::alone;

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

/// Plays a scene in a process of its own: there is one logger a process.
fn with_broken_logger(test: impl Fn(), scene: impl FnOnce()) {
    alone(test, || {
        log::set_logger(&Broken).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        scene();
    });
}

/// Waits, and cannot say how to undo that.
struct Ouch;

impl SystemCall for Ouch {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        Answer::Wait
    }
    fn abandon(&mut self, _: &mut Kernel, _: Tid, _: Interrupted) {
        panic!("ouch");
    }
    fn describe(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ouch")
    }
}

#[test]
fn a_kill_goes_on_though_the_logger_panics_in_its_midst() {
    with_broken_logger(a_kill_goes_on_though_the_logger_panics_in_its_midst, || {
        let mut sched = Scheduler::new();
        let victims: Vec<_> = (0..40).map(|_| sched.spawn(|| call(Ouch)).tid()).collect();
        sched.run().unwrap_err();
        for victim in victims {
            sched.kill(victim).unwrap();
        }
        assert_eq!(sched.tasks().count(), 0, "each kill acted at once");
        assert_eq!(sched.run().unwrap().killed, 40);
    });
}

#[test]
fn a_logger_that_panics_harms_nobody() {
    with_broken_logger(a_logger_that_panics_harms_nobody, || {
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
    });
}
