//! The README keeps its word: its lines fit, its picture is of the program, each example is listed.

use std::fs;
use std::path::Path;

const README: &str = include_str!("../README.md");
const EXAMPLES: &str = include_str!("../examples/README.md");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_line_fits_a_terminal() {
    for line in README.lines().chain(EXAMPLES.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
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
