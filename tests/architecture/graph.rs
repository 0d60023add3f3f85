//! Which file uses which: by imports and paths, and by methods of a type that several files implement.

use std::collections::{BTreeMap, BTreeSet};

use crate::parsed::{Parsed, Written};

/// Files by their paths below `src`, each with the files that it uses.
pub struct Graph(BTreeMap<String, BTreeSet<String>>);

/// The modules of a crate, and what they name.
struct Crate<'a> {
    files: &'a BTreeMap<String, Parsed>,
    file_of: BTreeMap<Written, &'a str>,
    /// By a method's name: the types that have it, and the files that implement it.
    implement: BTreeMap<&'a str, Vec<(&'a str, &'a str)>>,
}

impl Graph {
    /// The graph of files that are given by their paths below `src`.
    pub fn of(files: &BTreeMap<String, Parsed>) -> Self {
        let mut implement: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (file, parsed) in files {
            for (of, method) in &parsed.methods {
                let homes = implement.entry(method.as_str()).or_default();
                homes.push((of.as_str(), file.as_str()));
            }
        }
        let modules = Crate {
            files,
            implement,
            file_of: files
                .keys()
                .map(|file| (module_of(file), file.as_str()))
                .collect(),
        };
        let mut arrows = BTreeMap::new();
        for (file, parsed) in files {
            let by_paths = parsed
                .paths
                .iter()
                .filter_map(|path| modules.defines(file, path));
            let mut used: BTreeSet<_> = by_paths.map(str::to_owned).collect();
            used.extend(modules.by_methods(file, parsed));
            used.remove(file);
            // A file names the modules inside its own without using what is in them.
            used.retain(|other| !is_parent(other, file));
            arrows.insert(file.clone(), used);
        }
        Self(arrows)
    }

    /// Each file with one that it uses.
    pub fn arrows(&self) -> impl Iterator<Item = (&str, &str)> {
        let arrows = self.0.iter();
        arrows.flat_map(|(from, all)| all.iter().map(|to| (from.as_str(), to.as_str())))
    }

    /// The groups of files that use each other in a circle, the largest first.
    ///
    /// Strongly connected components, by Tarjan's algorithm (1972).
    pub fn circles(&self) -> Vec<Vec<&str>> {
        let mut search = Search::default();
        for file in self.0.keys() {
            if !search.number.contains_key(file.as_str()) {
                search.visit(&self.0, file);
            }
        }
        search
            .circles
            .sort_by_key(|circle| std::cmp::Reverse(circle.len()));
        search.circles
    }
}

/// Whether `file` lies in the folder of which `other` is the `mod.rs`.
fn is_parent(other: &str, file: &str) -> bool {
    other
        .strip_suffix("mod.rs")
        .is_some_and(|folder| file.starts_with(folder))
}

/// The module that a file is.
fn module_of(file: &str) -> Written {
    let mut words: Written = file
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if ["mod", "lib", "main"].contains(&words.last().expect("a file has a name").as_str()) {
        words.pop();
    }
    words
}

impl<'a> Crate<'a> {
    /// The file that defines what a path names, seen from a file.
    fn defines(&self, from: &str, path: &Written) -> Option<&'a str> {
        let here = module_of(from);
        let root = if from.starts_with("bin/") { 2 } else { 0 };
        let (base, rest) = match path.first()?.as_str() {
            "crate" => (here[..root.min(here.len())].to_vec(), &path[1..]),
            "self" => (here, &path[1..]),
            "super" => {
                let up = path.iter().take_while(|word| *word == "super").count();
                (here[..here.len().checked_sub(up)?].to_vec(), &path[up..])
            }
            _ => {
                let inner = [here.as_slice(), &path[..1]].concat();
                self.file_of
                    .contains_key(&inner)
                    .then_some((here, &path[..]))?
            }
        };
        self.resolve(base, rest, 8)
    }

    /// Follows a path from a module down, through what modules offer of others.
    fn resolve(&self, mut module: Written, path: &[String], hops: u32) -> Option<&'a str> {
        let mut rest = path;
        while let [word, more @ ..] = rest {
            let inner = [module.as_slice(), std::slice::from_ref(word)].concat();
            if !self.file_of.contains_key(&inner) {
                break;
            }
            (module, rest) = (inner, more);
        }
        let file = *self.file_of.get(&module)?;
        let Some(word) = rest.first() else {
            return Some(file);
        };
        let exports = &self.files[file].exports;
        let behind = exports.iter().find(|(name, _)| name == word);
        match behind.filter(|_| hops > 0) {
            Some((_, path)) => {
                let path = [path.as_slice(), &rest[1..]].concat();
                self.behind_export(file, &module, &path, hops - 1)
                    .or(Some(file))
            }
            None => Some(file),
        }
    }

    fn behind_export(
        &self,
        file: &str,
        module: &Written,
        path: &[String],
        hops: u32,
    ) -> Option<&'a str> {
        match path.first()?.as_str() {
            "crate" | "self" | "super" => self.defines(file, &path.to_vec()),
            _ => self.resolve(module.clone(), path, hops),
        }
    }

    /// The files whose methods a file calls, of types that several files implement.
    fn by_methods(&self, from: &str, parsed: &Parsed) -> BTreeSet<String> {
        let part = |file: &'a str| file.split('/').next();
        let mut used = BTreeSet::new();
        for called in &parsed.calls {
            let homes = self
                .implement
                .get(called.method.as_str())
                .into_iter()
                .flatten();
            let homes = homes.filter(|(of, file)| {
                is_named_after(&called.receiver, of) && part(file) == from.split('/').next()
            });
            if let [(_, home)] = homes.collect::<Vec<_>>().as_slice() {
                used.insert((*home).to_owned());
            }
        }
        used
    }
}

/// Whether a variable or a field, such as `core`, is taken to hold a type, such as `Core`.
fn is_named_after(receiver: &str, of: &str) -> bool {
    receiver.replace('_', "").eq_ignore_ascii_case(of)
}

#[derive(Default)]
struct Search<'a> {
    number: BTreeMap<&'a str, usize>,
    lowest: BTreeMap<&'a str, usize>,
    path: Vec<&'a str>,
    circles: Vec<Vec<&'a str>>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, arrows: &'a BTreeMap<String, BTreeSet<String>>, file: &'a str) {
        let number = self.number.len();
        self.number.insert(file, number);
        self.lowest.insert(file, number);
        self.path.push(file);
        for used in arrows.get(file).into_iter().flatten() {
            if !self.number.contains_key(used.as_str()) {
                self.visit(arrows, used);
                self.lower(file, self.lowest[used.as_str()]);
            } else if self.path.contains(&used.as_str()) {
                self.lower(file, self.number[used.as_str()]);
            }
        }
        if self.lowest[file] == number {
            let from = self
                .path
                .iter()
                .position(|it| *it == file)
                .expect("put there above");
            let circle = self.path.split_off(from);
            if circle.len() > 1 {
                self.circles.push(circle);
            }
        }
    }

    fn lower(&mut self, file: &'a str, to: usize) {
        let lowest = self.lowest.get_mut(file).expect("visited");
        *lowest = to.min(*lowest);
    }
}
