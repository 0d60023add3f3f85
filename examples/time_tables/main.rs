//! What sync, async and threads take, by a note and in fact.
//!
//! The functions are the note's, and virtual time makes their seconds cheap. A star marks where the note
//! says something else than what is seen here. With `broken`, a heart beats beside them.

mod asyncio;
mod diary;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::SchedulerBuilder;
use coros::policy::RoundRobin;
use coros::watch::Lints;
use coros::{Builder, Scheduler, Stuck, compute, spawn};

use asyncio::{block, gather, pause};
use diary::{Diary, run};

/// The first table of the note.
const GATHERED: [(&str, u64); 8] = [
    ("f1 starts, and blocks", 0),
    ("f1 awaits", 3),
    ("f2 starts, and awaits", 3),
    ("f3 starts, and awaits", 3),
    ("f3 resumes, and is done", 4),
    ("f1 resumes, and is done", 5),
    ("f2 resumes, and is done", 5),
    ("all are done", 5),
];

fn f1(diary: &Diary) {
    diary.note("f1 starts, and blocks");
    block(3);
    diary.note("f1 awaits");
    pause(1);
    diary.note("f1 resumes, and is done");
}

fn f2(diary: &Diary) {
    diary.note("f2 starts, and awaits");
    pause(2);
    diary.note("f2 resumes, and is done");
}

fn f3(diary: &Diary) {
    diary.note("f3 starts, and awaits");
    pause(1);
    diary.note("f3 resumes, and is done");
}

/// What a function of the note does with its seconds: block, pause, compute.
type Spend = fn(u64);

/// The note's coroutines; where they block, they do what the caller says.
const COROUTINES: [fn(Spend); 3] = [
    |block| {
        block(3);
        pause(2);
        block(1);
    },
    |_| pause(2),
    |block| {
        block(1);
        pause(2);
    },
];

/// The note's plain functions.
const FUNCTIONS: [fn(Spend); 3] = [|spend| spend(6), |spend| spend(2), |spend| spend(3)];

/// The functions, with a diary to tell when each began and ended.
fn timed(diary: &Diary, functions: [fn(Spend); 3], spend: Spend) -> [impl FnOnce() + use<>; 3] {
    [0, 1, 2].map(|which| {
        let diary = diary.clone();
        let function = functions[which];
        move || diary.time(["f1", "f2", "f3"][which], || function(spend))
    })
}

/// Runs a program, and says how long its main function took, how long the whole, and each function.
fn show(
    name: &str,
    note: Option<u64>,
    builder: SchedulerBuilder,
    main: fn(&Diary),
) -> Result<(), Stuck> {
    let seen = run(builder, move |diary| diary.time("main", || main(diary)))?;
    let spans = ["f1", "f2", "f3"].map(|name| match seen.diary.times_of(name)[..] {
        [from, to] => format!("{from}-{to}"),
        _ => "killed".to_owned(),
    });
    let here = seen.diary.times_of("main")[1];
    let [f1, f2, f3] = spans;
    let rest = format!("{:>6} s  {f1:<6}  {f2:<6}  {f3:<6}", seen.end);
    compare(name, note, here, &rest);
    Ok(())
}

/// A line of a table, with a star if the note errs.
fn compare(what: &str, note: Option<u64>, here: u64, rest: &str) {
    let said = note.map_or("-".to_owned(), |note| format!("{note} s"));
    let star = if note.is_some_and(|note| note != here) {
        '*'
    } else {
        ' '
    };
    let line = format!("{what:<32}{said:>5} {here:>4} s {star}{rest}");
    println!("{}", line.trim_end());
}

fn show_gathered() -> Result<(), Stuck> {
    println!("three functions, gathered        note   here");
    let seen = run(asyncio::builder(), |diary| {
        gather([f1, f2, f3].map(|function| {
            let diary = diary.clone();
            move || function(&diary)
        }));
        diary.note("all are done");
    })?;
    for (what, here) in seen.diary.entries() {
        let note = GATHERED.iter().find(|entry| entry.0 == what);
        compare(what, note.map(|entry| entry.1), here, "");
    }
    Ok(())
}

fn begin_threads(diary: &Diary) {
    for function in timed(diary, FUNCTIONS, pause) {
        spawn(function);
    }
}

fn begin_daemons(diary: &Diary) {
    for function in timed(diary, FUNCTIONS, pause) {
        Builder::new().daemon(true).spawn(function);
    }
}

fn show_approaches() -> Result<(), Stuck> {
    println!("\nmain waits                       note   here     ends  f1      f2      f3");
    let (event_loop, threads) = (asyncio::builder, Scheduler::builder);
    show("sync", Some(11), event_loop(), |diary| {
        for function in timed(diary, FUNCTIONS, block) {
            function();
        }
    })?;
    let blocking = |diary: &Diary| gather(timed(diary, COROUTINES, block));
    show("async, blocking", Some(6), event_loop(), blocking)?;
    let held = run(event_loop(), blocking)?.held;
    compare("  while the loop is held for", Some(3), held, "");
    show("async, all awaits", Some(2), event_loop(), |diary| {
        gather(timed(diary, COROUTINES, pause));
    })?;
    show("  what blocked left out", None, event_loop(), |diary| {
        gather(timed(diary, COROUTINES, |_| ()));
    })?;
    show("threads, joined", Some(6), threads(), |diary| {
        gather(timed(diary, FUNCTIONS, pause));
    })?;
    show("threads, not joined", Some(0), threads(), begin_threads)?;
    show("daemons, not joined", Some(0), threads(), begin_daemons)
}

/// What the lock of an interpreter limits: with it, one thread computes at a time.
fn show_lock() -> Result<(), Stuck> {
    println!("\nthree threads, joined         one lock   none");
    let compute: Spend = |seconds| {
        compute(Duration::from_secs(seconds)).expect("nothing interrupts it");
    };
    for (what, spend) in [("sleep", pause as Spend), ("compute", compute)] {
        let [locked, free] = [1, 3].map(|cpus| {
            let interval = RoundRobin::new(Duration::from_millis(5));
            let builder = Scheduler::builder().cpus(cpus).policy(interval);
            run(builder, move |diary| gather(timed(diary, FUNCTIONS, spend)))
        });
        println!("that {what:<27}{:>4} s {:>4} s", locked?.end, free?.end);
    }
    Ok(())
}

/// A heart beats each second beside the coroutines.
fn show_heart(what: &str, spend: Spend) -> Result<(), Stuck> {
    let lints = Rc::new(RefCell::new(Lints::new()));
    let builder = asyncio::builder().observer(Rc::clone(&lints));
    let seen = run(builder, move |diary| {
        let heart = diary.clone();
        let beat = move || {
            loop {
                heart.note("beat");
                pause(1);
            }
        };
        Builder::new().name("heart").daemon(true).spawn(beat);
        gather(timed(diary, COROUTINES, spend));
    })?;
    println!("{what}: beats at {:?}", seen.diary.times_of("beat"));
    for finding in lints.borrow().findings() {
        let found = finding.text.split(';').next().unwrap_or_default();
        println!("  {found} (the first of {})", finding.count);
    }
    Ok(())
}

fn main() -> Result<(), Stuck> {
    if std::env::args().any(|argument| argument == "broken") {
        show_heart("all await", pause)?;
        return show_heart("some block", block);
    }
    show_gathered()?;
    show_approaches()?;
    show_lock()
}
