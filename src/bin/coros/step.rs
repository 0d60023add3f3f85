//! `coros step`: a program one turn at a time, with what each turn changed.

use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;

use coros::Scheduler;
use coros::task::{TaskInfo, TaskState};
use unicode_width::UnicodeWidthStr;

use crate::fit::{clip, clip_front, pad};
use crate::interrupt;
use crate::machine::Machine;
use crate::programs::{Program, Verdict};
use crate::run::{GRACE, STUCK};
use crate::story;
use crate::term::{self, say, say_folded, with_margin};

/// How many tasks are shown at most, and how many of the ready queue.
const ROWS: usize = 12;

const KEYS: [&str; 3] = ["Enter: one turn", "c: go on to the end", "q: quit"];

const HEADINGS: [&str; 4] = ["NAME", "STATE", "WAITS IN", "LAST CALL AT"];

/// In fewer columns a row of the table takes two lines.
const NARROW: usize = 60;

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
        // It handles signals when it goes on to the end; before that they end the process at once.
        Ok(builder) => builder.handle_signals(GRACE).build(),
        Err(error) => return term::refuse(format_args!("{error}")),
    };
    let verdict = program.load(&mut sched);
    interrupt::end_at_ctrl_c();
    say_keys();
    say!("");
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
                say_keys();
                continue;
            }
        };
        match ended {
            Ok(false) => {}
            Ok(true) => return end(&sched, verdict),
            Err(stuck) => {
                say_folded(&stuck.to_string());
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
    say_folded(&story::tell(&step));
    show(sched);
    Ok(sched.tasks().next().is_none())
}

fn end(sched: &Scheduler, verdict: Verdict) -> ExitCode {
    let report = sched.report();
    say_folded(&format!("The program has ended: {report}."));
    match report.signal.or(interrupt::heard()) {
        Some(signal) => interrupt::tell(signal).into(),
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
        say!("{}", clip(line.trim(), term::width() - 2));
    }
    key
}

/// The keys, side by side if there is room for that.
fn say_keys() {
    let line = KEYS.join("   ");
    match line.len() <= term::width() {
        true => say!("{line}"),
        false => say!("{}", KEYS.join("\n")),
    }
}

/// The task table and the ready queue.
fn show(sched: &Scheduler) {
    let tasks: Vec<_> = sched.tasks().collect();
    if tasks.is_empty() {
        return;
    }
    let width = term::width();
    say!("{}", row(width, "TID", HEADINGS));
    for task in tasks.iter().take(ROWS) {
        say!("{}", row_of(task, width));
    }
    if let Some(more @ 1..) = tasks.len().checked_sub(ROWS) {
        say!("{:>5}  and {more} more", "…");
    }
    say_folded(&format!("{:>5}: {}", "ready", queue(sched)));
}

/// A row of the table; in a narrow terminal, with the wait and the place on a line of their own.
fn row(width: usize, tid: &str, [name, state, waits_in, place]: [&str; 4]) -> String {
    if width < NARROW {
        let name = pad(name, width - 16);
        let place = clip_front(place, (width - 8) / 2);
        let waits_in = pad(waits_in, width - 8 - place.width());
        let below = format!("{waits_in} {place}");
        return match below.trim() {
            "" => format!("{tid:>5}  {name} {state}"),
            _ => format!("{tid:>5}  {name} {state}\n{:7}{below}", ""),
        };
    }
    // Of 80 columns, 15 and 24 and what is left.
    let room = width - 18;
    let name = pad(name, (room * 15 / 62).min(24));
    let waits_in = pad(waits_in, (room * 24 / 62).min(48));
    let used = name.width() + waits_in.width();
    let place = clip_front(place, room - used);
    format!("{tid:>5}  {name} {state:8} {waits_in} {place}")
}

fn row_of(task: &TaskInfo, width: usize) -> String {
    let waits_in = match (task.state, task.until, &task.waits_in) {
        (TaskState::Expected, Some(arrival), _) => format!("arrives at {arrival:?}"),
        (_, _, Some(call)) => call.clone(),
        _ => String::new(),
    };
    let place = task.place.map_or(String::new(), |place| {
        format!("{}:{}", place.file(), place.line())
    });
    let (tid, state) = (task.tid.to_string(), task.state.to_string());
    row(width, &tid, [&task.name, &state, &waits_in, &place])
}

/// The first tasks of the ready queue, next one first.
fn queue(sched: &Scheduler) -> String {
    match sched.ready().count() {
        0 => "no task".to_owned(),
        all if all <= ROWS => story::numbers(sched.ready()),
        all => format!(
            "{}, … {} more",
            story::numbers(sched.ready().take(ROWS)),
            all - ROWS
        ),
    }
}
