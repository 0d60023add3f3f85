//! How a file is to be opened.

use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::File;

/// How a file is to be opened, as [`std::fs::OpenOptions`] says it; opening blocks the task alone.
///
/// ```
/// use std::io::Write;
/// use coros::{fs, run};
///
/// run(|| {
///     let path = std::env::temp_dir().join(format!("coros-options-{}", std::process::id()));
///     let mut options = fs::OpenOptions::new();
///     let mut file = options.append(true).create(true).mode(0o600).open(&path)?;
///     file.write_all(b"for no other eyes")?;
///     assert_eq!(fs::read_to_string(&path)?, "for no other eyes");
///     fs::remove_file(&path)
/// })
/// .unwrap()
/// .unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct OpenOptions(std::fs::OpenOptions);

impl OpenOptions {
    /// Options of which none is set.
    #[must_use]
    pub fn new() -> Self {
        Self(std::fs::OpenOptions::new())
    }

    /// Whether the file may be read.
    pub fn read(&mut self, read: bool) -> &mut Self {
        self.0.read(read);
        self
    }

    /// Whether the file may be written. What is in it is overwritten, and not cut off.
    pub fn write(&mut self, write: bool) -> &mut Self {
        self.0.write(write);
        self
    }

    /// Whether what is written goes to the end, wherever that is then.
    pub fn append(&mut self, append: bool) -> &mut Self {
        self.0.append(append);
        self
    }

    /// Whether the file is emptied, if it is there. It must be opened to write.
    pub fn truncate(&mut self, truncate: bool) -> &mut Self {
        self.0.truncate(truncate);
        self
    }

    /// Whether the file is made, if it is not there. It must be opened to write or to append.
    pub fn create(&mut self, create: bool) -> &mut Self {
        self.0.create(create);
        self
    }

    /// Whether the file is made, and must not be there, not even as a broken link: no other process can
    /// come in between. Then `create` and `truncate` are ignored.
    pub fn create_new(&mut self, create_new: bool) -> &mut Self {
        self.0.create_new(create_new);
        self
    }

    /// The permissions of a file that is made, less those that the process's umask takes away; 0o666
    /// unless it is set. (In `std`: [`OpenOptionsExt::mode`].)
    pub fn mode(&mut self, mode: u32) -> &mut Self {
        self.0.mode(mode);
        self
    }

    /// Further flags for the system's `open`, such as `O_NOFOLLOW`; those of the access mode are ignored.
    /// (In `std`: [`OpenOptionsExt::custom_flags`].)
    pub fn custom_flags(&mut self, flags: i32) -> &mut Self {
        self.0.custom_flags(flags);
        self
    }

    /// Opens a file as the options say.
    ///
    /// A named pipe is opened when its other side is; only the caller waits for that, or with
    /// `O_NONBLOCK` nobody. If that wait is broken off, its thread waits on.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::OpenOptions::open`], with the path; if there is [no thread](crate::offload()) to
    /// do it; or an [interruption](crate::Interrupted::of): then it may still come about.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn open(&self, path: impl AsRef<Path>) -> io::Result<File> {
        File::open_with(self, path)
    }

    pub(super) fn open_here(&self, path: &Path) -> io::Result<std::fs::File> {
        self.0.open(path)
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl From<std::fs::OpenOptions> for OpenOptions {
    fn from(options: std::fs::OpenOptions) -> Self {
        Self(options)
    }
}
