//! Where a process ends: what buffers of files still hold is written to the files.
//!
//! In the fault reporter, in the handler of SIGABRT, before a signal's own ending, at exit. It may be at any
//! moment, so nothing here locks or allocates, and of a buffer only what its `len` counts is read, which
//! the owner raises when a piece is whole. It is written with `pwrite(2)` at the place in the file where
//! the owner would write it: what is written twice is the same twice.

use std::io;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU64, AtomicUsize, Ordering::*};

use super::handler::process;

/// How often it is looked whether another thread has written what it was about to write.
const LOOKS: u32 = 1_000_000;

/// No file.
pub(super) const NONE: RawFd = -1;

/// What a handler may know of a buffer: atomics alone. Entries are never freed, only used again.
pub(super) struct Entry {
    taken: AtomicBool,
    pub(super) file: AtomicI32,
    /// The process that fills it; a forked child has but a copy.
    pub(super) process: AtomicI32,
    pub(super) start: AtomicPtr<u8>,
    pub(super) len: AtomicUsize,
    /// Where in the file the first byte belongs.
    pub(super) place: AtomicU64,
    /// Whether it is being written, and by which thread.
    pub(super) busy: AtomicBool,
    pub(super) thread: AtomicUsize,
    next: AtomicPtr<Entry>,
}

static HEAD: AtomicPtr<Entry> = AtomicPtr::new(ptr::null_mut());

/// Writes to their files what all buffers of this process hold. Async-signal-safe.
pub(super) fn write_out_all() {
    let mut next = HEAD.load(Acquire);
    // SAFETY: entries are leaked boxes, so a pointer in the list stays valid for ever.
    while let Some(entry) = unsafe { next.as_ref() } {
        entry.write_out();
        next = entry.next.load(Acquire);
    }
}

impl Entry {
    /// One that describes nothing yet.
    pub(super) fn take() -> &'static Self {
        vacant().unwrap_or_else(add)
    }

    /// Lets others have it, now that it has no file.
    pub(super) fn leave(&self) {
        self.taken.store(false, Release);
    }

    fn write_out(&self) {
        if self.file.load(Acquire) == NONE || self.process.load(Relaxed) != process() {
            return;
        }
        if self.busy.load(Acquire) && self.thread.load(Relaxed) == thread() {
            // Its owner stands still in the middle of writing, below this very handler.
            return self.write();
        }
        let is_free = |_: &u32| !self.busy.swap(true, Acquire);
        if (0..LOOKS).find(is_free).is_some() {
            self.write();
            self.busy.store(false, Release);
        }
    }

    fn write(&self) {
        let (file, len) = (self.file.load(Acquire), self.len.load(Acquire));
        let (start, place) = (self.start.load(Relaxed), self.place.load(Relaxed));
        let mut done = 0;
        while file != NONE && done < len {
            let Ok(there) = libc::off_t::try_from(place + done as u64) else {
                return;
            };
            // SAFETY: `done` is less than `len`, which is at most the size of the buffer.
            let from = unsafe { start.add(done) };
            // SAFETY: up to `len` the buffer is written, and its owner neither changes nor frees it
            // before its own turn to write.
            match unsafe { libc::pwrite(file, from.cast(), len - done, there) } {
                written @ 1.. => done += written.unsigned_abs(),
                -1 if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
                _ => return,
            }
        }
    }
}

fn vacant() -> Option<&'static Entry> {
    let mut next = HEAD.load(Acquire);
    // SAFETY: as in `write_out_all`.
    while let Some(entry) = unsafe { next.as_ref() } {
        if entry
            .taken
            .compare_exchange(false, true, AcqRel, Relaxed)
            .is_ok()
        {
            return Some(entry);
        }
        next = entry.next.load(Acquire);
    }
    None
}

fn add() -> &'static Entry {
    let entry = Box::leak(Box::new(Entry {
        taken: AtomicBool::new(true),
        file: AtomicI32::new(NONE),
        process: AtomicI32::new(0),
        start: AtomicPtr::default(),
        len: AtomicUsize::new(0),
        place: AtomicU64::new(0),
        busy: AtomicBool::new(false),
        thread: AtomicUsize::new(0),
        next: AtomicPtr::default(),
    }));
    let mut head = HEAD.load(Relaxed);
    loop {
        entry.next.store(head, Relaxed);
        match HEAD.compare_exchange_weak(head, entry, AcqRel, Relaxed) {
            Ok(_) => return entry,
            Err(now) => head = now,
        }
    }
}

pub(super) fn thread() -> usize {
    // SAFETY: it has no preconditions, and only reads where this thread's own data lie.
    unsafe { libc::pthread_self() as usize }
}

/// Sees to it, once for the process, that it writes what is left when it exits.
pub(super) fn write_out_at_exit() {
    static ONCE: Once = Once::new();
    // SAFETY: the function may run while the process exits; it touches nothing that is gone by then.
    ONCE.call_once(|| _ = unsafe { libc::atexit(exit) });
}

extern "C" fn exit() {
    write_out_all();
}
