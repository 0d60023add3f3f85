//! The end of main: who goes on, who is killed, and when.
//!
//! Main begins a download that takes three seconds and a daemon that beats each second, and ends in
//! several ways. The run ends with its last ordinary task, whichever that is; then daemons are killed, the
//! newest first, and their destructors run. With `broken`, threads of the system: they end with main.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use coros::signal::{Signal, kill};
use coros::syscall::{GetTid, Now};
use coros::{Builder, Clock, JoinHandle, Scheduler, Stuck, call, sleep, spawn};

const SECOND: Duration = Duration::from_secs(1);

/// Tells who says something, and when.
#[derive(Clone, Copy)]
struct Stage(Instant);

impl Stage {
    fn say(self, who: &str, what: &str) {
        let time = (call(Now) - self.0).as_secs_f32();
        println!("  {time:.1} s  {who}: {what}");
    }
}

/// Speaks when its task is left, however that comes about.
struct Leaving(Stage, &'static str);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.say(self.1, "my destructor runs");
    }
}

fn download(stage: Stage) {
    sleep(3 * SECOND).expect("nothing interrupts it");
    stage.say("download", "done");
}

fn heart(stage: Stage) {
    let _leaving = Leaving(stage, "heart");
    while sleep(SECOND).is_ok() {
        stage.say("heart", "beat");
    }
}

/// Takes longer than the download.
fn save(stage: Stage) {
    let _leaving = Leaving(stage, "save");
    sleep(9 * SECOND / 2).expect("nothing interrupts it");
    stage.say("save", "done");
}

fn daemon(body: impl FnOnce() + 'static) -> JoinHandle<()> {
    Builder::new().daemon(true).spawn(body)
}

/// Begins all, and hands over what is to be joined.
fn begin(stage: Stage) -> JoinHandle<()> {
    spawn(move || download(stage));
    daemon(move || heart(stage));
    daemon(move || save(stage))
}

fn returns(stage: Stage) {
    begin(stage);
    stage.say("main", "I return");
}

fn joins(stage: Stage) {
    begin(stage).join().expect("it is saved");
    stage.say("main", "it is saved, I return");
}

fn panics(stage: Stage) {
    begin(stage);
    stage.say("main", "I panic");
    // As `panic!` does, but for the message on standard error.
    std::panic::resume_unwind(Box::new("on purpose"));
}

/// Main alone hears of a Ctrl-C, as in Python.
fn is_interrupted(stage: Stage) {
    let save = begin(stage);
    let main = call(GetTid);
    daemon(move || {
        sleep(3 * SECOND / 2).expect("nothing interrupts it");
        kill(main, Signal::Int).expect("main is there");
    });
    match save.join() {
        Ok(()) => stage.say("main", "it is saved, I return"),
        Err(why) => stage.say("main", &format!("{why}; I return")),
    }
}

fn show(title: &str, main: fn(Stage)) -> Result<(), Stuck> {
    println!("main {title}:");
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let stage = Stage(sched.now());
    let main = sched.spawn(move || main(stage));
    sched.run()?;
    if let Err(error) = main.join() {
        println!("  {error}");
    }
    Ok(())
}

/// What does not run here is the point.
struct Farewell;

impl Drop for Farewell {
    fn drop(&mut self) {
        println!("thread: my destructor runs");
    }
}

fn begin_thread() {
    let (begun, has_begun) = channel();
    thread::spawn(move || {
        let _farewell = Farewell;
        begun.send("thread: I download").expect("main waits for it");
        thread::sleep(3 * SECOND);
        println!("thread: done");
    });
    println!("{}", has_begun.recv().expect("it has begun"));
    println!("main: I return");
}

fn main() -> Result<(), Stuck> {
    if std::env::args().any(|argument| argument == "broken") {
        begin_thread();
        return Ok(());
    }
    show("returns at once", returns)?;
    show("joins the daemon", joins)?;
    show("panics", panics)?;
    show("is interrupted", is_interrupted)
}
