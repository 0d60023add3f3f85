//! The README keeps its word: its links lead somewhere, its lines fit, its examples exist.

use std::path::Path;

const README: &str = include_str!("../README.md");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_link_leads_to_a_file() {
    let links: Vec<_> = README
        .split("](")
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap())
        .collect();
    assert!(links.len() > 5, "the test can see links");
    for link in links {
        assert!(root().join(link).exists(), "{link} leads nowhere");
    }
}

#[test]
fn every_line_fits_a_terminal() {
    for line in README.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn every_example_is_named() {
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(README.contains(&format!("`{name}`")), "{name} is not named");
    }
}
