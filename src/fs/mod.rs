//! Files and directories, by the names that `std::fs` has for them: each call blocks its task alone.
//!
//! No system tells beforehand whether a file is quick to read, so every call here is
//! [offloaded](crate::offload()): another thread blocks in its place. Paths are copied for that.
//!
//! - **Interrupted**: a call that had not begun did not happen. One that had begun goes on to its end in
//!   its thread; no task learns what came of it, and what it changes on the disk it does change. So for
//!   calls that write, an interruption means *perhaps*. A [`File`] keeps its operations in order, those
//!   given up too, and its cursor does not move for them.
//! - **While a task unwinds** it may not wait, and yet a destructor must not lose what it has to write. So
//!   then the call is done in place, and holds the loop up.
//! - **Without a thread** to do it, where the system makes none, a call fails and says so; see
//!   [`NoThread`](crate::offload::OffloadError::NoThread).
//! - **In virtual time** results come in the [order](crate::offload::Offload#in-virtual-time) of the calls,
//!   and a call that is interrupted is done, begun or not. What two tasks do to one path at once they still do
//!   at once, unless both use one [`File`].
//! - **Errors** keep the kind that `std` gives them, and name the path; the system's own error is their
//!   [`source`](std::error::Error::source).
//! - **Outside a task** all of this panics.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```
//! use coros::{fs, run};
//!
//! let error = run(|| fs::read("no/such/file").unwrap_err()).unwrap();
//! assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
//! assert!(error.to_string().starts_with("cannot read no/such/file: "));
//! ```

mod cursor;
mod dir;
mod file;
mod transfer;

use std::io;
use std::path::{Path, PathBuf};

pub use dir::{DirEntry, read_dir};
pub use file::{File, OpenOptions};
// These are but values: nothing of them asks the system.
pub use std::fs::{FileType, Metadata, Permissions};

use crate::error::cannot;
use crate::offload::offload;

/// Reads a whole file.
///
/// # Errors
///
/// Those of [`std::fs::read`], or an [interruption](crate::Interrupted::of).
///
/// ```
/// use coros::{fs, run};
///
/// let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
/// let bytes = run(move || fs::read(manifest)).unwrap().unwrap();
/// assert!(bytes.starts_with(b"[package]"));
/// ```
#[track_caller]
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    at(path, "read", |path| std::fs::read(path))
}

/// Writes a whole file, in place of what was there.
///
/// # Errors
///
/// Those of [`std::fs::write`], or an [interruption](crate::Interrupted::of). If it is interrupted the
/// file may be as it was, empty, written in part or as a whole, and may still change: do not write it
/// again before you know.
///
/// ```
/// use coros::{fs, run};
///
/// run(|| {
///     let path = std::env::temp_dir().join(format!("coros-write-{}", std::process::id()));
///     fs::write(&path, "ink")?;
///     assert_eq!(fs::read_to_string(&path)?, "ink");
///     fs::remove_file(&path)
/// })
/// .unwrap()
/// .unwrap();
/// ```
#[track_caller]
pub fn write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> io::Result<()> {
    let contents = contents.as_ref().to_vec();
    at(path, "write", move |path| std::fs::write(path, contents))
}

/// Functions of `std::fs` on a path, done beside the loop; last, what an error calls each.
macro_rules! deeds {
    ($(
        $(#[$doc:meta])+
        pub fn $name:ident($path:ident $(, $to:ident)?) -> $value:ty: $deed:literal;
    )+) => {$(
        $(#[$doc])+
        #[track_caller]
        pub fn $name($path: impl AsRef<Path> $(, $to: impl AsRef<Path>)?) -> io::Result<$value> {
            $(let $to = $to.as_ref().to_owned();)?
            at($path, $deed, move |path| std::fs::$name(path $(, $to)?))
        }
    )+};
}

deeds! {
    /// Reads a whole file of UTF-8.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::read_to_string`], or an [interruption](crate::Interrupted::of).
    pub fn read_to_string(path) -> String: "read";

    /// Copies a file's contents and permissions; says how many bytes that were.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::copy`], or an [interruption](crate::Interrupted::of): then the copy may still
    /// come about.
    pub fn copy(from, to) -> u64: "copy";

    /// Gives a file another name, or a place in another directory of the same file system.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::rename`], or an [interruption](crate::Interrupted::of): then it may still come
    /// about.
    pub fn rename(from, to) -> (): "rename";

    /// Gives a file one more name.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::hard_link`], or an [interruption](crate::Interrupted::of): then it may still come
    /// about.
    pub fn hard_link(original, link) -> (): "link to";

    /// Removes a file.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::remove_file`], or an [interruption](crate::Interrupted::of): then it may still
    /// come about.
    pub fn remove_file(path) -> (): "remove";

    /// Makes a directory, whose parent is there.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::create_dir`], or an [interruption](crate::Interrupted::of): then it may still
    /// come about.
    pub fn create_dir(path) -> (): "create";

    /// Makes a directory and all its parents that are missing.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::create_dir_all`], or an [interruption](crate::Interrupted::of): then it may still
    /// come about.
    pub fn create_dir_all(path) -> (): "create";

    /// Removes an empty directory.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::remove_dir`], or an [interruption](crate::Interrupted::of): then it may still
    /// come about.
    pub fn remove_dir(path) -> (): "remove";

    /// Removes a directory and all that is in it.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::remove_dir_all`], or an [interruption](crate::Interrupted::of): then it goes on
    /// in its thread.
    pub fn remove_dir_all(path) -> (): "remove";

    /// What the system knows of a file, or of what a symbolic link points to.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::metadata`], or an [interruption](crate::Interrupted::of).
    pub fn metadata(path) -> Metadata: "look at";

    /// What the system knows of a file, or of a symbolic link itself.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::symlink_metadata`], or an [interruption](crate::Interrupted::of).
    pub fn symlink_metadata(path) -> Metadata: "look at";

    /// Whether there is such a file; a broken link is none.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::exists`], or an [interruption](crate::Interrupted::of).
    pub fn exists(path) -> bool: "look for";

    /// The path from the root, with all links followed.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::canonicalize`], or an [interruption](crate::Interrupted::of).
    pub fn canonicalize(path) -> PathBuf: "find";

    /// Where a symbolic link points to.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::read_link`], or an [interruption](crate::Interrupted::of).
    pub fn read_link(path) -> PathBuf: "read the link";
}

/// Changes who may do what with a file.
///
/// # Errors
///
/// Those of [`std::fs::set_permissions`], or an [interruption](crate::Interrupted::of): then it may
/// still come about.
#[track_caller]
pub fn set_permissions(path: impl AsRef<Path>, permissions: Permissions) -> io::Result<()> {
    at(path, "change the permissions of", move |path| {
        std::fs::set_permissions(path, permissions)
    })
}

/// Does something with a path beside the loop; an error says what, and names the path.
#[track_caller]
fn at<T: Send + 'static>(
    path: impl AsRef<Path>,
    deed: &'static str,
    act: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let path = path.as_ref();
    let work = {
        let path = path.to_owned();
        move || act(&path)
    };
    match std::thread::panicking() {
        true => work(),
        false => offload(work).map_err(io::Error::from).flatten(),
    }
    .map_err(|error| cannot(deed, path.display(), error))
}
