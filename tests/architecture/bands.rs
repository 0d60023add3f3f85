//! The bands of the kernel and the layers of the library: what stands where, and what may use what.

use std::path::Path;

use crate::circles::parsed_sources;
use crate::graph::Graph;
use crate::{part_of, sources};

/// The bands of the kernel, the lowest first; a band may use those below it, and itself.
const BANDS: &[&str] = &["abi", "parts", "core", "modules", "scheduler"];

/// What a module of the kernel may use of another one: else each stands on the core alone.
const BETWEEN_MODULES: &[(&str, &str)] = &[
    ("stop", "cancel"),
    ("outside", "stop"),
    ("signals", "cancel"),
    ("signals", "stop"),
    ("signals", "outside"),
];

/// The parts of the library in layers, the lowest first; a part may use those in the layers below its own.
const LIBRARY: &[&[&str]] = &[
    &[
        "chance", "compute", "error", "forward", "local", "offload", "policy", "scope", "select",
        "stop", "time", "wakers", "watch",
    ],
    &["net", "outcome", "picture", "queue", "stdio"],
    &["channel", "join", "pipe", "sync"],
    &["fs", "task"],
    &["boot", "future", "group", "signal", "smp"],
    &["process"],
];

/// So many lines, docs included, a reader has to know of the core, in so many files.
const CORE_LINES: usize = 3000;
const CORE_FILES: usize = 24;

fn arrows() -> Vec<(String, String)> {
    let graph = Graph::of(&parsed_sources());
    let arrows = graph.arrows();
    arrows.map(|(from, to)| (from.into(), to.into())).collect()
}

/// The folder or file of a band, or of the modules, that a file of the kernel belongs to.
fn room<'a>(file: &'a str, within: &str) -> Option<&'a str> {
    let rest = file.strip_prefix(within)?;
    rest.split('/')
        .next()
        .map(|room| room.trim_end_matches(".rs"))
}

#[test]
fn the_bands_of_the_kernel_use_what_is_below_them_alone() {
    let place = |file: &str| {
        let band = room(file, "kernel/")?;
        BANDS.iter().position(|known| *known == band)
    };
    let mut seen = 0;
    for (from, to) in arrows() {
        if let (Some(above), Some(below)) = (place(&from), place(&to)) {
            assert!(above >= below, "{from} uses {to}");
            seen += 1;
        }
    }
    assert!(seen > 100, "the test can see arrows");
}

#[test]
fn a_module_of_the_kernel_stands_on_the_core_alone() {
    for (from, to) in &arrows() {
        let rooms = room(from, "kernel/modules/").zip(room(to, "kernel/modules/"));
        if let Some((one, other)) = rooms.filter(|(one, other)| one != other) {
            let is_allowed = one == "mod" || BETWEEN_MODULES.contains(&(one, other));
            assert!(is_allowed, "{from} uses {to}");
        }
    }
}

#[test]
fn the_parts_of_the_library_use_what_is_below_them_alone() {
    let layer_of = |file: &str| {
        let part = part_of(Path::new(file));
        let holds = |layer: &&[&str]| layer.contains(&part.as_str());
        Some((LIBRARY.iter().position(holds)?, part))
    };
    let mut seen = 0;
    for (from, to) in arrows() {
        if let Some(((above, one), (below, other))) = layer_of(&from).zip(layer_of(&to)) {
            assert!(above > below || one == other, "{from} uses {to}");
            seen += 1;
        }
    }
    assert!(seen > 100, "the test can see arrows");
}

#[test]
fn the_core_is_small_and_names_no_module() {
    let is_core = |path: &Path| path.starts_with("kernel/core");
    let mut files = sources();
    files.retain(|(path, _)| is_core(path));
    let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
    assert!(lines <= CORE_LINES, "the core has {lines} lines");
    assert!(files.len() <= CORE_FILES, "{} files", files.len());
    for (path, text) in files {
        assert!(!text.contains("modules::"), "{}", path.display());
    }
}
