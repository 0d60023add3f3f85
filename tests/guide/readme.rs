//! The README keeps its word: its lines fit, its pictures are of the program, each example is listed.

use std::fs;

use crate::chapter::root;
use crate::common::Folder;

const README: &str = include_str!("../../README.md");
const EXAMPLES: &str = include_str!("../../examples/README.md");

#[test]
fn every_line_fits_a_terminal() {
    for line in README.lines().chain(EXAMPLES.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// A newcomer learns without scrolling what this is, how it is run, and where to go on.
#[test]
fn the_first_screen_says_it_all() {
    let screen: Vec<_> = README.lines().take(32).collect();
    let screen = screen.join("\n");
    for word in [
        "toy operating system",
        "cargo run ",
        "cargo test",
        "docs/guide/README.md",
        "examples/README.md",
        "docs/jobs.svg",
    ] {
        assert!(screen.contains(word), "{word} comes too late");
    }
}

/// It is also read where the files around it are not: a link would lead nowhere there.
#[test]
fn it_names_files_and_links_to_none() {
    let prose = README.split("```").step_by(2);
    for line in prose.flat_map(str::lines) {
        let links = ["](", "]: ", "][", "src=", "href="];
        let link = links.iter().find(|mark| line.contains(**mark));
        assert_eq!(link, None, "{line}");
    }
}

/// The examples with their captions, the first paragraph of each.
fn captions() -> Vec<(String, String)> {
    let mut captions = Vec::new();
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let file = if path.is_dir() {
            path.join("main.rs")
        } else {
            path.clone()
        };
        if file.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(file).unwrap();
            let lines = text.lines().map_while(|line| line.strip_prefix("//! "));
            let name = path.file_stem().unwrap().to_str().unwrap();
            captions.push((name.to_owned(), lines.collect::<Vec<_>>().join(" ")));
        }
    }
    captions
}

#[test]
fn every_example_is_listed_with_its_caption() {
    let items = EXAMPLES.split("\n- ").skip(1).map(|item| {
        let item = item.split("\n\n").next().unwrap();
        item.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    let listed: Vec<_> = items.collect();
    let captions = captions();
    assert_eq!(listed.len(), captions.len(), "each is listed once");
    for (name, caption) in captions {
        let line = format!("`{name}`: {caption}");
        assert!(listed.contains(&line), "not in the list: {line}");
    }
}

fn coros() -> std::process::Command {
    std::process::Command::new(env!("CARGO_BIN_EXE_coros"))
}

#[test]
fn the_chart_is_what_the_program_draws() {
    let command = "run jobs --gantt --policy mlfq";
    let run = coros().args(command.split(' ')).output().unwrap();
    let drawn = String::from_utf8(run.stdout).unwrap();
    let shown = format!("```console\n$ cargo run {command}\n{drawn}```\n");
    assert!(README.contains(&shown), "the README should show\n{shown}");
}

#[test]
fn the_picture_is_of_the_program() {
    let folder = Folder::new();
    let recording = folder.at("recording");
    let run = coros()
        .args(["run", "jobs", "--policy", "mlfq", "--record"])
        .arg(&recording)
        .output()
        .unwrap();
    let shown = coros()
        .args(["show", "--as", "svg"])
        .arg(&recording)
        .output()
        .unwrap();
    assert!(run.status.success() && shown.status.success(), "{shown:?}");
    let kept = fs::read_to_string(root().join("docs/jobs.svg")).unwrap();
    let now = String::from_utf8(shown.stdout).unwrap();
    assert!(
        kept == now,
        "docs/jobs.svg is no longer what `coros show` draws:\n{now}"
    );
}
