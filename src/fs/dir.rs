//! Directories.

use std::ffi::OsString;
use std::fs::{FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::{at, symlink_metadata};

/// All that is in a directory, sorted by name; so a program does the same each time.
///
/// # Errors
///
/// Those of [`std::fs::read_dir`] and of its entries, or an [interruption](crate::Interrupted::of).
///
/// ```
/// use coros::{fs, run};
///
/// let root = env!("CARGO_MANIFEST_DIR");
/// let entries = run(move || fs::read_dir(root)).unwrap().unwrap();
/// assert!(entries.iter().any(|entry| entry.file_name() == "Cargo.toml"));
/// ```
#[track_caller]
pub fn read_dir(path: impl AsRef<Path>) -> io::Result<Vec<DirEntry>> {
    at(path, "list", |path| {
        let entries = std::fs::read_dir(path)?.map(|entry| DirEntry::of(&entry?));
        let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(DirEntry::file_name);
        Ok(entries)
    })
}

/// Something in a directory, as [`read_dir`] found it.
#[derive(Clone, Debug)]
pub struct DirEntry {
    path: PathBuf,
    name: OsString,
    file_type: FileType,
}

impl DirEntry {
    fn of(entry: &std::fs::DirEntry) -> io::Result<Self> {
        Ok(Self {
            path: entry.path(),
            name: entry.file_name(),
            file_type: entry.file_type()?,
        })
    }

    /// Its path: that of the directory, and its name.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// Its name.
    #[must_use]
    pub fn file_name(&self) -> OsString {
        self.name.clone()
    }

    /// Whether it is a file, a directory, a link …; links are not followed.
    #[must_use]
    pub fn file_type(&self) -> FileType {
        self.file_type
    }

    /// What the system knows of it now; links are not followed.
    ///
    /// # Errors
    ///
    /// As [`symlink_metadata`].
    #[track_caller]
    pub fn metadata(&self) -> io::Result<Metadata> {
        symlink_metadata(&self.path)
    }
}
