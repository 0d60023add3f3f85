//! The pages of the guide, and the files that they speak of.

use std::fs;
use std::path::{Path, PathBuf};

/// A page: a chapter, the table of contents, or the list of errors.
pub struct Chapter {
    pub path: PathBuf,
    pub text: String,
}

impl Chapter {
    /// The chapter's number, if it has one.
    pub fn number(&self) -> Option<usize> {
        let name = self.path.file_name()?.to_str()?;
        name.split('-').next()?.parse().ok()
    }

    pub fn title(&self) -> &str {
        let first = self.text.lines().next().unwrap_or_default();
        first
            .strip_prefix("# ")
            .expect("a page begins with its title")
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All pages, in order.
pub fn all() -> Vec<Chapter> {
    let folder = fs::read_dir(root().join("docs/guide")).expect("the guide is there");
    let paths = folder.map(|entry| entry.expect("it can be read").path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a page can be read");
        Chapter { path, text }
    };
    paths.into_iter().map(read).collect()
}
