//! Open files, and how they are opened.

use std::cell::Cell;
use std::io::{self, Seek, SeekFrom};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use super::transfer::Manner;
use super::{Metadata, Permissions, at};
use crate::offload::Pool;
use crate::shown::shown;
use crate::sync::{Permit, Semaphore};

/// An open file, with a cursor.
///
/// Its operations are done one at a time, in the order in which they are asked for; `&File` reads and
/// writes, too, so an `Rc` shares it. The cursor lies here, not in the system, and moves only when an
/// operation comes back: a read that is interrupted took nothing, and a write that is interrupted may
/// have reached the disk, or may yet, but doing it again writes the same bytes to the same place. (Not so
/// where there are no places: what is opened to append may then have it twice.)
///
/// Of a pipe or a terminal that is opened by its path there are no places either; reading and writing
/// wait in the loop, and only opening it is offloaded. That waits for the other side; if it is given up,
/// its thread waits on.
///
/// Each read costs a visit to another thread: use a `BufReader`, and a `BufWriter`, for small pieces.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// ```
/// use std::io::{Read, Seek, Write};
/// use coros::{fs, run};
///
/// let text = run(|| -> std::io::Result<String> {
///     let path = std::env::temp_dir().join(format!("coros-file-{}", std::process::id()));
///     let mut file = fs::File::options().read(true).write(true).create(true).open(&path)?;
///     fs::remove_file(&path)?;
///     file.write_all(b"a diary")?;
///     file.rewind()?;
///     let mut text = String::new();
///     file.read_to_string(&mut text)?;
///     Ok(text)
/// });
/// assert_eq!(text.unwrap().unwrap(), "a diary");
/// ```
pub struct File {
    pub(super) file: Arc<std::fs::File>,
    pub(super) manner: Manner,
    pub(super) cursor: Cell<u64>,
    /// Where the operations are done, those too that were given up: one after the other.
    lane: Pool,
    /// Who has the cursor.
    turn: Semaphore,
}

impl File {
    /// Opens a file to read from it.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::open`], or an [interruption](crate::Interrupted::of).
    #[track_caller]
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::options().read(true).open(path)
    }

    /// Opens a file to write to it; makes it if it is not there, and empties it if it is.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::create`], or an [interruption](crate::Interrupted::of): then it may
    /// still come about.
    #[track_caller]
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut options = Self::options();
        options.write(true).create(true).truncate(true).open(path)
    }

    /// Makes a file that must not be there, and opens it to read and to write.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::create_new`], or an [interruption](crate::Interrupted::of): then it may
    /// still come about.
    #[track_caller]
    pub fn create_new(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut options = Self::options();
        options.read(true).write(true).create_new(true).open(path)
    }

    /// Returns options of which none is set, as [`OpenOptions::new`] does.
    #[must_use]
    pub fn options() -> OpenOptions {
        OpenOptions::new()
    }

    /// Opens a file as the options say; as [`OpenOptions::open`].
    ///
    /// # Errors
    ///
    /// As [`OpenOptions::open`].
    #[track_caller]
    pub fn open_with(options: &OpenOptions, path: impl AsRef<Path>) -> io::Result<Self> {
        let options = options.clone();
        let (file, manner, cursor) = at(path, "open", move |path| {
            let file = options.0.open(path)?;
            let (manner, cursor) = Manner::of(&file)?;
            Ok((file, manner, cursor))
        })?;
        Ok(Self::new(file, manner, cursor))
    }

    /// Takes over a file of `std`'s, with its cursor.
    ///
    /// # Errors
    ///
    /// If the system does not know the descriptor.
    pub fn from_std(file: std::fs::File) -> io::Result<Self> {
        let (manner, cursor) = Manner::of(&file)?;
        Ok(Self::new(file, manner, cursor))
    }

    /// Makes it one of `std`'s, with its cursor: to hand it to a child process, say.
    ///
    /// # Errors
    ///
    /// If the system refuses to set the cursor, or has no descriptors left.
    pub fn into_std(self) -> io::Result<std::fs::File> {
        // An operation that was given up may still have a hold on it.
        let mut file = match Arc::try_unwrap(self.file) {
            Ok(file) => file,
            Err(shared) => shared.try_clone()?,
        };
        if self.manner == Manner::Positioned {
            file.seek(SeekFrom::Start(self.cursor.get()))?;
        }
        Ok(file)
    }

    /// What the system knows of it.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::metadata`], or an [interruption](crate::Interrupted::of).
    #[track_caller]
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.beside(std::fs::File::metadata)
    }

    /// Makes it so long, in bytes: cuts it off, or adds zeros. The cursor stays.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::set_len`], or an [interruption](crate::Interrupted::of): then it may
    /// still come about.
    #[track_caller]
    pub fn set_len(&self, length: u64) -> io::Result<()> {
        self.beside(move |file| file.set_len(length))
    }

    /// Changes who may do what with it.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::set_permissions`], or an [interruption](crate::Interrupted::of): then
    /// it may still come about.
    #[track_caller]
    pub fn set_permissions(&self, permissions: Permissions) -> io::Result<()> {
        self.beside(move |file| file.set_permissions(permissions))
    }

    /// Waits until all that was written is on the disk, and what the system knows of the file, too.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::sync_all`], or an [interruption](crate::Interrupted::of).
    #[track_caller]
    pub fn sync_all(&self) -> io::Result<()> {
        self.beside(std::fs::File::sync_all)
    }

    /// Waits until all that was written is on the disk.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::sync_data`], or an [interruption](crate::Interrupted::of).
    #[track_caller]
    pub fn sync_data(&self) -> io::Result<()> {
        self.beside(std::fs::File::sync_data)
    }

    fn new(file: std::fs::File, manner: Manner, cursor: u64) -> Self {
        Self {
            file: Arc::new(file),
            manner,
            cursor: Cell::new(cursor),
            lane: Pool::new(1),
            turn: Semaphore::new(1),
        }
    }

    /// Waits for the cursor.
    #[track_caller]
    pub(super) fn turn(&self) -> io::Result<Permit> {
        Ok(self.turn.acquire()?)
    }

    /// Does something with the file in its lane.
    #[track_caller]
    pub(super) fn beside<T: Send + 'static>(
        &self,
        act: impl FnOnce(&std::fs::File) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let file = Arc::clone(&self.file);
        let work = move || act(&file);
        match std::thread::panicking() {
            true => self.lane.run_meanwhile(work),
            false => self.lane.run(work)?,
        }
    }
}

shown!(impl Debug for File: self => "File({:?}, at {})", self.file, self.cursor.get());

impl AsFd for File {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

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
    /// `O_NONBLOCK` no task. If that wait is broken off, its thread waits on.
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
