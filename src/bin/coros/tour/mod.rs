//! The tour: the four classic calls, each as a few lines of code and what the loop makes of them.

use std::process::ExitCode;

use coros::{Clock, Scheduler};

use crate::fit::wrap;
use crate::interrupt;
use crate::story;
use crate::term::{self, command, say, say_folded, with_margin};

mod get_tid;
mod kill_task;
mod new_task;
mod wait_task;

/// One call: what it is for, and a task that makes it, shown and run.
struct Chapter {
    title: &'static str,
    text: &'static str,
    source: &'static str,
    task: fn(),
}

const WELCOME: &str = "\
Welcome to coros, a toy operating system.

Its tasks are coroutines: each has a stack of its own, and runs until it asks
for something by yielding a system call. The loop answers the call and lets
the next task have its turn. There are no threads and no locks in here.";

const CHAPTERS: [Chapter; 4] = [
    Chapter {
        title: "GetTid: who am I?",
        text: "\
The simplest question. The task stops inside `call`, the loop serves the call,
and the task goes on with the answer when it is its turn again.",
        source: include_str!("get_tid.rs"),
        task: get_tid::task,
    },
    Chapter {
        title: "NewTask: one more, please",
        text: "\
The child goes into the ready queue before its parent, so it has had its first
turn by the time the parent reads the reply.",
        source: include_str!("new_task.rs"),
        task: new_task::task,
    },
    Chapter {
        title: "KillTask: enough",
        text: "\
An endless task harms no other: it has to yield, and then it can be killed. Its
stack is unwound at once, so what it held is dropped as usual.",
        source: include_str!("kill_task.rs"),
        task: kill_task::task,
    },
    Chapter {
        title: "WaitTask: how did it end?",
        text: "\
A task that waits has no turns; the end of the child wakes it. The kernel
forgets who has ended, so this child takes a turn off first; handles, as from
coros::spawn, remember. (say! is println! with a bar in front.)",
        source: include_str!("wait_task.rs"),
        task: wait_task::task,
    },
];

pub fn give() -> ExitCode {
    interrupt::end_at_ctrl_c();
    prose(WELCOME);
    for (at, chapter) in CHAPTERS.iter().enumerate() {
        let title = format!("{}. {}", at + 1, chapter.title);
        say!("{title}\n{}\n", "-".repeat(title.len()));
        prose(chapter.text);
        with_margin("    ", || say_folded(code(chapter.source)));
        say!("");
        show(chapter.task);
        say!("");
    }
    say_goodbye();
    ExitCode::SUCCESS
}

fn say_goodbye() {
    let coros = command();
    let ways = [
        ("list", "the programs that there are"),
        ("step family", "see a program turn by turn"),
        ("run stuck", "a deadlock, explained"),
    ];
    prose("Four chapters; scroll up for the first. Where to go next:");
    for (what, why) in ways {
        let typed = format!("{coros} {what}");
        say_folded(&format!("  {typed:24} {why}"));
    }
    say!("");
    say_folded("With RUST_LOG=trace before any of them, one line for each turn.");
    say_folded("The whole story, with exercises: docs/guide/README.md");
}

/// Prints paragraphs, and an empty line; as they are written, unless the terminal is too narrow for that.
fn prose(text: &str) {
    for paragraph in text.split("\n\n") {
        match paragraph.lines().any(|line| line.len() > term::width()) {
            true => say!("{}", wrap(&paragraph.replace('\n', " "), term::width())),
            false => say!("{paragraph}"),
        }
        say!("");
    }
}

/// The code of a chapter: its file without the caption and the imports.
fn code(source: &'static str) -> &'static str {
    let start = source.find("pub fn").unwrap_or_default();
    source[start..].trim_start_matches("pub ").trim_end()
}

/// Runs a task turn by turn, and tells each.
fn show(task: fn()) {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(task);
    while let Some(step) =
        with_margin("  | ", || sched.step()).expect("the tour's tasks are never stuck")
    {
        with_margin("  ", || say_folded(&story::tell(&step)));
    }
}
