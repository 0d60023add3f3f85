//! SIGTSTP, SIGCONT, SIGINT, SIGKILL, to tasks and a process.
//!
//! A task that is stopped has no turns, and time goes on; one that is interrupted tidies up, or does not
//! care; one that is killed is unwound. Processes are stopped and interrupted alike, but in one that is
//! killed no destructor runs. To try it by hand, say `worker`, and type Ctrl-Z, `fg` and Ctrl-C.

use std::error::Error;
use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};
use std::{env, fs};

use coros::process::{Child, Command, Stdio};
use coros::signal::{self, Signal, kill};
use coros::syscall::Now;
use coros::{Clock, JoinHandle, Scheduler, call, run, sleep, spawn, timeout};

const SECOND: Duration = Duration::from_secs(1);

/// Speaks when a task is left, however that comes about.
struct Leaving;

impl Drop for Leaving {
    fn drop(&mut self) {
        println!("         a destructor runs");
    }
}

/// Tells when what is said.
#[derive(Clone, Copy)]
struct Stage(Instant);

impl Stage {
    fn say(self, text: &str) {
        let time = (call(Now) - self.0).as_secs_f32();
        println!("  {time:>3.1} s  {text}");
    }

    fn send<T>(self, to: &JoinHandle<T>, signal: Signal) {
        self.say(&format!("{signal}"));
        kill(to.tid(), signal).expect("it is there");
    }
}

/// A lap a second, until it is interrupted.
fn polite(stage: Stage) {
    let _leaving = Leaving;
    for lap in 1.. {
        if let Err(interrupted) = sleep(SECOND) {
            return stage.say(&format!("polite: {interrupted}"));
        }
        stage.say(&format!("polite: lap {lap}"));
    }
}

/// Ignores what can be ignored.
fn deaf(stage: Stage) {
    let _leaving = Leaving;
    signal::ignore(Signal::Int).expect("this one may be ignored");
    let error = signal::ignore(Signal::Kill).expect_err("this one may not");
    stage.say(&format!("deaf: {error}"));
    while sleep(SECOND).is_ok() {
        stage.say("deaf: la la la");
    }
}

fn tasks(stage: Stage) {
    let pause = |tenths| sleep(tenths * SECOND / 10).expect("nothing interrupts it");
    let worker = spawn(move || polite(stage));
    pause(15);
    stage.send(&worker, Signal::Tstp);
    pause(30);
    stage.send(&worker, Signal::Cont);
    pause(15);
    stage.send(&worker, Signal::Int);
    worker.join().expect("it returns");

    let worker = spawn(move || deaf(stage));
    pause(15);
    stage.send(&worker, Signal::Int);
    pause(10);
    stage.send(&worker, Signal::Kill);
    println!("         {}", worker.join().expect_err("it is killed"));
}

/// A program that is told to end by SIGINT. It writes how far it is to its error stream.
fn worker() {
    let _leaving = Leaving;
    signal::ask(Signal::Int).expect("it can be handled");
    println!("         ready");
    let mut lap = 0;
    while timeout(SECOND, signal::ctrl_c).is_err() {
        lap += 1;
        eprintln!("         lap {lap}");
    }
    println!("         SIGINT, so I tidy up");
}

/// Begins the worker as a shell begins a job: in a process group of its own.
fn begin_worker() -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("worker").stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command.kill_on_drop(true).as_std_mut().process_group(0);
    command.spawn()
}

/// What the system says of it, as soon as that is so.
fn await_state(child: &Child, letter: char) -> io::Result<()> {
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
        let state = status
            .lines()
            .find_map(|line| line.strip_prefix("State:\t"));
        if let Some(state) = state.filter(|state| state.starts_with(letter)) {
            println!("         {state}");
            return Ok(());
        }
        sleep(SECOND / 1000)?;
    }
}

fn send(child: &Child, signal: Signal) -> io::Result<()> {
    println!("  {signal}");
    child.signal(signal)
}

/// Prints what else the worker says, and how it ends.
fn tell_end(mut child: Child, said: impl BufRead) -> io::Result<()> {
    for line in said.lines() {
        println!("{}", line?);
    }
    println!("         {}", child.wait()?);
    Ok(())
}

fn processes() -> io::Result<()> {
    for last in [Signal::Int, Signal::Kill] {
        let mut child = begin_worker()?;
        let mut said = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        said.read_line(&mut line)?;
        print!("{line}");
        if last == Signal::Int {
            send(&child, Signal::Tstp)?;
            await_state(&child, 'T')?;
            send(&child, Signal::Cont)?;
            await_state(&child, 'S')?;
        }
        send(&child, last)?;
        tell_end(child, said)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    if env::args().any(|argument| argument == "worker") {
        return Ok(run(worker)?);
    }
    println!("tasks, in virtual time:");
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let stage = Stage(sched.now());
    sched.spawn(move || tasks(stage));
    sched.run()?;
    println!("processes:");
    run(|| timeout(10 * SECOND, processes))???;
    Ok(())
}
