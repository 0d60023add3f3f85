//! Signals between tasks do what their UNIX namesakes do.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{TaskState, Why};
use coros::signal::{self, Signal, kill};
use coros::syscall::{GetTid, Sleep};
use coros::{
    Clock, JoinError, Kernel, Scheduler, SystemCall, Tid, call, channel, compute, run, sleep,
    spawn, sync::Mutex, timeout, yield_now,
};

const SECOND: Duration = Duration::from_secs(1);

fn in_virtual_time<T: 'static>(main: impl FnOnce() -> T + 'static) -> T {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let main = sched.spawn(main);
    sched.run().unwrap();
    main.join().unwrap()
}

/// Asks for the state of a task.
struct StateOf(Tid);

impl SystemCall for StateOf {
    type Reply = Option<TaskState>;

    fn serve(&mut self, kernel: &mut Kernel, _: Tid) -> coros::Answer<Self::Reply> {
        let info = kernel.tasks().find(|info| info.tid == self.0);
        coros::Answer::Done(info.map(|info| info.state))
    }
}

#[test]
fn what_is_not_asked_for_interrupts_and_says_so() {
    for signal in [
        Signal::Int,
        Signal::Term,
        Signal::Hup,
        Signal::Usr1,
        Signal::Usr2,
    ] {
        in_virtual_time(move || {
            let sleeper = spawn(|| (sleep(60 * SECOND), sleep(60 * SECOND)));
            yield_now();
            kill(sleeper.tid(), signal).unwrap();
            let (first, second) = sleeper.join().unwrap();
            for why in [first.unwrap_err(), second.unwrap_err()] {
                assert_eq!(why.why(), Why::Signal);
                assert_eq!(why.signal(), Some(signal));
                assert_eq!(why.by(), Some(call(GetTid)));
                assert!(why.to_string().contains(&signal.to_string()), "{why}");
            }
        });
    }
}

#[test]
fn a_signal_that_was_asked_for_goes_to_who_waits() {
    in_virtual_time(|| {
        let waiter = spawn(|| {
            let first = signal::wait_any(&[Signal::Usr1, Signal::Int]).unwrap();
            sleep(SECOND).unwrap(); // Nothing of it interrupts.
            (
                first,
                signal::wait_any(&[Signal::Usr1, Signal::Int]).unwrap(),
            )
        });
        yield_now();
        kill(waiter.tid(), Signal::Int).unwrap();
        yield_now();
        yield_now();
        kill(waiter.tid(), Signal::Usr1).unwrap();
        kill(waiter.tid(), Signal::Usr1).unwrap();
        assert_eq!(waiter.join().unwrap(), (Signal::Int, Signal::Usr1));
    });
}

#[test]
fn a_signal_that_comes_before_the_wait_is_kept_once() {
    in_virtual_time(|| {
        let me = call(GetTid);
        timeout(SECOND, || signal::wait(Signal::Usr1)).unwrap_err();
        for _ in 0..1_000 {
            kill(me, Signal::Usr1).unwrap();
        }
        signal::wait(Signal::Usr1).unwrap();
        let again = timeout(SECOND, || signal::wait(Signal::Usr1));
        assert!(again.is_err(), "a storm counts as one");
    });
}

#[test]
fn a_wait_that_is_broken_off_takes_no_signal() {
    in_virtual_time(|| {
        let waiter = spawn(|| {
            let late = timeout(SECOND, || signal::wait(Signal::Usr1));
            assert!(late.is_err());
            sleep(2 * SECOND).unwrap();
            signal::wait(Signal::Usr1).is_ok()
        });
        sleep(2 * SECOND).unwrap();
        kill(waiter.tid(), Signal::Usr1).unwrap();
        assert!(waiter.join().unwrap());
    });
}

#[test]
fn an_ignored_signal_does_nothing_until_it_is_reset() {
    in_virtual_time(|| {
        let sleeper = spawn(|| {
            signal::ignore(Signal::Usr1).unwrap();
            sleep(2 * SECOND).unwrap();
            signal::reset(Signal::Usr1).unwrap();
            sleep(2 * SECOND).unwrap_err().signal()
        });
        sleep(SECOND).unwrap();
        kill(sleeper.tid(), Signal::Usr1).unwrap();
        sleep(2 * SECOND).unwrap();
        kill(sleeper.tid(), Signal::Usr1).unwrap();
        assert_eq!(sleeper.join().unwrap(), Some(Signal::Usr1));
    });
}

#[test]
fn kill_is_never_handled() {
    in_virtual_time(|| {
        for refused in [
            signal::wait(Signal::Kill).unwrap_err(),
            signal::ignore(Signal::Kill).unwrap_err(),
            signal::on(Signal::Kill, || ()).unwrap_err(),
        ] {
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput, "{refused}");
        }
        let endless = spawn(|| {
            loop {
                yield_now();
            }
        });
        kill(endless.tid(), Signal::Kill).unwrap();
        assert!(matches!(endless.join(), Err(JoinError::Killed(_))));
        assert!(kill(endless.tid(), Signal::Usr1).is_err(), "it is gone");
    });
}

#[test]
fn a_stopped_task_does_not_run_until_it_goes_on() {
    in_virtual_time(|| {
        let count = Rc::new(Cell::new(0));
        let counter = Rc::clone(&count);
        let busy = spawn(move || {
            loop {
                counter.set(counter.get() + 1);
                yield_now();
            }
        });
        yield_now();
        kill(busy.tid(), Signal::Tstp).unwrap();
        yield_now();
        let before = count.get();
        for _ in 0..10 {
            yield_now();
        }
        assert_eq!(count.get(), before);
        assert_eq!(call(StateOf(busy.tid())), Some(TaskState::Stopped));
        kill(busy.tid(), Signal::Cont).unwrap();
        kill(busy.tid(), Signal::Cont).unwrap();
        for _ in 0..5 {
            yield_now();
        }
        assert!(count.get() > before);
        busy.kill().unwrap();
    });
}

#[test]
fn a_stopped_waiter_loses_nothing() {
    in_virtual_time(|| {
        let (tx, rx) = channel::bounded(4);
        let receiver = spawn(move || (rx.recv().unwrap(), rx.recv().unwrap()));
        let sleeper = spawn(|| sleep(SECOND).is_ok());
        yield_now();
        for task in [receiver.tid(), sleeper.tid()] {
            kill(task, Signal::Tstp).unwrap();
            kill(task, Signal::Tstp).unwrap();
        }
        tx.send(1).unwrap();
        sleep(5 * SECOND).unwrap();
        tx.send(2).unwrap();
        assert!(!receiver.is_finished() && !sleeper.is_finished());
        for task in [receiver.tid(), sleeper.tid()] {
            kill(task, Signal::Cont).unwrap();
        }
        assert_eq!(receiver.join().unwrap(), (1, 2));
        assert!(sleeper.join().unwrap());
    });
}

#[test]
fn a_stopped_task_is_killed_and_cancelled_as_any() {
    in_virtual_time(|| {
        let lock = Rc::new(Mutex::new(()));
        let theirs = Rc::clone(&lock);
        let holder = spawn(move || {
            let _guard = theirs.lock().unwrap();
            sleep(60 * SECOND)
        });
        let cancelled = spawn(|| sleep(60 * SECOND).unwrap_err().why());
        yield_now();
        kill(holder.tid(), Signal::Tstp).unwrap();
        kill(cancelled.tid(), Signal::Tstp).unwrap();
        yield_now();
        cancelled.cancel("enough");
        yield_now();
        assert!(!cancelled.is_finished(), "it learns of it when it goes on");
        kill(cancelled.tid(), Signal::Cont).unwrap();
        assert_eq!(cancelled.join().unwrap(), Why::Cancelled);
        holder.kill().unwrap();
        assert!(matches!(lock.lock(), Err(coros::sync::LockError::Poisoned)));
    });
}

#[test]
fn a_task_may_stop_itself() {
    in_virtual_time(|| {
        let selfish = spawn(|| {
            kill(call(GetTid), Signal::Tstp).unwrap();
            "went on"
        });
        sleep(SECOND).unwrap();
        assert!(!selfish.is_finished());
        kill(selfish.tid(), Signal::Cont).unwrap();
        assert_eq!(selfish.join().unwrap(), "went on");
    });
}

#[test]
fn a_task_that_computes_is_stopped_in_the_middle_and_owes_the_rest() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).cpus(2).build();
    let began = sched.now();
    let computing = sched.spawn(|| compute(4 * SECOND).is_ok());
    let tid = computing.tid();
    sched.spawn(move || {
        sleep(SECOND).unwrap();
        kill(tid, Signal::Tstp).unwrap();
        sleep(10 * SECOND).unwrap();
        kill(tid, Signal::Cont).unwrap();
    });
    sched.run().unwrap();
    assert!(computing.join().unwrap());
    assert_eq!(sched.now() - began, 14 * SECOND);
}

#[test]
fn a_run_in_which_all_are_stopped_is_stuck_and_says_so() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| kill(call(GetTid), Signal::Tstp).unwrap());
    let stuck = sched.run().unwrap_err();
    assert!(stuck.to_string().contains("is stopped"), "{stuck}");
}

#[test]
fn a_parent_that_asks_is_told_of_the_ends_of_its_children() {
    in_virtual_time(|| {
        timeout(SECOND, || signal::wait(Signal::Chld)).unwrap_err();
        let child = spawn(|| sleep(SECOND).unwrap());
        signal::wait(Signal::Chld).unwrap();
        assert!(child.is_finished());
        child.join().unwrap();
        let killed = spawn(|| sleep(SECOND).unwrap());
        yield_now();
        killed.kill().unwrap();
        signal::wait(Signal::Chld).unwrap();
    });
}

#[test]
fn a_handler_runs_for_each_signal_and_may_wait() {
    in_virtual_time(|| {
        let log = Rc::new(RefCell::new(Vec::new()));
        let theirs = Rc::clone(&log);
        let handler = signal::on(Signal::Usr1, move || {
            theirs.borrow_mut().push("begins");
            sleep(SECOND).unwrap();
            theirs.borrow_mut().push("ends");
        })
        .unwrap();
        let me = call(GetTid);
        kill(me, Signal::Usr1).unwrap();
        sleep(SECOND / 2).unwrap();
        kill(me, Signal::Usr1).unwrap();
        sleep(3 * SECOND).unwrap();
        assert_eq!(*log.borrow(), ["begins", "ends", "begins", "ends"]);
        handler.remove();
        yield_now();
        kill(me, Signal::Usr1).unwrap();
        sleep(3 * SECOND).unwrap();
        assert_eq!(log.borrow().len(), 4);
    });
}

#[test]
fn handlers_end_with_the_task_whose_they_are() {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| {
        let owner = spawn(|| _ = signal::on(Signal::Usr1, || ()).unwrap());
        owner.join().unwrap();
        sleep(SECOND).unwrap();
    });
    let report = sched.run().unwrap();
    assert_eq!((report.spawned, report.returned, report.killed), (3, 3, 0));
}

#[test]
fn a_wait_for_a_signal_can_be_selected() {
    in_virtual_time(|| {
        let both = || {
            spawn(|| {
                coros::select! {
                    signal = signal::waiting(&[Signal::Usr1]) => signal.unwrap().to_string(),
                    _ = Sleep(2 * SECOND) => "nothing".to_owned(),
                }
            })
        };
        let [told, untold] = [both(), both()];
        sleep(SECOND).unwrap();
        kill(told.tid(), Signal::Usr1).unwrap();
        assert_eq!(told.join().unwrap().unwrap(), "SIGUSR1");
        assert_eq!(untold.join().unwrap().unwrap(), "nothing");
    });
}

#[test]
fn a_wait_for_no_signal_is_refused() {
    for wait in [|| _ = signal::wait_any(&[]), || drop(signal::waiting(&[]))] {
        let refused = run(wait).unwrap_err();
        assert!(
            refused.to_string().contains("name at least one"),
            "{refused}"
        );
    }
}

#[test]
fn signals_outside_a_task_panic_as_any_call() {
    let panic = std::panic::catch_unwind(|| _ = signal::ctrl_c()).unwrap_err();
    let message = panic.downcast_ref::<String>().cloned();
    let message = message.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
    assert!(message.unwrap().contains("system call outside a task"));
    run(|| ()).unwrap();
}
