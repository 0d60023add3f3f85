//! Excerpts of programs: whole items, found by how they begin.

use std::fs;

use crate::chapter::root;

/// Reads what a source names: a file, and after a colon the beginnings of items, `|` between them.
pub fn read(source: &str) -> String {
    let (file, items) = match source.split_once(": ") {
        Some((file, items)) => (file, Some(items)),
        None => (source, None),
    };
    let text =
        fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let Some(items) = items else {
        return text;
    };
    let items = items
        .split(" | ")
        .map(|begins| item(&text, begins).unwrap_or_else(|| panic!("{file} has no {begins:?}")));
    items.collect::<Vec<_>>().join("\n")
}

/// The item that begins so, with its documentation, moved to the left margin.
fn item(text: &str, begins: &str) -> Option<String> {
    let lines: Vec<_> = text.lines().collect();
    let first = lines
        .iter()
        .position(|line| line.trim_start().starts_with(begins))?;
    let indent = indent(lines[first]);
    let last = first + length(&lines[first..], indent)?;
    let above = |line: &&&str| {
        let line = line.trim_start();
        line.starts_with("///") || line.starts_with("#[")
    };
    let from = first - lines[..first].iter().rev().take_while(above).count();
    let moved = |line: &&str| format!("{}\n", line.get(indent..).unwrap_or_default());
    Some(lines[from..=last].iter().map(moved).collect())
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// How many lines further the item ends that begins with the first line.
fn length(lines: &[&str], margin: usize) -> Option<usize> {
    let opens = |line: &str| line.ends_with(['{', '(', '[']);
    if !opens(lines[0]) && lines[0].ends_with([';', '}', ',']) {
        return Some(0);
    }
    let closes = |line: &str| {
        let at_margin = indent(line) == margin && !line.is_empty();
        let bracket = line.trim_start().starts_with(['}', ')', ']']);
        (at_margin && bracket && !opens(line)) || (!opens(lines[0]) && line.ends_with(';'))
    };
    lines
        .iter()
        .skip(1)
        .position(|line| closes(line))
        .map(|at| at + 1)
}

#[test]
fn an_item_is_found_with_its_documentation() {
    let text = "/// Counts.\nfn a(\n    x: u8,\n) {\n    b();\n}\n\nfn b() {}\n";
    let found = "/// Counts.\nfn a(\n    x: u8,\n) {\n    b();\n}\n";
    assert_eq!(item(text, "fn a").as_deref(), Some(found));
    assert_eq!(item(text, "fn b").as_deref(), Some("fn b() {}\n"));
    assert_eq!(item(text, "b()").as_deref(), Some("b();\n"));
    assert_eq!(item(text, "fn c"), None);
}

#[test]
fn a_statement_ends_with_its_semicolon() {
    let text = "    let a = b\n        .c()\n        .d();\n    e();\n";
    let found = "let a = b\n    .c()\n    .d();\n";
    assert_eq!(item(text, "let a").as_deref(), Some(found));
}
