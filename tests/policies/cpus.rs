//! Simulated CPUs: who computes when, and where.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use coros::syscall::{Block, Compute, KillTask, Sleep};
use coros::{
    Answer, Builder, Clock, JoinError, Kernel, Scheduler, SystemCall, Tid, call, select, timeout,
};

use crate::common::{OnDrop, seconds, serve};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn work_takes_its_time_on_one_cpu_and_half_of_it_on_two() {
    for (cpus, took) in [(1, 4), (2, 2), (3, 2), (4, 1)] {
        let mut sched = Scheduler::builder()
            .clock(Clock::Virtual)
            .cpus(cpus)
            .build();
        for _ in 0..4 {
            sched.spawn(|| call(Compute(seconds(1))).unwrap());
        }
        let start = sched.now();
        sched.run().unwrap();
        assert_eq!(sched.now() - start, seconds(took), "{cpus} CPUs");
    }
}

#[test]
fn sleepers_wake_while_others_compute_but_wait_for_a_cpu() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    let woken = sched.spawn(move || {
        call(Sleep(ms(3))).unwrap();
        call(coros::syscall::Now) - start
    });
    sched.spawn(|| call(Compute(ms(10))).unwrap());
    sched.run().unwrap();
    assert_eq!(woken.join().unwrap(), ms(10));
}

#[test]
fn a_switch_costs_what_it_costs() {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .switch_cost(ms(1))
        .build();
    let start = sched.now();
    for _ in 0..3 {
        sched.spawn(|| call(Compute(ms(10))).unwrap());
    }
    sched.run().unwrap();
    assert_eq!(
        sched.now() - start,
        ms(32),
        "two switches: the first comes from nobody"
    );
}

#[test]
fn a_task_arrives_when_its_time_has_come() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    let builder = Builder::new().arrival(ms(7));
    let late = sched.spawn_with(builder, move || call(coros::syscall::Now) - start);
    sched.run().unwrap();
    assert_eq!(late.unwrap().join().unwrap(), ms(7));
}

#[test]
fn a_blocked_loop_holds_up_everybody() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    sched.spawn(|| call(Block(ms(10))));
    let woken = sched.spawn(move || {
        call(Sleep(ms(3))).unwrap();
        call(coros::syscall::Now) - start
    });
    sched.run().unwrap();
    assert_eq!(
        woken.join().unwrap(),
        ms(13),
        "its sleep began after the block"
    );
}

#[test]
fn a_deadline_breaks_off_a_computation_and_frees_its_cpu() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    let broken_off = sched.spawn(|| timeout(ms(3), || call(Compute(ms(10)))));
    let late = Builder::new().arrival(ms(1));
    sched
        .spawn_with(late, || call(Compute(ms(10))).unwrap())
        .unwrap();
    sched.run().unwrap();
    assert!(broken_off.join().unwrap().is_err());
    assert_eq!(sched.now() - start, ms(13));
}

#[test]
fn a_kill_frees_the_cpu_at_once() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).cpus(2).build();
    let start = sched.now();
    let victim = sched.spawn(|| call(Compute(seconds(100))).unwrap());
    let tid = victim.tid();
    sched.spawn(move || {
        call(Compute(ms(5))).unwrap();
        call(KillTask(tid)).unwrap();
    });
    sched.run().unwrap();
    assert!(matches!(victim.join(), Err(JoinError::Killed(_))));
    assert_eq!(sched.now() - start, ms(5));
}

#[test]
fn a_task_can_be_killed_and_cancelled_before_it_arrives() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    let late = || Builder::new().arrival(seconds(100));
    let killed = sched.spawn_with(late(), || ()).unwrap();
    let cancelled = sched
        .spawn_with(Builder::new().arrival(ms(9)), || call(Sleep(ms(1))))
        .unwrap();
    cancelled.cancel("not needed");
    let tid = killed.tid();
    sched.spawn(move || {
        assert!(
            !serve(|kernel, _| kernel.wake(tid)),
            "it does not wait for a wake"
        );
        call(KillTask(tid)).unwrap();
    });
    sched.run().unwrap();
    assert!(killed.join().is_err());
    assert!(cancelled.join().unwrap().is_err());
    assert_eq!(sched.now() - start, ms(9));
}

#[test]
fn a_task_can_be_killed_while_a_cpu_switches_to_it() {
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(2)
        .switch_cost(ms(4))
        .build();
    let start = sched.now();
    sched.spawn(|| call(Compute(ms(1))).unwrap());
    let numbers = Rc::new(Cell::new(None));
    let whom = Rc::clone(&numbers);
    sched.spawn(move || {
        call(Compute(ms(3))).unwrap();
        call(KillTask(whom.get().unwrap())).unwrap();
    });
    // The first CPU is free after 1 ms, and would have switched after 5.
    let victim = sched.spawn(|| unreachable!("it is killed before it comes on"));
    numbers.set(Some(victim.tid()));
    let heir = sched.spawn(|| ());
    sched.run().unwrap();
    assert!(matches!(victim.join(), Err(JoinError::Killed(_))));
    heir.join().unwrap();
    assert_eq!(sched.now() - start, ms(7), "the CPU switches to the heir");
}

#[test]
fn whoever_selects_does_not_compute() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let selects = sched.spawn(|| {
        let chosen = select! {
            computed = Compute(ms(1)) => computed.is_ok(),
            slept = Sleep(ms(1)) => slept.is_ok(),
        };
        chosen.is_ok()
    });
    sched.run().unwrap();
    let error = selects.join().unwrap_err().to_string();
    assert!(error.contains("Compute cannot be a branch"), "{error}");
}

#[test]
fn a_destructor_of_a_killed_task_does_not_compute() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    let victim = sched.spawn(|| {
        let _late = OnDrop(|| assert!(call(Compute(seconds(9))).is_err()));
        call(Compute(seconds(9))).unwrap();
    });
    sched
        .spawn_with(Builder::new().arrival(seconds(2)), || ())
        .unwrap();
    sched.step().unwrap();
    sched.kill(victim.tid()).unwrap();
    sched.run().unwrap();
    assert_eq!(sched.now() - start, seconds(2));
}

/// A call that waits, and panics when it is to give up.
struct Stubborn;

impl SystemCall for Stubborn {
    type Reply = ();
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<()> {
        Answer::Wait
    }
}

#[test]
fn a_task_that_goes_on_after_a_faulty_call_queues_for_its_cpu() {
    for policy in ["none", "fifo"] {
        let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
        if policy == "fifo" {
            sched.set_policy(coros::policy::Fifo::new());
        }
        let start = sched.now();
        let faulty = sched.spawn(|| {
            let call_it = AssertUnwindSafe(|| timeout(ms(1), || call(Stubborn)));
            assert!(catch_unwind(call_it).is_err());
            call(Compute(ms(5))).unwrap();
        });
        sched.spawn(|| call(Compute(ms(5))).unwrap());
        let report = sched.run().unwrap();
        faulty.join().unwrap();
        assert_eq!(report.policies_dropped, 0);
        assert_eq!(sched.now() - start, ms(10), "{policy}");
    }
}

#[test]
fn stepping_and_running_come_to_the_same() {
    let fill = |sched: &mut Scheduler| {
        for count in 1..5 {
            sched.spawn(move || {
                call(Compute(ms(count))).unwrap();
                call(Sleep(ms(count))).unwrap();
                call(Compute(ms(2))).unwrap();
            });
        }
    };
    let make = || Scheduler::builder().clock(Clock::Virtual).cpus(2).build();
    let (mut run, mut stepped) = (make(), make());
    fill(&mut run);
    fill(&mut stepped);
    let starts = [run.now(), stepped.now()];
    let report = run.run().unwrap();
    while stepped.step().unwrap().is_some() {}
    assert_eq!(report, stepped.report());
    assert_eq!(run.now() - starts[0], stepped.now() - starts[1]);
}
