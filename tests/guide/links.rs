//! Links lead somewhere: in every page, to a file, to a heading, to a program.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::chapter::root;

/// Where pages are: the root, and these with what is below them.
const FOLDERS: &[&str] = &["docs", "examples", "benches"];

fn pages() -> Vec<(PathBuf, String)> {
    let mut found = vec![root().join("README.md")];
    let mut folders: Vec<_> = FOLDERS.iter().map(|name| root().join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    found.into_iter().map(read).collect()
}

/// A page without its blocks of code.
fn prose(text: &str) -> String {
    let mut code = false;
    let mut keep = |line: &&str| {
        let fence = line.starts_with("```");
        code ^= fence;
        !code && !fence
    };
    let lines: Vec<_> = text.lines().filter(|line| keep(line)).collect();
    lines.join("\n")
}

/// What stands between two marks, each time that it does.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    let pieces = text.split(open).skip(1);
    pieces
        .filter_map(|rest| Some(rest.split_once(close)?.0))
        .collect()
}

/// The names and targets of a page's definitions, as in `[name]: target`.
fn definitions(prose: &str) -> Vec<(&str, &str)> {
    let lines = prose.lines().filter_map(|line| line.strip_prefix('['));
    lines.filter_map(|line| line.split_once("]: ")).collect()
}

/// The marks by which a page's headings can be reached.
fn anchors(text: &str) -> HashSet<String> {
    let prose = prose(text);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let words = line.trim_start_matches('#').trim().to_lowercase();
        words
            .chars()
            .filter(kept)
            .collect::<String>()
            .replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[track_caller]
fn check(page: &Path, text: &str, target: &str) {
    if target.starts_with("https://") {
        return;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = match file {
        "" => page.to_owned(),
        file => page.parent().unwrap().join(file),
    };
    assert!(path.exists(), "{}: {target} leads nowhere", page.display());
    if !anchor.is_empty() {
        let there = if file.is_empty() {
            text.to_owned()
        } else {
            fs::read_to_string(path).unwrap()
        };
        assert!(
            anchors(&there).contains(anchor),
            "{}: no heading {target}",
            page.display()
        );
    }
}

#[test]
fn every_link_leads_to_a_file_or_a_heading() {
    let mut seen = 0;
    for (page, text) in pages() {
        let prose = prose(&text);
        let direct = between(&prose, "](", ")");
        let defined = definitions(&prose).into_iter().map(|(_, target)| target);
        for target in direct.into_iter().chain(defined) {
            check(&page, &text, target);
            seen += 1;
        }
    }
    assert!(seen > 20, "the test can see links");
}

#[test]
fn every_name_of_a_link_is_defined_and_used() {
    for (page, text) in pages() {
        let prose = prose(&text);
        let used: HashSet<_> = between(&prose, "][", "]").into_iter().collect();
        let defined: HashSet<_> = definitions(&prose)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(used, defined, "{}", page.display());
    }
}

#[test]
fn every_path_that_is_named_is_there() {
    let mut seen = 0;
    for (page, text) in pages() {
        for name in prose(&text).split('`').skip(1).step_by(2) {
            let folder = name.split('/').next().unwrap();
            let is_path = [
                "docs",
                "examples",
                "exercises",
                "tests",
                "src",
                "scripts",
                "benches",
            ]
            .contains(&folder);
            if is_path && name.contains('/') && !name.contains(['*', '{', ' ', '…']) {
                assert!(
                    root().join(name).exists(),
                    "{}: {name} is not there",
                    page.display()
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "the test can see paths");
}

#[test]
fn every_example_and_test_that_is_to_be_run_is_there() {
    let mut seen = 0;
    for (page, text) in pages() {
        for (option, folder) in [("--example ", "examples"), ("--test ", "tests")] {
            for rest in text.split(option).skip(1) {
                let is_name = |c: char| c.is_lowercase() || c.is_numeric() || c == '_';
                let name = rest.split(|c| !is_name(c)).next().unwrap();
                let folder = root().join(folder);
                let file = folder.join(name).with_extension("rs");
                // A member of the workspace has its one test by its own name.
                let member = root().join(name).join("Cargo.toml");
                let there = [file, folder.join(name).join("main.rs"), member]
                    .iter()
                    .any(|path| path.exists());
                assert!(
                    there || name.is_empty(),
                    "{}: {option}{name}",
                    page.display()
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "the test can see commands");
}
