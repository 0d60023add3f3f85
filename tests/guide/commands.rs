//! Commands that a page names in passing are not compared with anything, but run.

use std::collections::BTreeSet;
use std::fs;

use crate::chapter::{self, root};
use crate::common::Folder;
use crate::transcript::{ended, program};

/// The commands of the binary, in their order; `links` looks after those of examples.
fn commands(text: &str) -> impl Iterator<Item = String> {
    let ends = |c| matches!(c, '`' | '\n' | '#');
    let named = text.split("cargo run ").skip(1);
    named
        .map(move |rest| rest.split(ends).next().unwrap_or_default().trim())
        .map(|words| words.strip_prefix("--release ").unwrap_or(words))
        .filter(|words| !words.starts_with("--example"))
        .map(|words| format!("cargo run {words}"))
}

#[test]
fn every_command_that_is_named_runs() {
    let folder = Folder::new();
    // Some read this page, some write a file for others to read.
    fs::copy(root().join("README.md"), folder.at("README.md")).unwrap();
    let mut pages = vec![fs::read_to_string(root().join("README.md")).unwrap()];
    pages.extend(chapter::all().into_iter().map(|page| page.text));

    let mut seen = BTreeSet::new();
    for command in pages.iter().flat_map(|text| commands(text)) {
        let shown = format!("$ {command}\n");
        let is_compared = pages[1..].iter().any(|text| text.contains(&shown));
        if is_compared || !seen.insert(command.clone()) {
            continue;
        }
        let mut run = program(&command);
        run.current_dir(&folder.0);
        let (said, status) = ended(&command, run);
        // The binary's own code for a run that is stuck: some are meant to be.
        let is_right = status.success() || status.code() == Some(3);
        assert!(is_right, "{command}: {status}\n{said}");
    }
    assert!(seen.len() > 10, "the test can see commands: {seen:?}");
}
