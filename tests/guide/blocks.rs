//! A page's fenced blocks, each written anew from what it shows.

use crate::{Wish, excerpt, transcript};

/// The page with each block as it should be. Where only figures differ they stay as they are, unless they
/// are to be measured.
pub fn refreshed(text: &str, wish: Wish) -> String {
    let mut fresh = String::new();
    let mut lines = text.lines();
    let mut before = "";
    while let Some(line) = lines.next() {
        fresh += line;
        fresh.push('\n');
        if let Some(language) = line.strip_prefix("```") {
            let body: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            fresh += &block(language, before, &body, wish);
            fresh += "```\n";
        }
        before = line;
    }
    fresh
}

fn block(language: &str, before: &str, body: &[&str], wish: Wish) -> String {
    let shown: String = body.iter().map(|line| format!("{line}\n")).collect();
    match language {
        "rust" => {
            let source = before
                .strip_prefix("<!-- ")
                .and_then(|rest| rest.strip_suffix(" -->"));
            excerpt::read(
                source.unwrap_or_else(|| {
                    panic!("a block of Rust says where it is from, not {before:?}")
                }),
            )
        }
        "console" => transcript::of(body),
        "console figures" => {
            let fresh = transcript::of(body);
            let same = transcript::without_figures(&fresh) == transcript::without_figures(&shown);
            if same && wish != Wish::Measure {
                shown
            } else {
                fresh
            }
        }
        "sh" | "text" | "toml" => shown,
        other => panic!("{other:?} is no kind of block here: rust, console, sh, text, toml"),
    }
}
