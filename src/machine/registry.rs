//! Which address belongs to which stack: a list that a signal handler may read.
//!
//! A reservation is cut into slots of one stride, so a fault's address names its slot by plain
//! arithmetic. Entries are never freed, only reused, and every field is atomic: the handler runs
//! at any moment and must neither lock nor allocate.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::*};

/// One reservation. `start` is 0 while the entry describes nothing, and 1 while it is filled in.
pub(super) struct Entry {
    start: AtomicUsize,
    end: AtomicUsize,
    stride: AtomicUsize,
    guard: AtomicUsize,
    next: AtomicPtr<Entry>,
}

static HEAD: AtomicPtr<Entry> = AtomicPtr::new(ptr::null_mut());

/// Where an address lies within a reservation.
pub(super) struct Slot {
    /// Just above the slot's highest byte.
    pub(super) top: usize,
    /// Whether the address is in the slot's guard.
    pub(super) in_guard: bool,
}

/// Makes a reservation known to [`find`].
pub(super) fn enter(start: usize, end: usize, stride: usize, guard: usize) -> &'static Entry {
    let entry = vacant().unwrap_or_else(push);
    entry.end.store(end, Relaxed);
    entry.stride.store(stride, Relaxed);
    entry.guard.store(guard, Relaxed);
    entry.start.store(start, Release);
    entry
}

/// Forgets a reservation; to be called before its memory is given back.
pub(super) fn leave(entry: &Entry) {
    entry.start.store(0, Release);
}

/// The slot that an address lies in, if it lies in any reservation. Async-signal-safe.
pub(super) fn find(address: usize) -> Option<Slot> {
    entries().find_map(|entry| {
        let start = entry.start.load(Acquire);
        let stride = entry.stride.load(Relaxed);
        if start <= 1 || address < start || address >= entry.end.load(Relaxed) {
            return None;
        }
        let offset = (address - start) % stride;
        if entry.start.load(Acquire) != start {
            return None; // Reused meanwhile: the fields may be of two reservations.
        }
        Some(Slot {
            top: address - offset + stride,
            in_guard: offset < entry.guard.load(Relaxed),
        })
    })
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    let mut next = HEAD.load(Acquire);
    std::iter::from_fn(move || {
        // SAFETY: entries are leaked boxes, so a pointer in the list stays valid for ever.
        let entry: &'static Entry = unsafe { next.as_ref() }?;
        next = entry.next.load(Acquire);
        Some(entry)
    })
}

/// Claims an entry that describes nothing; 1 marks it as taken until it is filled in.
fn vacant() -> Option<&'static Entry> {
    entries().find(|entry| entry.start.compare_exchange(0, 1, AcqRel, Relaxed).is_ok())
}

fn push() -> &'static Entry {
    let entry = Box::leak(Box::new(Entry {
        start: AtomicUsize::new(1),
        end: AtomicUsize::new(0),
        stride: AtomicUsize::new(1),
        guard: AtomicUsize::new(0),
        next: AtomicPtr::new(ptr::null_mut()),
    }));
    let mut head = HEAD.load(Acquire);
    loop {
        entry.next.store(head, Relaxed);
        match HEAD.compare_exchange_weak(head, &raw mut *entry, AcqRel, Acquire) {
            Ok(_) => return entry,
            Err(newer) => head = newer,
        }
    }
}
