//! What crashes is started again, slower and slower.
//!
//! "Let it crash" needs a supervisor that sees it. This one follows Erlang's `one_for_one`: each task is
//! restarted alone; and its restart intensity: more than so many restarts within so much time mean that the
//! fault will not pass, so the supervisor ends the others and fails itself, for its own supervisor to see.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use coros::syscall::Now;
use coros::{
    Clock, Interrupted, JoinError, JoinHandle, Scheduler, Stuck, call, group, sleep, spawn,
};

const SECOND: Duration = Duration::from_secs(1);

/// More restarts than this, within so long, are too many.
const MOST_RESTARTS: usize = 3;
const WITHIN: Duration = Duration::from_secs(30);

/// The pause before the first restart; each one after it is twice as long.
const PAUSE: Duration = Duration::from_secs(1);

/// What a supervised task does; it is told which start this is.
type Work = fn(u32);

/// Why a supervisor gives up.
#[derive(Debug)]
struct CrashesTooOften(&'static str);

/// Prints a line with the time since the beginning.
struct Diary(Instant);

impl Diary {
    fn note(&self, text: fmt::Arguments<'_>) {
        println!("{:>5} s  {text}", (call(Now) - self.0).as_secs());
    }
}

/// Runs a task until it returns, and starts it again when it crashes; if the wait for it is broken off,
/// it is ended.
fn supervise(diary: &Diary, name: &'static str, work: Work) -> Result<(), CrashesTooOften> {
    let mut restarts = VecDeque::new();
    let mut start = 0;
    loop {
        start += 1;
        diary.note(format_args!("{name}: start {start}"));
        match end_of(spawn(move || work(start))) {
            End::Returned => {
                diary.note(format_args!("{name}: has done its work"));
                return Ok(());
            }
            End::Interrupted(why) => {
                diary.note(format_args!("{name}: is ended:\n  {why}"));
                return Ok(()); // The others are no failure of this one.
            }
            End::Crashed(message) => diary.note(format_args!("{name}: crashed: {message}")),
        }
        let now = call(Now);
        restarts.retain(|&then| now - then < WITHIN);
        if restarts.len() == MOST_RESTARTS {
            return Err(CrashesTooOften(name));
        }
        // One that has run well for long begins again with the short pause.
        let pause = PAUSE * (1 << restarts.len());
        restarts.push_back(now);
        if sleep(pause).is_err() {
            return Ok(());
        }
    }
}

/// How a task ended.
enum End {
    Returned,
    Crashed(String),
    Interrupted(Interrupted),
}

/// Waits for a task.
fn end_of(task: JoinHandle<()>) -> End {
    match task.join() {
        Ok(()) => End::Returned,
        Err(JoinError::Panicked(panic)) => End::Crashed(panic.message().to_owned()),
        Err(JoinError::Interrupted(why)) => {
            _ = task.kill(); // It may have ended by itself meanwhile.
            End::Interrupted(why)
        }
        Err(other) => End::Crashed(other.to_string()),
    }
}

fn work_for(duration: Duration) {
    sleep(duration).expect("nothing breaks this sleep off");
}

/// Needs two attempts until its network is there.
fn mail(start: u32) {
    work_for(2 * SECOND);
    assert!(start > 2, "no network");
}

/// Crashes once an hour: seldom enough.
fn web(start: u32) {
    work_for(3600 * SECOND);
    assert!(start > 2, "out of memory");
}

/// Never comes up once its disk is full.
fn database(start: u32) {
    work_for(if start == 1 {
        3 * 3600 * SECOND
    } else {
        SECOND
    });
    panic!("disk full");
}

fn clock(_: u32) {
    work_for(100 * 3600 * SECOND);
}

fn supervise_all() {
    let diary = Diary(call(Now));
    let diary = &diary;
    let ended = group(|g| {
        let table: [(_, Work); 4] = [
            ("mail", mail),
            ("web", web),
            ("database", database),
            ("clock", clock),
        ];
        for (name, work) in table {
            g.spawn_result(move || supervise(diary, name, work).map_err(|why| why.to_string()));
        }
    });
    match ended {
        Ok(()) => diary.note(format_args!("all have done their work")),
        Err(error) => diary.note(format_args!("the supervisor gives up:\n  {error}")),
    }
}

impl fmt::Display for CrashesTooOften {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} crashes too often", self.0)
    }
}

fn main() -> Result<(), Stuck> {
    // The diary tells of the crashes.
    std::panic::set_hook(Box::new(|_| ()));
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(supervise_all);
    println!("{}", sched.run()?);
    Ok(())
}
