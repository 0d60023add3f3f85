//! Whoever computes can be broken off, in real time too, and destructors do not compute.

use std::time::{Duration, Instant};

use coros::kernel::SchedParams;
use coros::syscall::{Block, Compute, Sleep};
use coros::{Builder, Clock, Scheduler, Tid, call, spawn, timeout, yield_now};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn a_deadline_breaks_off_a_computation_in_real_time() {
    let mut sched = Scheduler::new();
    let task = sched.spawn(|| {
        let began = Instant::now();
        let told = timeout(ms(20), || call(Compute(ms(3_000))));
        (told.is_err(), began.elapsed())
    });
    sched.run().unwrap();
    let (timed_out, took) = task.join().unwrap();
    assert!(timed_out);
    assert!(took < ms(2_000), "it computed for {took:?}");
}

#[test]
fn a_cancelled_task_does_not_compute_in_real_time() {
    let mut sched = Scheduler::new();
    let task = sched.spawn(|| call(Compute(ms(500))));
    task.cancel("no more");
    sched.run().unwrap();
    assert!(task.join().unwrap().is_err());
}

struct Computes;

impl Drop for Computes {
    fn drop(&mut self) {
        let _ = call(Compute(ms(50)));
    }
}

#[test]
fn a_destructor_of_a_killed_task_does_not_compute_in_real_time() {
    let mut sched = Scheduler::new();
    let victim = sched.spawn(|| {
        let _computes = Computes;
        let _ = call(Sleep(ms(10_000)));
    });
    let tid = victim.tid();
    sched.spawn(move || {
        yield_now();
        call(coros::syscall::KillTask(tid)).unwrap();
        for _ in 0..5 {
            yield_now();
        }
    });
    sched.run().unwrap();
}

#[test]
fn a_destructor_of_a_panicking_task_does_not_compute_in_real_time() {
    let mut sched = Scheduler::new();
    sched.spawn(|| {
        let _computes = Computes;
        panic!("on purpose");
    });
    sched.spawn(|| {
        for _ in 0..5 {
            yield_now();
        }
    });
    sched.run().unwrap();
}

#[test]
fn whoever_computes_first_is_not_forgotten_for_a_destructor_that_does() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let doomed = sched.spawn(|| {
        let _computes = Computes;
        let _ = call(Sleep(ms(10_000)));
    });
    struct Kills(Tid);
    impl coros::SystemCall for Kills {
        type Reply = ();
        fn serve(&mut self, kernel: &mut coros::Kernel, _: Tid) -> coros::Answer<()> {
            let _ = kernel.kill(self.0);
            coros::Answer::Done(())
        }
    }
    struct LeavesAPost(Tid);
    impl Drop for LeavesAPost {
        fn drop(&mut self) {
            // Asked for while unwinding, it is carried out before the next pick.
            call(Kills(self.0));
        }
    }
    let tid = doomed.tid();
    let worker = sched.spawn(move || {
        yield_now();
        let unwound = std::panic::catch_unwind(|| {
            let _post = LeavesAPost(tid);
            std::panic::resume_unwind(Box::new(()));
        });
        assert!(unwound.is_err());
        call(Compute(ms(5)))
    });
    sched.run().unwrap();
    worker.join().unwrap().unwrap();
}

#[test]
fn what_cannot_be_counted_is_computed_at_the_end_of_time() {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(3)
        .switch_cost(ms(1))
        .build();
    sched.spawn(|| call(Compute(Duration::ZERO)).unwrap());
    sched.spawn(|| call(Compute(Duration::MAX)).unwrap());
    sched.spawn(|| call(Block(Duration::MAX)));
    drop(
        Builder::new()
            .claim(SchedParams::new())
            .arrival(Duration::MAX),
    );
    sched.spawn(|| {
        let late = Builder::new()
            .arrival(Duration::MAX)
            .spawn(|| call(Compute(Duration::MAX)));
        let _ = spawn(|| call(Compute(ms(1)))).join();
        late.join().unwrap().unwrap();
    });
    sched.run().unwrap();
}

/// What a task that computes for 100 ms under a deadline of 10 ms is told, and how long it took.
fn broken_off(cpus: u32) -> (bool, Duration) {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(cpus)
        .build();
    let task = sched.spawn(|| {
        let began = call(coros::syscall::Now);
        let told = timeout(ms(10), || call(Compute(ms(100))));
        (told.is_err(), call(coros::syscall::Now) - began)
    });
    sched.run().unwrap();
    task.join().unwrap()
}

#[test]
fn a_deadline_breaks_off_a_computation_on_the_only_cpu_when_it_comes() {
    assert_eq!(broken_off(1), (true, ms(10)));
}

#[test]
fn a_deadline_breaks_off_a_computation_on_one_of_two_cpus_when_it_comes() {
    assert_eq!(broken_off(2), (true, ms(10)));
}
