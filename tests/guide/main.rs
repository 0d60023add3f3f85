//! The guide keeps its word, and so do the README and all links: what the chapters show is what the
//! examples are, and what they print.
//!
//! A block of Rust follows a comment that says where it is from, a file and the items in it:
//!
//! ````text
//! <!-- examples/step2.rs: struct Scheduler | impl Scheduler -->
//! ```rust
//! ...
//! ```
//! ````
//!
//! A `console` block begins with a command and goes on with its output; of a block of `console figures`
//! the figures may be others. `GUIDE=write cargo test --test guide` writes what differs anew, and
//! `GUIDE=measure` the figures as well: on a quiet machine.
#![cfg(feature = "cli")]

mod blocks;
mod chapter;
mod commands;
#[path = "../common/mod.rs"]
mod common;
mod excerpt;
mod links;
mod readme;
mod shape;
mod transcript;

use std::fs;
use std::thread;

use chapter::Chapter;

/// What is to be done with the chapters.
#[derive(Clone, Copy, PartialEq)]
enum Wish {
    Check,
    Write,
    Measure,
}

impl Wish {
    fn of_the_environment() -> Self {
        match std::env::var("GUIDE").as_deref() {
            Ok("write") => Self::Write,
            Ok("measure") => Self::Measure,
            _ => Self::Check,
        }
    }
}

/// Tells of the first line that differs.
fn difference(chapter: &Chapter, fresh: &str) -> Option<String> {
    let (shown, there) = (chapter.text.lines(), fresh.lines());
    let padded = |lines: std::str::Lines<'_>| {
        let mut lines: Vec<_> = lines.map(ToOwned::to_owned).collect();
        lines.push("(the end)".to_owned());
        lines
    };
    let (shown, there) = (padded(shown), padded(there));
    let at = shown.iter().zip(&there).position(|(a, b)| a != b)?;
    Some(format!(
        "{}:{} shows\n  {}\nand should show\n  {}\nGUIDE=write cargo test --test guide writes it anew",
        chapter.path.display(),
        at + 1,
        shown[at],
        there[at]
    ))
}

/// What is wrong with a chapter, unless it is to be written.
fn complaint(chapter: &Chapter, wish: Wish) -> Option<String> {
    let fresh = blocks::refreshed(&chapter.text, wish);
    if wish == Wish::Check {
        return difference(chapter, &fresh);
    }
    fs::write(&chapter.path, fresh).expect("the guide can be written");
    None
}

#[test]
fn what_a_chapter_shows_is_what_is_there() {
    let (wish, chapters) = (Wish::of_the_environment(), chapter::all());
    let complaints: Vec<_> = match wish {
        // What is measured wants the machine for itself.
        Wish::Measure => chapters.iter().map(|each| complaint(each, wish)).collect(),
        _ => thread::scope(|scope| {
            let check = |each| scope.spawn(move || complaint(each, wish));
            let checks: Vec<_> = chapters.iter().map(check).collect();
            let checked = checks.into_iter().map(|check| check.join());
            checked.map(|told| told.expect("it prints why")).collect()
        }),
    };
    let complaints: Vec<_> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}
