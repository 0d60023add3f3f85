//! A thread that ends leaves nothing undone: schedulers in thread-local storage kill their tasks.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use coros::syscall::{GetTid, NewTask};
use coros::{JoinHandle, Scheduler, call, run};

use crate::common::{OnDrop, park_for_ever};

thread_local! {
    static SCHEDULER: RefCell<Option<Scheduler>> = const { RefCell::new(None) };
    static LAST_WORD: RefCell<Option<Box<dyn Send>>> = const { RefCell::new(None) };
    static HANDLE: RefCell<Option<JoinHandle<()>>> = const { RefCell::new(None) };
}

#[test]
fn tasks_of_a_thread_local_scheduler_are_unwound_when_the_thread_ends() {
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    thread::spawn(|| {
        // Touched before anything of the library, so dropped after it.
        SCHEDULER.set(Some(Scheduler::new()));
        let mut sched = SCHEDULER.take().unwrap();
        sched.spawn(|| {
            let _last = OnDrop(|| {
                call(NewTask::new(|| unreachable!("its scheduler is gone")));
                DROPPED.fetch_add(call(GetTid).number() as usize, SeqCst);
            });
            park_for_ever();
        });
        sched.step().unwrap();
        SCHEDULER.set(Some(sched));
    })
    .join()
    .unwrap();
    assert_eq!(DROPPED.load(SeqCst), 1);
}

#[test]
fn a_scheduler_may_run_while_the_thread_ends() {
    static SUM: AtomicUsize = AtomicUsize::new(0);
    thread::spawn(|| {
        let last = OnDrop(|| {
            let sum = run(|| coros::spawn(|| 20).join().unwrap() + 1).unwrap();
            SUM.fetch_add(sum, SeqCst);
        });
        LAST_WORD.set(Some(Box::new(last)));
        run(|| call(GetTid)).unwrap();
    })
    .join()
    .unwrap();
    assert_eq!(SUM.load(SeqCst), 21);
}

#[test]
fn a_handle_may_outlive_everything_else_of_its_thread() {
    thread::spawn(|| {
        HANDLE.set(None);
        let mut sched = Scheduler::new();
        HANDLE.set(Some(sched.spawn(|| ())));
        sched.run().unwrap();
    })
    .join()
    .unwrap();
}
