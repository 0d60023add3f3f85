//! No file uses what uses it, and a type is implemented where it is defined.

use std::collections::BTreeMap;

use crate::graph::Graph;
use crate::parsed::Parsed;
use crate::sources;

/// Public methods that stand apart from their type, by file and type, and why: this only gets shorter.
const IMPLEMENTED_ELSEWHERE: &[(&str, &str, &str)] = &[
    ("channel/receive_future.rs", "Receiver", FUTURES),
    ("channel/send_future.rs", "Sender", FUTURES),
    ("future/mod.rs", "Builder", FUTURES),
    ("net/datagram.rs", "Socket", KINDS),
    ("net/options.rs", "Socket", KINDS),
    ("net/stream.rs", "Socket", KINDS),
    ("smp/remote.rs", "Remote", HANDLES),
    ("task.rs", "Scheduler", HANDLES),
];

const FUTURES: &str = "tasks and channels are there without futures, which build on them";
const KINDS: &str = "what one kind of socket can do beside what all of them can";
const HANDLES: &str = "the kernel makes tasks, and the library returns handles to them";

fn parsed(files: &[(&str, &str)]) -> BTreeMap<String, Parsed> {
    let parse = |&(path, code): &(&str, &str)| (path.to_owned(), Parsed::of(code));
    files.iter().map(parse).collect()
}

pub fn parsed_sources() -> BTreeMap<String, Parsed> {
    let found = sources();
    let parse = |(path, text): &(std::path::PathBuf, String)| {
        (path.to_str().unwrap().replace('\\', "/"), Parsed::of(text))
    };
    found.iter().map(parse).collect()
}

fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let files = parsed(files);
    let graph = Graph::of(&files);
    let mut circles: Vec<Vec<_>> = Vec::new();
    for circle in graph.circles() {
        circles.push(circle.into_iter().map(str::to_owned).collect());
    }
    circles.iter_mut().for_each(|circle| circle.sort());
    circles
}

#[test]
fn a_circle_by_imports_is_found_through_what_modules_offer() {
    let files = [
        ("kernel/mod.rs", "mod a; mod b; mod c; pub use b::B;"),
        ("kernel/a.rs", "use crate::kernel::B; pub struct A;"),
        ("kernel/b.rs", "use super::c::C; pub struct B(C);"),
        ("kernel/c.rs", "pub struct C; fn f() { g!(super::a::A) }"),
    ];
    let expected = ["kernel/a.rs", "kernel/b.rs", "kernel/c.rs"];
    assert_eq!(circles_of(&files), [expected]);
}

#[test]
fn a_circle_by_methods_of_one_type_in_several_files_is_found() {
    let files = [
        (
            "kernel/core.rs",
            "pub struct Core; impl Core { pub fn a(&self) {} }",
        ),
        (
            "kernel/wake.rs",
            "use super::core::Core; impl Core { fn wake(&self) { self.kill(); } }",
        ),
        (
            "kernel/kill.rs",
            "use super::core::Core; impl Core { fn kill(&self) { self.wake(); self.a(); } }",
        ),
    ];
    assert_eq!(circles_of(&files), [["kernel/kill.rs", "kernel/wake.rs"]]);
}

#[test]
fn arrows_that_all_point_down_are_no_circle() {
    let files = [
        ("kernel/mod.rs", "mod a; mod b; pub use a::A;"),
        ("kernel/a.rs", "use super::b::B; pub struct A(B);"),
        (
            "kernel/b.rs",
            "/// See [`A`](super::a::A).\npub struct B; #[cfg(test)] mod tests { use super::super::a::A; }",
        ),
    ];
    assert!(circles_of(&files).is_empty());
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let files = parsed_sources();
    let graph = Graph::of(&files);
    assert_eq!(graph.circles(), <[Vec<&str>; 0]>::default());
}

#[test]
fn a_type_is_implemented_where_it_is_defined() {
    let files = parsed_sources();
    let mut elsewhere = Vec::new();
    for (file, parsed) in &files {
        let mut types: Vec<_> = parsed.methods.iter().map(|(of, _)| of.as_str()).collect();
        types.dedup();
        types.retain(|of| !parsed.types.contains(*of));
        elsewhere.extend(types.into_iter().map(|of| (file.as_str(), of)));
    }
    let known = IMPLEMENTED_ELSEWHERE.iter();
    let known: Vec<_> = known.map(|(file, of, _why)| (*file, *of)).collect();
    assert_eq!(elsewhere, known);
}
