//! Where the system makes no further thread, offloaded work fails with the reason, and the run goes on.

use std::fs as std_fs;
use std::io::{BufWriter, ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::id;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use coros::net::{TcpStream, ToAddrs};
use coros::offload::{OffloadError, Pool};
use coros::process::{Command, fork};
use coros::syscall::GetTid;
use coros::{Clock, Scheduler, call, fs, offload, run, shield, sleep, spawn, timeout, yield_now};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, Uid, getrlimit, getuid, kill_process, setrlimit,
};
use rustix::thread::set_thread_res_uid;

use crate::{children, eventually};

crate::tests![
    work_without_a_thread_is_an_error_that_says_so,
    no_work_is_kept_that_was_refused,
    work_is_done_once_threads_can_be_made_again,
    files_and_names_fail_and_say_why,
    work_waits_for_a_thread_that_lives,
    a_wait_for_a_stuck_thread_is_broken_off,
    work_given_up_in_the_queue_frees_its_place,
    pools_take_turns_where_threads_are_scarce,
    a_stop_is_heeded_while_work_waits,
    a_file_of_a_task_that_unwinds_is_written_without_threads,
    a_file_is_written_though_the_one_thread_is_stuck,
    virtual_time_goes_on_after_work_was_refused,
    two_schedulers_are_both_told,
    a_dropped_child_needs_no_thread_at_once,
    a_process_may_fork_when_its_threads_have_gone,
];

const HOUR: Duration = Duration::from_secs(3600);

/// A user of no name, for whom a limit holds; it does not for root.
const STRANGER: u32 = 61_234;

/// Gives up root's rights: the process has no other thread yet.
fn be_ordinary() {
    if getuid().is_root() {
        let user = Some(Uid::from_raw(STRANGER));
        set_thread_res_uid(user, user, user).expect("root may become any user");
    }
}

/// Sees to it that no further thread can be made, until the value is dropped.
struct NoThreads(Rlimit);

impl NoThreads {
    fn new() -> Self {
        be_ordinary();
        let before = getrlimit(Resource::Nproc);
        let none = Rlimit {
            current: Some(0),
            ..before
        };
        setrlimit(Resource::Nproc, none).unwrap();
        assert!(thread::Builder::new().spawn(|| ()).is_err(), "forbidden");
        Self(before)
    }
}

impl Drop for NoThreads {
    fn drop(&mut self) {
        setrlimit(Resource::Nproc, self.0).unwrap();
    }
}

/// A thread of the pool that is kept busy until the sender goes.
fn busy_thread() -> Sender<()> {
    be_ordinary();
    let (keep, kept) = channel::<()>();
    let (says, begun) = channel();
    spawn(move || {
        offload(move || {
            says.send(()).unwrap();
            _ = kept.recv();
        })
    });
    until(&begun);
    keep
}

fn pid(number: u32) -> Pid {
    Pid::from_raw(i32::try_from(number).unwrap()).unwrap()
}

fn until(receiver: &Receiver<()>) {
    while receiver.try_recv().is_err() {
        sleep(Duration::from_millis(1)).unwrap();
    }
}

fn names_the_cause_and_the_cure(error: &dyn std::error::Error) {
    let text = error.to_string();
    assert!(text.contains("no thread"), "{text}");
    assert!(text.contains("ulimit -u"), "{text}");
}

fn work_without_a_thread_is_an_error_that_says_so() {
    let _none = NoThreads::new();
    run(|| {
        let beside = spawn(|| (0..100).for_each(|_| yield_now()));
        for _ in 0..3 {
            let error = offload(|| 1).unwrap_err();
            assert!(matches!(error, OffloadError::NoThread(_)), "{error:?}");
            names_the_cause_and_the_cure(&error);
            let error = std::io::Error::from(error);
            names_the_cause_and_the_cure(&error);
            // Whoever sees this kind tries again, at once and for ever.
            assert_ne!(error.kind(), ErrorKind::WouldBlock);
        }
        assert!(Pool::new(1).run(|| 1).is_err());
        let tick = Duration::from_millis(1);
        assert!(timeout(tick, || sleep(HOUR)).is_err(), "timers go on");
        beside.join().unwrap();
    })
    .unwrap();
}

fn no_work_is_kept_that_was_refused() {
    let none = NoThreads::new();
    let pool = Pool::new(1);
    let (says, dropped) = channel::<()>();
    let lane = pool.clone();
    run(move || {
        let here = call(GetTid);
        let note = OnDrop(Some(move || {
            assert_eq!(call(GetTid), here, "by its caller");
            says.send(()).unwrap();
        }));
        assert!(lane.run(move || drop(note)).is_err());
        dropped.try_recv().expect("dropped, and not done later");
        assert_eq!(lane.queued(), 0);
    })
    .unwrap();
    drop(none);
    assert_eq!(run(move || pool.run(|| 2).unwrap()).unwrap(), 2);
}

struct OnDrop<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        if let Some(act) = self.0.take() {
            act();
        }
    }
}

fn work_is_done_once_threads_can_be_made_again() {
    let none = NoThreads::new();
    run(move || {
        assert!(offload(|| 1).is_err());
        drop(none);
        assert_eq!(offload(|| 1).unwrap(), 1);
    })
    .unwrap();
}

fn files_and_names_fail_and_say_why() {
    let _none = NoThreads::new();
    run(|| {
        let opened = fs::OpenOptions::new().read(true).open("/etc/hostname");
        for (error, deed) in [
            (fs::read("/etc/hostname").unwrap_err(), "read"),
            (fs::File::open("/etc/hostname").unwrap_err(), "open"),
            (opened.unwrap_err(), "open"),
            (fs::remove_dir("/etc/hostname").unwrap_err(), "remove"),
        ] {
            names_the_cause_and_the_cure(&error);
            let named = format!("cannot {deed} /etc/hostname: ");
            assert!(error.to_string().starts_with(&named), "{error}");
            assert_ne!(error.kind(), ErrorKind::WouldBlock);
        }
        names_the_cause_and_the_cure(&fs::read_dir("/").unwrap_err());
        names_the_cause_and_the_cure(&"localhost:80".to_addrs().unwrap_err());
        names_the_cause_and_the_cure(&TcpStream::connect("localhost:80").unwrap_err());
        assert!("127.0.0.1:80".to_addrs().is_ok(), "numbers need no thread");
        let file = std_fs::File::open("/proc/self/stat").unwrap();
        let file = fs::File::from_std(file).unwrap();
        names_the_cause_and_the_cure(&file.metadata().unwrap_err());
    })
    .unwrap();
}

fn work_waits_for_a_thread_that_lives() {
    run(|| {
        let busy = busy_thread();
        let _none = NoThreads::new();
        let waiting: Vec<_> = (0..5).map(|n| spawn(move || offload(move || n))).collect();
        let lane = Pool::new(1);
        let panics = spawn(move || lane.run(|| panic!("on purpose")).is_ok());
        for _ in 0..10 {
            yield_now();
        }
        assert!(waiting.iter().all(|task| !task.is_finished()));
        drop(busy);
        for (n, task) in (0..).zip(waiting) {
            assert_eq!(task.join().unwrap().unwrap(), n);
        }
        assert!(panics.join().is_err());
        assert_eq!(offload(|| 1).unwrap(), 1, "the thread lives on");
    })
    .unwrap();
}

fn a_wait_for_a_stuck_thread_is_broken_off() {
    run(|| {
        let busy = busy_thread();
        let _none = NoThreads::new();
        let tick = Duration::from_millis(1);
        assert!(timeout(tick, || offload(|| 1)).is_err());
        assert!(timeout(tick, || fs::read("/etc/hostname")).is_err());
        let cancelled = spawn(|| offload(|| 1).is_err());
        let killed = spawn(|| offload(|| 1).is_err());
        yield_now();
        cancelled.cancel("no time");
        assert!(cancelled.join().unwrap());
        killed.kill().unwrap();
        assert!(killed.join().is_err());
        drop(busy);
        assert_eq!(offload(|| 1).unwrap(), 1);
    })
    .unwrap();
}

fn work_given_up_in_the_queue_frees_its_place() {
    run(|| {
        let busy = busy_thread();
        let _none = NoThreads::new();
        let lane = Pool::new(1);
        let tick = Duration::from_millis(1);
        for _ in 0..3 {
            assert!(timeout(tick, || lane.run(|| 1)).is_err());
            assert_eq!(lane.queued(), 0);
            assert!(format!("{lane:?}").contains("0 of 1 busy"), "{lane:?}");
        }
        drop(busy);
        assert_eq!(lane.run(|| 1).unwrap(), 1);
    })
    .unwrap();
}

fn pools_take_turns_where_threads_are_scarce() {
    run(|| {
        let busy = busy_thread();
        let _none = NoThreads::new();
        let (says, said) = channel();
        let (long, short) = (Pool::new(1), Pool::new(1));
        let lanes = [(&long, "a"), (&long, "b"), (&long, "c"), (&short, "d")];
        let tasks: Vec<_> = lanes
            .map(|(pool, name)| {
                let (pool, says) = (pool.clone(), says.clone());
                spawn(move || pool.run(move || says.send(name).unwrap()).unwrap())
            })
            .into();
        yield_now();
        assert_eq!((long.queued(), short.queued()), (3, 1));
        drop(busy);
        tasks.iter().for_each(|task| task.join().unwrap());
        let order: Vec<_> = said.try_iter().collect();
        assert_eq!(order, ["a", "d", "b", "c"]);
    })
    .unwrap();
}

fn a_stop_is_heeded_while_work_waits() {
    let begun = run(|| {
        let busy = busy_thread();
        let _none = NoThreads::new();
        let waiting = spawn(|| offload(|| 1));
        yield_now();
        kill_process(pid(id()), Signal::TERM).unwrap();
        let stopped = waiting.join();
        drop(busy);
        stopped.is_err() || stopped.unwrap().is_err()
    });
    // The run says that it was stopped; what counts is that it ended.
    assert!(begun.is_err() || begun.unwrap());
}

/// A path that no other test uses.
fn scratch() -> PathBuf {
    std::env::temp_dir().join(format!("coros-without-threads-{}", id()))
}

fn a_file_of_a_task_that_unwinds_is_written_without_threads() {
    let _none = NoThreads::new();
    run(|| {
        let file = std_fs::File::create(scratch()).unwrap();
        let victim = spawn(move || {
            let mut file = BufWriter::new(fs::File::from_std(file).unwrap());
            file.write_all(b"killed").unwrap();
            let _ = sleep(HOUR);
        });
        yield_now();
        yield_now();
        victim.kill().unwrap();
        assert_eq!(std_fs::read(scratch()).unwrap(), b"killed");

        let file = std_fs::File::create(scratch()).unwrap();
        let caught = catch_unwind(AssertUnwindSafe(move || {
            let mut file = BufWriter::new(fs::File::from_std(file).unwrap());
            file.write_all(b"panicked").unwrap();
            panic!("on purpose");
        }));
        assert!(caught.is_err());
        assert_eq!(std_fs::read(scratch()).unwrap(), b"panicked");
        std_fs::remove_file(scratch()).unwrap();
    })
    .unwrap();
}

fn a_file_is_written_though_the_one_thread_is_stuck() {
    run(|| {
        let busy = busy_thread();
        let _none = NoThreads::new();
        let file = std_fs::File::create(scratch()).unwrap();
        let victim = spawn(move || {
            let file = Rc::new(fs::File::from_std(file).unwrap());
            let last = Rc::clone(&file);
            let _last = OnDrop(Some(move || (&*last).write_all(b"the last page").unwrap()));
            // It waits for the thread; what has not begun is not done.
            _ = (&*file).write_all(b"the first");
        });
        for _ in 0..5 {
            yield_now();
        }
        victim.kill().unwrap();
        assert_eq!(std_fs::read(scratch()).unwrap(), b"the last page");
        std_fs::remove_file(scratch()).unwrap();
        drop(busy);
    })
    .unwrap();
}

fn virtual_time_goes_on_after_work_was_refused() {
    let _none = NoThreads::new();
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let task = sched.spawn(|| {
        let refused = (0..3).all(|_| offload(|| 1).is_err());
        sleep(HOUR).unwrap();
        refused
    });
    sched.run().unwrap();
    assert!(task.join().unwrap());
}

fn two_schedulers_are_both_told() {
    be_ordinary();
    let (go, may_go) = channel::<()>();
    let other = thread::spawn(move || {
        may_go.recv().unwrap();
        run(|| offload(|| 1).is_err()).unwrap()
    });
    let none = NoThreads::new();
    go.send(()).unwrap();
    assert!(run(|| (0..50).all(|_| offload(|| 1).is_err())).unwrap());
    assert!(other.join().unwrap());
    drop(none);
    assert_eq!(run(|| offload(|| 1).unwrap()).unwrap(), 1);
}

fn a_dropped_child_needs_no_thread_at_once() {
    be_ordinary();
    run(|| {
        let sleeper = Command::new("sleep")
            .arg("1000")
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let number = sleeper.id();
        let none = NoThreads::new();
        drop(sleeper);
        let tick = Duration::from_millis(1);
        assert!(timeout(tick, || sleep(HOUR)).is_err(), "the run goes on");
        kill_process(pid(number), Signal::KILL).unwrap();
        drop(none);
        // The next one that is let go brings a thread for both.
        drop(Command::new("true").spawn().unwrap());
        shield(HOUR, || eventually(|| children().is_empty())).unwrap();
    })
    .unwrap();
}

fn a_process_may_fork_when_its_threads_have_gone() {
    assert_eq!(run(|| offload(|| 1).unwrap()).unwrap(), 1);
    assert!(fork(|| 0).is_err(), "a thread is there, and idle");
    eventually(|| {
        fork(|| run(|| offload(|| 7).unwrap()).unwrap())
            .is_ok_and(|child| child.wait().unwrap().code() == Some(7))
    });
    // And the parent's pool still is one.
    assert_eq!(run(|| offload(|| 2).unwrap()).unwrap(), 2);
}
