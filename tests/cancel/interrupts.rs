//! Interrupts: cancel, deadlines and shields, by levels.

use std::cell::Cell;
use std::error::Error;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::mem;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::Why;
use coros::net::{TcpListener, TcpStream, UnixDatagram, UnixStream};
use coros::signal::{self, Signal};
use coros::sync::LockError;
use coros::syscall::{Now, Park, ReadWait};
use coros::{
    Interrupted, JoinError, Scope, TimedOut, WaitList, call, deadline, fs, offload, pipe, shield,
    sleep, spawn, timeout, yield_now,
};

use crate::common::{self, Log, run, seconds, serve};

#[test]
fn a_cancel_breaks_off_the_wait_and_says_who_and_why() {
    run(|| {
        let waiter = spawn(|| sleep(seconds(60)).unwrap_err());
        yield_now();
        waiter.cancel("enough");
        let interrupted = waiter.join().unwrap();
        assert_eq!(interrupted.why(), Why::Cancelled);
        assert_eq!(interrupted.by().unwrap().number(), 1);
        assert_eq!(interrupted.reason(), Some("enough"));
        let text = interrupted.to_string();
        assert_eq!(text, "the wait was cancelled by task 1: enough");
    });
}

#[test]
fn a_cancel_comes_again_at_every_later_wait() {
    run(|| {
        let waiter = spawn(|| (0..3).all(|_| sleep(seconds(60)).is_err()));
        yield_now();
        waiter.cancel("enough");
        assert!(waiter.join().unwrap());
        assert_eq!(
            serve(|kernel, _| kernel.now()),
            call(Now),
            "no time has passed"
        );
    });
}

#[test]
fn a_cancel_before_the_first_wait_breaks_that_off() {
    run(|| {
        let waiter = spawn(|| sleep(seconds(60)).unwrap_err().why());
        waiter.cancel("early");
        assert_eq!(waiter.join().unwrap(), Why::Cancelled);
    });
}

#[test]
fn a_call_that_need_not_wait_is_not_interrupted() {
    run(|| {
        let worker = spawn(|| {
            yield_now();
            yield_now();
            spawn(|| sleep(seconds(1))).join().is_err()
        });
        worker.cancel("enough");
        assert!(worker.join().unwrap(), "a join that has to wait is");
    });
}

#[test]
fn what_was_granted_before_the_cancel_stays_granted() {
    run(|| {
        let bell = WaitList::new();
        let waiter = spawn({
            let bell = bell.clone();
            move || call(Park(&bell))
        });
        yield_now();
        bell.wake_one();
        waiter.cancel("too late");
        assert_eq!(waiter.join().unwrap(), Ok(()));
    });
}

#[test]
fn of_a_cancel_and_a_wake_the_earlier_wins() {
    run(|| {
        let bell = WaitList::new();
        let waiters = [0, 1].map(|_| {
            let bell = bell.clone();
            spawn(move || call(Park(&bell)).is_ok())
        });
        yield_now();
        waiters[0].cancel("first");
        bell.wake_one();
        assert!(!waiters[0].join().unwrap());
        assert!(waiters[1].join().unwrap(), "the wake went to the next");
    });
}

#[test]
fn cancelling_a_joiner_leaves_the_target_alone() {
    run(|| {
        let target = Rc::new(spawn(|| {
            sleep(seconds(5)).unwrap();
            "done"
        }));
        let joiner = spawn({
            let target = Rc::clone(&target);
            move || matches!(target.join(), Err(JoinError::Interrupted(_)))
        });
        yield_now();
        joiner.cancel("not you");
        assert!(joiner.join().unwrap());
        assert_eq!(target.join().unwrap(), "done");
    });
}

#[test]
fn my_cancel_and_the_end_of_my_target_are_told_apart() {
    run(|| {
        let target = Rc::new(spawn(|| sleep(seconds(5))));
        let cancelled = Rc::clone(&target);
        let joiner = spawn(move || cancelled.join());
        yield_now();
        target.cancel("the target");
        let value = joiner.join().unwrap();
        assert!(
            matches!(value, Ok(Err(_))),
            "the target returned, interrupted"
        );
        let target = Rc::new(spawn(|| sleep(seconds(5))));
        let killed = Rc::clone(&target);
        let joiner = spawn(move || killed.join());
        yield_now();
        target.kill().unwrap();
        assert!(matches!(joiner.join().unwrap(), Err(JoinError::Killed(_))));
    });
}

#[test]
fn a_timeout_breaks_off_the_wait_at_its_time() {
    run(|| {
        let began = call(Now);
        let result = timeout(seconds(2), || sleep(seconds(5)).unwrap_err().why());
        assert_eq!(result, Err(TimedOut));
        assert_eq!(call(Now) - began, seconds(2));
    });
}

#[test]
fn a_scope_left_before_its_deadline_reports_no_timeout_and_leaves_no_timer() {
    run(|| {
        let slept = timeout(seconds(2), || sleep(seconds(1)));
        assert_eq!(slept, Ok(Ok(())));
        assert_eq!(sleep(seconds(60)), Ok(()), "the deadline is gone");
    });
}

#[test]
fn a_deadline_that_passes_without_a_wait_is_no_timeout() {
    run(|| {
        let before = call(Now);
        let value = deadline(before, || {
            yield_now();
            7
        });
        assert_eq!(value, Ok(7));
        assert_eq!(
            deadline(before, || sleep(seconds(1)).is_err()),
            Err(TimedOut)
        );
    });
}

#[test]
fn an_inner_timeout_is_never_taken_for_the_outers() {
    run(|| {
        let outer = timeout(seconds(5), || {
            let inner = timeout(seconds(1), || sleep(seconds(60)));
            assert_eq!(inner, Err(TimedOut));
            sleep(seconds(1))
        });
        assert_eq!(outer, Ok(Ok(())));
    });
}

#[test]
fn an_outer_timeout_is_reported_by_the_outer_alone() {
    run(|| {
        let outer = timeout(seconds(1), || {
            let inner = timeout(seconds(5), || sleep(seconds(60)).unwrap_err().why());
            assert_eq!(inner, Ok(Why::TimedOut));
        });
        assert_eq!(outer, Err(TimedOut));
    });
}

#[test]
fn scopes_expire_in_any_order() {
    run(|| {
        for (outer, inner) in [(1, 2), (2, 1), (3, 3)] {
            let mut reported = (false, false);
            reported.0 = timeout(seconds(outer), || {
                reported.1 = timeout(seconds(inner), || {
                    let _ = sleep(seconds(60));
                    let _ = shield(seconds(9), || sleep(seconds(4)));
                    let _ = sleep(seconds(60));
                })
                .is_err();
                let _ = sleep(seconds(60));
            })
            .is_err();
            assert_eq!(reported, (true, inner < outer), "{outer} {inner}");
        }
    });
}

#[test]
fn a_swallowed_timeout_comes_again_at_the_next_wait_of_that_scope() {
    run(|| {
        let began = call(Now);
        let result = timeout(seconds(1), || {
            for _ in 0..10 {
                assert!(sleep(seconds(60)).is_err());
            }
        });
        assert_eq!(result, Err(TimedOut));
        assert_eq!(call(Now) - began, seconds(1));
        assert_eq!(
            sleep(seconds(1)),
            Ok(()),
            "outside the scope waits are whole"
        );
    });
}

#[test]
fn cleanup_that_waits_fails_at_once_unless_it_is_shielded() {
    run(|| {
        let worker = spawn(|| {
            let _ = sleep(seconds(60));
            let bare = sleep(seconds(1)).is_err();
            let shielded = shield(seconds(5), || sleep(seconds(1)));
            let overlong = shield(seconds(5), || sleep(seconds(9)));
            (bare, shielded, overlong)
        });
        yield_now();
        worker.cancel("enough");
        let (bare, shielded, overlong) = worker.join().unwrap();
        assert!(bare);
        assert_eq!(shielded, Ok(Ok(())));
        assert_eq!(overlong, Err(TimedOut));
    });
}

#[test]
fn a_scope_is_cancelled_by_its_handle_before_during_or_after() {
    run(|| {
        let early = Scope::new();
        early.cancel("before");
        let why = early.run(|| sleep(seconds(60))).unwrap_err();
        assert_eq!(why.reason(), Some("before"));
        let scope = Scope::new();
        let canceller = scope.clone();
        spawn(move || {
            sleep(seconds(1)).unwrap();
            canceller.cancel("during");
        });
        let why = scope.run(|| sleep(seconds(60))).unwrap_err();
        assert_eq!(why.reason(), Some("during"));
        scope.cancel("after");
        assert_eq!(sleep(seconds(1)), Ok(()));
    });
}

#[test]
fn a_deadline_can_be_moved_both_ways_and_taken_away() {
    run(|| {
        let began = call(Now);
        for (moved, slept) in [(Some(9), Err(9)), (Some(1), Err(1)), (None, Ok(()))] {
            let start = call(Now);
            let scope = Scope::until(start + seconds(5));
            scope.set_deadline(Some(start + seconds(6)));
            let mover = scope.clone();
            let result = scope.run(|| {
                mover.set_deadline(moved.map(|at| start + seconds(at)));
                sleep(seconds(20))
            });
            let took = (call(Now) - start).as_secs();
            match slept {
                Err(at) => assert_eq!((result.unwrap_err().why(), took), (Why::TimedOut, at)),
                Ok(()) => assert_eq!(result, Ok(Ok(()))),
            }
        }
        assert_eq!(call(Now) - began, seconds(30));
    });
}

#[test]
fn a_scope_is_left_also_by_a_panic() {
    run(|| {
        let caught = std::panic::catch_unwind(|| timeout(seconds(1), || panic!("out")));
        assert!(caught.is_err());
        assert_eq!(sleep(seconds(5)), Ok(()), "no deadline is left behind");
    });
}

#[test]
fn a_killed_task_leaves_no_deadline_behind() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let task = spawn(move || {
            let _bye = said.on_drop("gone");
            timeout(seconds(100), || {
                timeout(seconds(200), || sleep(seconds(300)))
            })
        });
        yield_now();
        yield_now();
        yield_now();
        task.kill().unwrap();
        // Its place is another's now, whom a deadline left behind would hit.
        let heir = spawn(|| sleep(seconds(400)));
        assert_eq!(heir.join().unwrap(), Ok(()));
    });
    assert_eq!(log.take(), ["gone"]);
}

#[test]
fn a_thousand_timed_out_waits_leave_nothing_behind() {
    let list = WaitList::new();
    let waited = list.clone();
    run(move || {
        for _ in 0..1000 {
            let result = timeout(seconds(1), || call(Park(&waited)));
            assert_eq!(result, Err(TimedOut));
            assert!(waited.is_empty());
        }
    });
    assert_eq!(list.len(), 0);
}

#[test]
fn a_cancel_in_a_destructor_works() {
    run(|| {
        let sleeper = spawn(|| sleep(seconds(60)).is_err());
        let seen = Rc::new(Cell::new(false));
        yield_now();
        drop(common::OnDrop(|| sleeper.cancel("dropped")));
        seen.set(sleeper.join().unwrap());
        assert!(seen.get());
    });
}

#[test]
fn as_an_io_error_an_interruption_is_never_retried() {
    run(|| {
        let error = timeout(seconds(1), || {
            let interrupted = sleep(seconds(5)).unwrap_err();
            let error = io::Error::from(interrupted);
            assert_eq!(error.kind(), ErrorKind::TimedOut);
        });
        assert!(error.is_err());
        let cancelled = spawn(|| io::Error::from(sleep(seconds(5)).unwrap_err()));
        yield_now();
        cancelled.cancel("x");
        let error = cancelled.join().unwrap();
        assert_eq!(error.kind(), ErrorKind::Other);
        assert_eq!(Interrupted::of(&error).unwrap().reason(), Some("x"));
    });
}

/// Runs it in a task whose waits are all broken off.
fn cancelled<T: 'static>(f: impl FnOnce() -> T + 'static) -> T {
    let waiter = spawn(f);
    waiter.cancel("closing time");
    waiter.join().unwrap()
}

#[track_caller]
fn assert_is_found<E: Error + 'static>(error: &E) {
    let found = Interrupted::of(error).unwrap_or_else(|| panic!("not in {error:?}"));
    assert_eq!(found.reason(), Some("closing time"));
}

#[test]
fn the_interruption_is_found_in_every_io_error_of_a_wait() {
    coros::run(|| {
        let waits: [fn() -> io::Result<()>; _] = [
            || TcpListener::bind("127.0.0.1:0")?.accept().map(drop),
            || UnixDatagram::pair()?.0.recv(&mut [0; 8]).map(drop),
            || UnixStream::pair()?.0.read_exact(&mut [0; 8]),
            || TcpStream::connect("localhost:1").map(drop),
            || pipe::between_tasks(8).0.read(&mut [0; 8]).map(drop),
            || pipe::os()?.0.read(&mut [0; 8]).map(drop),
            || call(ReadWait(&UnixStream::pair()?.0)),
            || signal::wait(Signal::Usr1),
            || {
                let (go, wait) = std::sync::mpsc::channel::<()>();
                let done = offload(move || _ = wait.recv());
                drop(go);
                Ok(done?)
            },
            // These name the file that they are about.
            || fs::read("no/such/file").map(drop),
            || fs::create_dir("no/such/folder/either"),
        ];
        // Now and then the thread that looks for the file is quicker than the cancel.
        let is_late = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        for wait in waits {
            let mut errors = std::iter::repeat_with(|| cancelled(wait).unwrap_err());
            let error = errors.find(|error| !is_late(error));
            assert_is_found(&error.expect("the errors are endless"));
        }
    })
    .unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn the_interruption_is_found_in_the_errors_about_a_child() {
    use coros::process::{Command, Failed};

    coros::run(|| {
        let error = cancelled(|| Command::new("sleep").arg("60").spawn()?.wait());
        let error = error.unwrap_err();
        assert_is_found(&error);
        let failed = Failed::from(error);
        assert_is_found(&failed);
        assert_is_found(&io::Error::from(failed));
    })
    .unwrap();
}

#[test]
fn the_interruption_is_found_however_deep_it_lies() {
    run(|| {
        let interrupted = || cancelled(|| sleep(seconds(5)).unwrap_err());
        assert_is_found(&interrupted());
        let wrapped = LockError::Interrupted(interrupted());
        assert_is_found(&wrapped);
        let mut error = io::Error::other(wrapped);
        for kind in [
            ErrorKind::TimedOut,
            ErrorKind::InvalidData,
            ErrorKind::Other,
        ] {
            error = io::Error::new(kind, error);
            assert_is_found(&error);
        }
        let buffered = BufReader::new(error_of_reads(error)).read_line(&mut String::new());
        assert_is_found(&buffered.unwrap_err());
    });
}

/// The comments of a file, each with the line of code that follows it; first that of the file itself.
fn comments(text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut comment = String::new();
    for line in text.lines().map(str::trim_start) {
        if let Some(words) = line.strip_prefix("///").or(line.strip_prefix("//!")) {
            comment += words;
        } else if !line.starts_with("#[") {
            all.push((mem::take(&mut comment), line.to_owned()));
        }
    }
    all
}

/// The comments of all that waits for the world outside.
fn comments_of_the_world_outside() -> Vec<(String, String)> {
    let parts = [
        "net",
        "fs",
        "pipe",
        "stdio",
        "process",
        "signal.rs",
        "syscall",
    ];
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths: Vec<_> = parts.map(|part| src.join(part)).into();
    let mut all = Vec::new();
    while let Some(path) = paths.pop() {
        match path.is_dir() {
            true => paths.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path())),
            false => all.extend(comments(&std::fs::read_to_string(path).unwrap())),
        }
    }
    all
}

#[test]
fn every_function_whose_wait_may_be_broken_off_leads_to_the_reason() {
    let mut seen = 0;
    let mut silent = Vec::new();
    for (comment, code) in comments_of_the_world_outside() {
        let errors = comment.split("# Errors").nth(1).unwrap_or_default();
        let errors = errors.split("# ").next().unwrap_or_default();
        let errors = errors.split("```").next().unwrap_or_default();
        let told = errors.contains("interrupt") || errors.contains("broken off");
        if told && code.starts_with("pub fn ") {
            seen += 1;
            if !errors.contains("(crate::Interrupted::of)") {
                silent.push(format!("{code}: {errors}"));
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
    assert!(seen > 40, "the test can see functions, not {seen}");
}

/// Types whose methods wait for the world outside.
const PAGES: &[&str] = &[
    "pub trait ToAddrs",
    "pub struct Listener",
    "pub struct Socket",
    "pub type TcpListener",
    "pub struct Incoming",
    "pub type TcpStream",
    "pub type UdpSocket",
    "pub type UnixListener",
    "pub type UnixIncoming",
    "pub type UnixStream",
    "pub type UnixDatagram",
    "pub struct ReadHalf",
    "pub struct WriteHalf",
    "pub struct OwnedReadHalf",
    "pub struct OwnedWriteHalf",
    "pub struct File",
    "pub struct Reader",
    "pub struct Writer",
    "pub struct PipeReader",
    "pub struct PipeWriter",
    "pub struct Stdin",
    "pub struct Lines",
    "pub struct Stdout",
    "pub struct Stderr",
    "pub struct Child",
    "pub struct Command",
    "pub struct Forked",
    "pub struct ForkServer",
    "pub struct Job",
    "pub struct Spawned",
    "pub struct Objects",
    "pub struct Queue",
    "pub struct Sender",
    "pub struct Receiver",
    "pub struct Publisher",
    "pub enum Failed",
    "pub struct Io",
    "pub struct ReadWait",
    "pub struct WriteWait",
    "pub struct WhenReady",
];

/// One sentence, the same everywhere, so that readers know it when they see it.
#[test]
fn every_page_with_such_a_wait_says_where_the_reason_is() {
    let sentence = "When a wait is broken off, the `io::Error` says why: see [`Interrupted::of`]";
    let all = comments_of_the_world_outside();
    for page in PAGES {
        let is_it = |code: &str| {
            let rest = code.strip_prefix(page);
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        let mut pages = all.iter().filter(|(_, code)| is_it(code)).peekable();
        assert!(pages.peek().is_some(), "there is no {page}");
        pages.for_each(|(comment, _)| assert!(comment.contains(sentence), "{page}: {comment}"));
    }
}

/// A reader that fails with this.
fn error_of_reads(error: io::Error) -> impl Read {
    struct Failing(Option<io::Error>);
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            self.0.take().map_or(Ok(0), Err)
        }
    }
    Failing(Some(error))
}

#[test]
fn a_deadline_is_an_interruption_and_the_limit_of_a_socket_is_none() {
    coros::run(|| {
        let (mut here, _there) = UnixStream::pair().unwrap();
        let millisecond = Duration::from_millis(1);
        let late = timeout(millisecond, || {
            let error = here.read(&mut [0; 8]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            let found = Interrupted::of(&error).map(Interrupted::why);
            assert_eq!(found, Some(Why::TimedOut));
        });
        let error = io::Error::from(late.unwrap_err());
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let found = Interrupted::of(&error).map(Interrupted::why);
        assert_eq!(found, Some(Why::TimedOut));

        here.set_read_timeout(Some(millisecond)).unwrap();
        let error = here.read(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(Interrupted::of(&error), None);
    })
    .unwrap();
}

#[test]
fn an_error_of_the_system_is_no_interruption() {
    let errors = [
        io::Error::from_raw_os_error(4),
        ErrorKind::Interrupted.into(),
        ErrorKind::TimedOut.into(),
        io::Error::other("the wait was cancelled"),
    ];
    for error in errors {
        assert_eq!(Interrupted::of(&error), None, "{error}");
    }
}
