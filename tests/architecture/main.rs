//! The plan of the house is kept: arrows point down, unsafe code has one home, nothing grows too big.

mod bands;
mod circles;
mod graph;
mod parsed;

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 350;
const LONGEST_FUNCTION: usize = 40;

/// Each part of the crate with its floor; a part may use those on floors below its own, and itself.
const FLOORS: &[(&str, u8)] = &[
    ("machine", 0),
    ("devices", 0),
    ("shown", 0),
    ("kernel", 1),
    ("syscall", 2),
    ("join", 3),
    ("chance", 3),
    ("error", 3),
    ("forward", 3),
    ("fs", 3),
    ("future", 3),
    ("net", 3),
    ("offload", 3),
    ("pipe", 3),
    ("process", 3),
    ("signal", 3),
    ("smp", 3),
    ("stdio", 3),
    ("stop", 3),
    ("channel", 3),
    ("compute", 3),
    ("group", 3),
    ("local", 3),
    ("outcome", 3),
    ("picture", 3),
    ("policy", 3),
    ("queue", 3),
    ("scope", 3),
    ("select", 3),
    ("sync", 3),
    ("task", 3),
    ("time", 3),
    ("wakers", 3),
    ("watch", 3),
    ("boot", 3),
    ("guide", 4),
    ("lib", 4),
    ("bin", 5),
];

/// What crosses a floor upwards in documentation alone is no arrow: comments are not code.
fn code_of(text: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(found.len() > 20, "the sources were found");
    found
}

/// The part of the crate that a file belongs to.
fn part_of(path: &Path) -> String {
    let first = path
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

fn floor_of(part: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == part)
        .map(|(_, floor)| *floor)
}

/// The parts that a file's code names by a path from the crate's root.
fn parts_named_in(code: &str) -> Vec<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices("crate::")
        .filter(|(at, _)| !code[..*at].ends_with(is_name))
        .map(|(at, found)| {
            let rest = &code[at + found.len()..];
            rest.split(|c| !is_name(c)).next().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn every_part_has_a_floor() {
    for (path, _) in sources() {
        let part = part_of(&path);
        assert!(floor_of(&part).is_some(), "{} has no floor", path.display());
    }
}

#[test]
fn imports_point_down() {
    // The binary is a crate of its own, and sees of this one only what is public.
    for (path, text) in sources()
        .into_iter()
        .filter(|(path, _)| part_of(path) != "bin")
    {
        let here = part_of(&path);
        for named in parts_named_in(&code_of(&text)) {
            let below = match floor_of(&named) {
                Some(floor) => floor < floor_of(&here).unwrap() || named == here,
                None => panic!(
                    "{} names {named} by way of the crate's root",
                    path.display()
                ),
            };
            // The parts of floor 3 are one library, built on the calls.
            let library = [&here, &named].iter().all(|part| floor_of(part) == Some(3));
            assert!(below || library, "{} uses {named}", path.display());
        }
    }
}

#[test]
fn the_machine_imports_nothing_of_ours() {
    for (path, text) in sources() {
        if part_of(&path) == "machine" {
            assert!(!code_of(&text).contains("crate::"), "{}", path.display());
        }
    }
}

#[test]
fn unsafe_code_lives_in_the_machine_alone() {
    let mut blocks = 0;
    for (path, text) in sources() {
        let code = code_of(&text);
        let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
        let count = words.filter(|word| *word == "unsafe").count();
        let allowed = part_of(&path) == "machine";
        assert!(count == 0 || allowed, "{} has unsafe code", path.display());
        assert!(
            allowed || !code.contains("allow(unsafe_code)"),
            "{}",
            path.display()
        );
        blocks += count;
    }
    assert!(blocks > 0, "the test can see unsafe code");
}

#[test]
fn every_unsafe_block_says_why_it_is_safe() {
    for (path, text) in sources() {
        let lines: Vec<_> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap();
            if code.contains("unsafe {") || code.contains("unsafe impl") {
                let near = &lines[at.saturating_sub(9)..at];
                let said = near.iter().any(|line| line.contains("// SAFETY:"));
                assert!(said, "{}:{} has no SAFETY note", path.display(), at + 1);
            }
        }
    }
}

/// The folders and files of the package that is published.
fn shipped() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let list = manifest.lines().find(|line| line.starts_with("include = "));
    let names = list.expect("it says what is shipped").split('"');
    let paths = names.skip(1).step_by(2);
    paths.map(|name| root.join(&name[1..])).collect()
}

#[test]
fn what_is_shipped_includes_nothing_that_is_not() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let shipped = shipped();
    let mut seen = 0;
    for (path, text) in sources() {
        let here = src.join(path);
        for mark in ["include_str!(", "include_bytes!(", "#[path = "] {
            for rest in text.split(mark).skip(1) {
                // The last file's name may come from a macro: its folder stands in the text.
                let name = rest.split('"').nth(1).unwrap();
                let there = here.parent().unwrap().join(name);
                let there = fs::canonicalize(there).unwrap();
                let is_there = shipped.iter().any(|part| there.starts_with(part));
                assert!(is_there, "{}: {name} is not shipped", here.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 2, "the test can see what is included");
}

#[test]
fn neither_tests_nor_tools_are_shipped() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stays = ["tests", "exercises", "benches", "scripts", ".ci"];
    for part in shipped() {
        let stays = stays.iter().any(|name| part.starts_with(root.join(name)));
        assert!(part != root && !stays, "{}", part.display());
    }
}

#[test]
fn no_file_is_longer_than_it_should_be() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{} has {lines} lines",
            path.display()
        );
    }
}

#[test]
fn no_function_is_longer_than_it_should_be() {
    let mut seen = 0;
    for (path, text) in sources() {
        let lines: Vec<_> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            if !line.contains("fn ") || !lines_open_body(&lines[at..], indent) {
                continue;
            }
            let closing = " ".repeat(indent) + "}";
            let body = lines[at..].iter().position(|line| **line == closing);
            let length = body.map_or(0, |length| length + 1);
            assert!(
                length <= LONGEST_FUNCTION,
                "{}:{}: {length} lines",
                path.display(),
                at + 1
            );
            seen += 1;
        }
    }
    assert!(seen > 100, "the test can see functions");
}

/// Whether the function whose signature begins here has a body that ends on a line of its own.
fn lines_open_body(lines: &[&str], indent: usize) -> bool {
    let is_signature = lines[0]
        .trim_start()
        .split("fn ")
        .next()
        .is_some_and(|before| {
            let words = [
                "pub",
                "pub(super)",
                "pub(crate)",
                "unsafe",
                "const",
                "extern",
                "\"C\"",
            ];
            before.split_whitespace().all(|word| words.contains(&word))
        });
    let opens = |line: &&str| line.ends_with('{') || line.ends_with(';') || line.ends_with('}');
    let end = lines.iter().find(|line| opens(line));
    is_signature && end.is_some_and(|line| line.ends_with('{')) && indent < 40
}

/// The signatures of all public functions whose names begin so, each in one line.
fn public_functions(beginning: &str) -> Vec<String> {
    let start = format!("pub fn {beginning}");
    let mut found = Vec::new();
    for (path, text) in sources() {
        let mut rest = text.as_str();
        while let Some(at) = rest.find(&start) {
            rest = &rest[at..];
            let signature = rest.split(['{', ';']).next().unwrap();
            let words: Vec<_> = signature.split_whitespace().collect();
            found.push(format!("{}: {}", path.display(), words.join(" ")));
            rest = &rest[start.len()..];
        }
    }
    found
}

#[test]
fn what_is_tried_says_in_an_error_why_it_failed() {
    let tried = public_functions("try_");
    assert!(tried.len() > 15, "{tried:#?}");
    for signature in tried {
        let reply = signature.split(" -> ").last().unwrap();
        let is_result = reply.starts_with("Result<") || reply.contains("io::Result<");
        // Those that wait for a process have the face of std.
        let is_option = reply.contains("Option<") && !signature.contains("try_wait");
        assert!(is_result && !is_option, "{signature}");
    }
}

#[test]
fn what_has_a_name_is_named_by_a_method_of_one_name() {
    assert_eq!(public_functions("set_name"), [""; 0]);
    let named = public_functions("named(");
    assert!(named.len() > 20, "{named:#?}");
    for signature in named {
        assert!(signature.contains("self, "), "{signature}");
    }
}
