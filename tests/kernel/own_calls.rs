//! Calls that users write: how often they are served, and what becomes of them.

use coros::syscall::{Now, Sleep};
use coros::{
    Answer, Interrupted, Kernel, SystemCall, Tid, WaitList, call, sleep, spawn, yield_now,
};

use crate::common::{Log, park_for_ever, run, scheduler, seconds, serve};

/// Waits until it was served so many times; tells each time.
struct Countdown(u32, Log);

impl SystemCall for Countdown {
    type Reply = &'static str;
    fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<&'static str> {
        self.1.say(format!("served, {} left", self.0));
        match self.0.checked_sub(1) {
            None => return Answer::Done("answered"),
            Some(left) => self.0 = left,
        }
        Answer::Wait
    }
    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> &'static str {
        self.1.say(format!("abandoned: {:?}", why.why()));
        "abandoned"
    }
}

#[test]
fn a_call_is_served_again_after_each_wake_until_it_answers() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let counted = said.clone();
        let waits = spawn(move || call(Countdown(2, counted)));
        let tid = waits.tid();
        yield_now();
        for _ in 0..2 {
            assert!(serve(|kernel, _| kernel.wake(tid)));
            yield_now();
        }
        said.say(waits.join().unwrap());
    });
    let served = [
        "served, 2 left",
        "served, 1 left",
        "served, 0 left",
        "answered",
    ];
    assert_eq!(log.take(), served);
}

#[test]
fn a_call_is_abandoned_once_and_never_served_after() {
    let (mut sched, log) = (scheduler(), Log::new());
    let said = log.clone();
    let victim = sched.spawn(move || _ = call(Countdown(2, said))).tid();
    sched.step().unwrap();
    sched.kill(victim).unwrap();
    sched.run().unwrap();
    assert_eq!(log.take(), ["served, 2 left", "abandoned: Killed"]);
}

/// Waits on a list for so long at most: `true` if it was woken.
struct ParkFor<'l>(&'l WaitList, u64);

impl SystemCall for ParkFor<'_> {
    type Reply = bool;
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<bool> {
        if kernel.woken(caller) || kernel.is_due(caller) {
            return Answer::Done(kernel.woken(caller));
        }
        kernel.park(caller, self.0);
        if kernel.deadline(caller).is_none() {
            let deadline = kernel.now() + seconds(self.1);
            kernel.wake_at(caller, deadline);
            assert_eq!(kernel.deadline(caller), Some(deadline));
        }
        Answer::Wait
    }
    fn abandon(&mut self, _: &mut Kernel, _: Tid, _: Interrupted) -> bool {
        false
    }
}

#[test]
fn a_call_may_wait_for_a_wake_and_a_deadline_at_once() {
    run(|| {
        let list = WaitList::new();
        let before = call(Now);
        assert!(!call(ParkFor(&list, 5)));
        assert_eq!((call(Now) - before, list.len()), (seconds(5), 0));
        let bell = list.clone();
        spawn(move || {
            sleep(seconds(1)).unwrap();
            bell.wake_one();
        });
        assert!(call(ParkFor(&list, 5)));
        assert_eq!(call(Now) - before, seconds(6));
        sleep(seconds(1)).unwrap();
        assert_eq!(call(Now) - before, seconds(7), "the other deadline is gone");
    });
}

#[test]
fn a_wake_while_the_call_is_being_served_counts() {
    /// Wakes its own caller, then waits.
    struct WakeMyself(u32);
    impl SystemCall for WakeMyself {
        type Reply = u32;
        fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<u32> {
            self.0 += 1;
            kernel.wake(caller);
            if self.0 < 3 {
                Answer::Wait
            } else {
                Answer::Done(self.0)
            }
        }
        fn abandon(&mut self, _: &mut Kernel, _: Tid, _: Interrupted) -> u32 {
            0
        }
    }
    let mut sched = scheduler();
    let times = sched.spawn(|| (call(WakeMyself(0)), call(WakeMyself(2))));
    assert_eq!(sched.run().unwrap().turns, 4);
    assert_eq!(times.join().unwrap(), (3, 3));
}

#[test]
fn a_large_call_and_its_reply_are_dropped_once() {
    type Large = ([u64; 500], Box<dyn std::any::Any>);
    struct Swap(Option<Large>, #[allow(dead_code)] Box<dyn std::any::Any>);
    impl SystemCall for Swap {
        type Reply = Large;
        fn serve(&mut self, _: &mut Kernel, _: Tid) -> Answer<Large> {
            Answer::Done(self.0.take().unwrap())
        }
    }
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let large: Large = ([7; 500], Box::new(said.on_drop("reply")));
        let reply = call(Swap(Some(large), Box::new(said.on_drop("call"))));
        said.say("answered");
        assert_eq!(reply.0, [7; 500]);
    });
    assert_eq!(log.take(), ["call", "answered", "reply"]);
}

#[test]
fn large_closures_run() {
    let large = [7_u8; 9_000];
    let sum = run(move || spawn(move || large.iter().map(|&n| u64::from(n)).sum::<u64>()).join());
    assert_eq!(sum.unwrap(), 63_000);
}

#[test]
fn aligned_closures_calls_and_replies_stay_aligned() {
    #[derive(Clone, Copy)]
    #[repr(align(64))]
    struct Aligned(u8);
    let aligned = |value: &Aligned| std::ptr::from_ref(value).addr().is_multiple_of(64);
    let value = Aligned(7);
    let fine = run(move || {
        let child = spawn(move || aligned(&value) && value.0 == 7);
        let reply = serve(move |_, _| {
            assert!(aligned(&value));
            value
        });
        aligned(&reply) && reply.0 == 7 && child.join().unwrap()
    });
    assert!(fine);
}

#[test]
fn a_call_may_start_and_end_tasks() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let victim = spawn(park_for_ever).tid();
        let fresh = said.clone();
        let mut task = Some(coros::Task::new(move || fresh.say("runs")));
        serve(move |kernel, _| {
            kernel.kill(victim).unwrap();
            kernel.create_task(task.take().unwrap());
        });
        said.say("goes on");
        call(Sleep(seconds(1))).unwrap();
    });
    assert_eq!(log.take(), ["runs", "goes on"]);
}
