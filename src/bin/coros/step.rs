//! `coros step`: a program one turn at a time, with what each turn changed.

use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;

use coros::Scheduler;
use coros::task::TaskInfo;

use crate::interrupt;
use crate::machine::Machine;
use crate::programs::{Program, Verdict};
use crate::run::{GRACE, STUCK, interrupted, report};
use crate::story;
use crate::term::{self, clip, say, with_margin};

/// How many tasks are shown at most, and how many of the ready queue.
const ROWS: usize = 12;

const KEYS: &str = "Enter: one turn   c: go on to the end   q: quit";

/// The mark before what the program itself says.
const MARGIN: &str = "| ";

/// What the user wants next.
enum Key {
    Turn,
    Continue,
    Quit,
    Other,
}

pub fn step(program: &Program, machine: &Machine) -> ExitCode {
    let mut sched = match machine.builder() {
        // In a turn, or while it waits for a key, a signal ends it at once.
        Ok(builder) => builder.handle_signals(GRACE).build(),
        Err(error) => return term::refuse(format_args!("{error}")),
    };
    let verdict = program.load(&mut sched);
    say!("{KEYS}\n");
    show(&sched);
    loop {
        let ended = match ask() {
            Key::Turn => turn(&mut sched),
            Key::Continue => {
                interrupt::listen();
                with_margin(MARGIN, || sched.run()).map(|_| true)
            }
            Key::Quit => return quit(&sched),
            Key::Other => {
                say!("{KEYS}");
                continue;
            }
        };
        match ended {
            Ok(false) => {}
            Ok(true) => return end(&sched, verdict),
            Err(stuck) => {
                say!("{}", report(&stuck));
                return ExitCode::from(STUCK);
            }
        }
    }
}

/// One turn; says whether the program has ended.
fn turn(sched: &mut Scheduler) -> Result<bool, coros::Stuck> {
    let Some(step) = with_margin(MARGIN, || sched.step())? else {
        return Ok(true);
    };
    say!("{}", story::tell(&step));
    show(sched);
    Ok(sched.tasks().next().is_none())
}

fn end(sched: &Scheduler, verdict: Verdict) -> ExitCode {
    let report = sched.report();
    say!("The program has ended: {report}.");
    match report.signal {
        Some(signal) => interrupted(signal),
        None => verdict(),
    }
}

fn quit(sched: &Scheduler) -> ExitCode {
    say!("Quit; tasks left: {}.", sched.tasks().count());
    ExitCode::SUCCESS
}

/// Waits for a line from the user; the end of input quits.
fn ask() -> Key {
    term::print("\n> ");
    let mut line = Vec::new();
    let read = io::stdin().lock().read_until(b'\n', &mut line);
    let line = String::from_utf8_lossy(&line);
    let key = match line.trim() {
        _ if read.is_err() || line.is_empty() => Key::Quit,
        "" => Key::Turn,
        "c" => Key::Continue,
        "q" => Key::Quit,
        _ => Key::Other,
    };
    if line.is_empty() || !io::stdin().is_terminal() {
        // No terminal has echoed the line.
        say!("{}", clip(line.trim(), term::WIDTH - 2));
    }
    key
}

/// The task table and the ready queue.
fn show(sched: &Scheduler) {
    let tasks: Vec<_> = sched.tasks().collect();
    if tasks.is_empty() {
        return;
    }
    say!(
        "{:>5}  {:15} {:8} {:24} {}",
        "TID",
        "NAME",
        "STATE",
        "WAITS IN",
        "LAST CALL AT"
    );
    for task in tasks.iter().take(ROWS) {
        say!("{}", row(task));
    }
    if let Some(more @ 1..) = tasks.len().checked_sub(ROWS) {
        say!("{:>5}  and {more} more", "…");
    }
    say!("{:>5}: {}", "ready", queue(sched));
}

fn row(task: &TaskInfo) -> String {
    let name = clip(&task.name, 15);
    let waits_in = clip(task.waits_in.as_deref().unwrap_or(""), 24);
    let place = task.place.map_or(String::new(), |place| {
        clip(&format!("{}:{}", tail(place.file()), place.line()), 23)
    });
    let (tid, state) = (task.tid, task.state);
    format!("{tid:>5}  {name:15} {state:8} {waits_in:24} {place}")
}

/// The last two parts of a path, which tell source files apart well enough.
fn tail(path: &str) -> &str {
    let slashes = path.rmatch_indices(['/', '\\']);
    match slashes.map(|(at, _)| at).nth(1) {
        Some(at) => &path[at + 1..],
        None => path,
    }
}

/// The first tasks of the ready queue, next one first.
fn queue(sched: &Scheduler) -> String {
    match sched.ready().count() {
        0 => "nobody".to_owned(),
        all if all <= ROWS => story::numbers(sched.ready()),
        all => format!(
            "{}, … {} more",
            story::numbers(sched.ready().take(ROWS)),
            all - ROWS
        ),
    }
}
