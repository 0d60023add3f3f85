//! Address space for many stacks, taken at once and cut into slots of one stride.

use super::guard::{self, Guard};
use super::registry::{self, Entry};
use super::stack_error::StackError;

/// Address space taken at once; far more than needed, so that a million stacks take few mappings.
pub(super) const RESERVATION: usize = 64 << 30;

/// How a slot is laid out.
#[derive(Clone, Copy)]
pub(super) struct SlotShape {
    /// Bytes between one slot and the next: guard, stack, colour and head.
    pub(super) stride: usize,
    pub(super) guard_len: usize,
}

/// One reservation; given back when dropped, which its owner does once no slot is in use.
pub(super) struct Reservation {
    shape: SlotShape,
    guard: Guard,
    start: usize,
    len: usize,
    /// How many slots were ever handed out.
    used: usize,
    /// How many slots have guards: those, and perhaps the next ones.
    guarded: usize,
    entry: &'static Entry,
}

impl Reservation {
    /// Reserves address space: much, or what the system's limits leave.
    pub(super) fn new(shape: SlotShape, guard: Guard) -> Result<Self, StackError> {
        let SlotShape { stride, guard_len } = shape;
        let mut len = RESERVATION / stride * stride;
        loop {
            match guard::map(len) {
                Ok(start) => {
                    // SAFETY: the range was mapped just now.
                    unsafe { guard::refuse_huge_pages(start, len) };
                    let entry = registry::enter(start, start + len, stride, guard_len);
                    return Ok(Self {
                        shape,
                        guard,
                        start,
                        len,
                        used: 0,
                        guarded: 0,
                        entry,
                    });
                }
                Err(cause) if len == stride => return Err(StackError::NoMemory(cause)),
                Err(_) => len = (len / 2 / stride).max(1) * stride,
            }
        }
    }

    /// How many slots there are, cut ones and others.
    pub(super) fn slots(&self) -> usize {
        self.len / self.shape.stride
    }

    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.used
    }

    pub(super) fn has_room(&self) -> bool {
        self.used < self.slots()
    }

    /// Whether the slot that is cut next has its guard.
    pub(super) fn has_guarded(&self) -> bool {
        self.used < self.guarded
    }

    /// Guards so many slots more, or as many as there is room for, and tells their limits.
    pub(super) fn guard(
        &mut self,
        count: usize,
    ) -> Result<impl Iterator<Item = usize>, StackError> {
        let SlotShape { stride, guard_len } = self.shape;
        let until = self.slots().min(self.guarded + count);
        let first = self.start;
        let starts = (self.guarded..until).map(move |slot| first + slot * stride);
        // SAFETY: the slots lie in our reservation and were never handed out.
        unsafe { self.guard.install(starts.clone(), guard_len) }?;
        self.guarded = until;
        Ok(starts.map(move |start| start + guard_len))
    }

    /// Cuts a new slot, which has its guard, and tells its limit.
    pub(super) fn cut(&mut self) -> usize {
        debug_assert!(self.has_guarded());
        let start = self.start + self.used * self.shape.stride;
        self.used += 1;
        start + self.shape.guard_len
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        registry::leave(self.entry);
        self.guard.forget(self.guarded);
        // SAFETY: no slot is in use any more: each stack holds a count of the arena that owns us.
        unsafe { guard::unmap(self.start, self.len) };
    }
}
