//! All stacks of one size on one thread: reservations cut into slots, and a pool of free ones.
//!
//! Free slots are handed out last in, first out, so that a stack that is still in the cache serves
//! the next task. Where none is free, slots are made ready some at a time, the more the more stacks are
//! in use, since the system takes one call for many at a lower price. Past a high-water mark of idle
//! memory the pool gives pages back to the system, in long runs. An arena lives as long as any of its
//! stacks, leaked ones included: a task may borrow from them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::abort;
use super::advice::{self, AT_ONCE};
use super::guard::{self, Guard};
use super::head::{self, Head, OVERHEAD};
use super::overflow;
use super::reservation::{RESERVATION, Reservation, SlotShape};
use super::stack_error::StackError;

/// Address space of free stacks that are kept warm, and how many stacks at least.
const KEPT_WARM: usize = 256 << 20;
const KEPT_AT_LEAST: usize = 64;

/// All stacks of one size class on one thread.
pub(super) struct Arena {
    shape: SlotShape,
    guard: Guard,
    /// How many free stacks are kept warm.
    kept: usize,
    colours: usize,
    reservations: RefCell<Vec<Reservation>>,
    /// Bases of free stacks whose pages may still be in memory; the last is the hottest.
    warm: RefCell<Vec<usize>>,
    /// Limits of free slots whose pages were given back.
    cold: RefCell<Vec<usize>>,
    /// From which place on the tops of cold slots are in memory all the same: they come next.
    ready: Cell<usize>,
    live: Cell<usize>,
    /// How many rooms can be had, free ones and such as are not cut yet, beyond those that were promised.
    spare: Cell<usize>,
}

thread_local! {
    static ARENAS: RefCell<Vec<Rc<Arena>>> = const { RefCell::new(Vec::new()) };
}

impl Arena {
    /// The arena for stacks of at least `size` bytes; classes are powers of two.
    pub(super) fn of_this_thread(size: usize) -> Result<Rc<Arena>, StackError> {
        let too_large = StackError::TooLarge { asked: size };
        let class = match size.checked_next_power_of_two() {
            Some(class) if class <= RESERVATION / 4 => class.max(guard::page_size()),
            _ => return Err(too_large),
        };
        let stride = stride_of(class);
        ARENAS
            .try_with(|arenas| {
                let mut arenas = arenas.borrow_mut();
                if let Some(arena) = arenas.iter().find(|arena| arena.shape.stride == stride) {
                    return Rc::clone(arena);
                }
                arenas.push(Arena::new(class, Guard::best()));
                Rc::clone(arenas.last().expect("pushed just now"))
            })
            // The thread is ending: an arena for this one stack.
            .or_else(|_| Ok(Arena::new(class, Guard::best())))
    }

    fn new(class: usize, guard: Guard) -> Rc<Arena> {
        overflow::install();
        abort::install();
        let shape = SlotShape {
            stride: stride_of(class),
            guard_len: guard::page_size(),
        };
        Rc::new(Arena {
            shape,
            guard,
            kept: (KEPT_WARM / shape.stride).max(KEPT_AT_LEAST),
            colours: head::colours_of(class),
            reservations: RefCell::default(),
            warm: RefCell::default(),
            cold: RefCell::default(),
            ready: Cell::new(0),
            live: Cell::new(0),
            spare: Cell::new(0),
        })
    }

    /// Sees to it that there is room for one more stack than were promised so far.
    #[inline(always)]
    pub(super) fn promise(&self) -> Result<(), StackError> {
        match self.spare.get().checked_sub(1) {
            Some(spare) => self.spare.set(spare),
            None => self.make_spare()?,
        }
        Ok(())
    }

    /// Takes a promise back: the room was not asked for.
    pub(super) fn release(&self) {
        self.spare.set(self.spare.get() + 1);
    }

    #[cold]
    #[inline(never)]
    fn make_spare(&self) -> Result<(), StackError> {
        if self.guard == Guard::Split {
            // The system has a limit on such guards: only one that is there is certain.
            let limit = self.cut()?;
            self.cold.borrow_mut().push(limit);
            return Ok(());
        }
        let reservation = Reservation::new(self.shape, self.guard)?;
        self.spare.set(reservation.slots() - 1);
        self.reservations.borrow_mut().push(reservation);
        Ok(())
    }

    /// Hands out a stack that was promised, by its base: the hottest free one, or a new one. Down to the
    /// limit that its head names, its memory is the caller's until it is checked in.
    ///
    /// # Errors
    ///
    /// If the system has not even the memory that it takes to mark a guard.
    #[inline(always)]
    pub(super) fn check_out(&self) -> Result<usize, StackError> {
        let warm = self.warm.borrow_mut().pop();
        let base = match warm {
            Some(base) => base,
            None => self.open()?,
        };
        self.live.set(self.live.get() + 1);
        Ok(base)
    }

    /// Readies a slot whose head is not written: a free one, or a new one.
    #[cold]
    #[inline(never)]
    fn open(&self) -> Result<usize, StackError> {
        let limit = match self.thaw() {
            Some(limit) => limit,
            None => self.cut()?,
        };
        let top = limit - self.shape.guard_len + self.shape.stride;
        // SAFETY: the slot is mapped, and free.
        unsafe { Head::below(top) }.limit.set(limit);
        Ok(head::base_below(top, top / self.shape.stride, self.colours))
    }

    /// Takes a stack back, by its base.
    #[inline(always)]
    pub(super) fn check_in(&self, base: usize) {
        let live = self.live.get() - 1;
        self.live.set(live);
        self.release();
        let mut warm = self.warm.borrow_mut();
        warm.push(base);
        // Twice as many idle as busy, and many: the rush is over.
        if warm.len() > 2 * self.kept && warm.len() / 2 > live {
            self.cool(&mut warm);
        }
    }

    /// Keeps the hottest of the free stacks, and gives the pages of the others back.
    #[cold]
    #[inline(never)]
    fn cool(&self, warm: &mut Vec<usize>) {
        let idle = warm.len() - self.kept;
        let mut limits: Vec<usize> = warm.drain(..idle).map(|base| self.limit_of(base)).collect();
        self.trim(&mut limits);
        let mut cold = self.cold.borrow_mut();
        cold.extend(limits);
        self.ready.set(cold.len());
    }

    /// Where a stack ends, by its base; its head says so too, but has left the cache when it is free.
    fn limit_of(&self, base: usize) -> usize {
        head::top_above(base) - self.shape.stride + self.shape.guard_len
    }

    /// Gives the pages of free slots back to the system, neighbours together.
    fn trim(&self, limits: &mut [usize]) {
        limits.sort_unstable();
        let neighbours = |a: &usize, b: &usize| *b == *a + self.shape.stride;
        for run in limits.chunk_by(neighbours) {
            let len = run.len() * self.shape.stride - self.shape.guard_len;
            // SAFETY: from the first slot's limit to the last one's top lie only free slots and
            // their guards, which the call leaves in place.
            unsafe { guard::discard(run[0], len) };
        }
    }

    /// How many slots are made ready at once: few for a small program, so that it wastes nothing.
    fn at_once(&self) -> usize {
        match self.guard {
            Guard::Marked => (self.live.get() / 8).clamp(1, AT_ONCE),
            Guard::Split => 1,
        }
    }

    /// Sees to it that the tops of the slots with these limits are in memory.
    fn populate(&self, limits: impl Iterator<Item = usize>) {
        let last_page = self.shape.stride - 2 * self.shape.guard_len;
        // SAFETY: a slot's top page is in our reservation.
        unsafe { advice::populate(limits.map(|limit| limit + last_page), self.shape.guard_len) };
    }

    /// A free slot whose pages were given back, by its limit.
    fn thaw(&self) -> Option<usize> {
        let mut cold = self.cold.borrow_mut();
        if cold.len() <= self.ready.get() {
            let rest = cold.len().saturating_sub(self.at_once());
            self.populate(cold[rest..].iter().copied());
            self.ready.set(rest);
        }
        cold.pop()
    }

    /// Cuts a new slot from the newest reservation, and tells its limit.
    fn cut(&self) -> Result<usize, StackError> {
        let mut reservations = self.reservations.borrow_mut();
        let at = match reservations.iter().rposition(Reservation::has_room) {
            Some(at) => at,
            None => {
                reservations.push(Reservation::new(self.shape, self.guard)?);
                reservations.len() - 1
            }
        };
        let reservation = &mut reservations[at];
        if !reservation.has_guarded() {
            let limits = reservation.guard(self.at_once())?;
            self.populate(limits);
        }
        Ok(reservation.cut())
    }
}

/// Guard, stack, colour and head, in whole pages.
fn stride_of(class: usize) -> usize {
    let page = guard::page_size();
    (page + class + OVERHEAD).next_multiple_of(page)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    fn check_out(arena: &Arena) -> Result<usize, StackError> {
        arena.promise()?;
        arena.check_out()
    }

    fn check_in_all(arena: &Arena, stacks: &mut Vec<usize>) {
        stacks.drain(..).for_each(|base| arena.check_in(base));
    }

    #[test]
    fn the_hottest_stack_is_handed_out_first() {
        let arena = Arena::new(16 << 10, Guard::best());
        let first = check_out(&arena).unwrap();
        let second = check_out(&arena).unwrap();
        arena.check_in(first);
        arena.check_in(second);
        assert_eq!(check_out(&arena).unwrap(), second);
        assert_ne!(first, second);
    }

    #[test]
    fn of_slots_made_ready_together_each_has_its_guard() {
        let arena = Arena::new(16 << 10, Guard::best());
        let (_read, write) = std::io::pipe().unwrap();
        // SAFETY: the system looks at the address itself, and refuses one that faults.
        let is_memory =
            |at: usize| unsafe { libc::write(write.as_raw_fd(), at as *const _, 1) } == 1;
        for _ in 0..1_000 {
            let base = check_out(&arena).unwrap();
            // SAFETY: the stack was checked out just now.
            let limit = unsafe { Head::above(base) }.limit.get();
            assert_eq!(limit, arena.limit_of(base));
            assert!(
                is_memory(limit)
                    && !is_memory(limit - 1)
                    && !is_memory(limit - arena.shape.guard_len)
            );
        }
    }

    #[test]
    fn split_guards_serve_where_marked_ones_are_missing_and_end_before_the_system_does() {
        let arena = Arena::new(16 << 10, Guard::Split);
        let mut stacks = Vec::new();
        let refused = loop {
            match check_out(&arena) {
                Ok(stack) => stacks.push(stack),
                Err(refused) => break refused,
            }
        };
        assert!(matches!(refused, StackError::TooManyGuards { limit } if limit == stacks.len()));
        assert!(refused.to_string().contains("vm.max_map_count"));
        let memory = vec![1u8; 64 << 20];
        assert_eq!(memory[1 << 20], 1, "there is memory for everything else");
        let count = stacks.len();
        check_in_all(&arena, &mut stacks);
        assert!(check_out(&arena).is_ok(), "a free stack needs no new guard");
        drop(arena);
        let again = Arena::new(16 << 10, Guard::Split);
        stacks.extend((0..count).map(|_| check_out(&again).unwrap()));
    }

    #[test]
    fn a_rush_that_is_over_gives_its_pages_back() {
        let arena = Arena::new(1 << 20, Guard::best());
        let kept = arena.kept;
        let rush = || -> Vec<_> { (0..5 * kept).map(|_| check_out(&arena).unwrap()).collect() };
        check_in_all(&arena, &mut rush());
        assert!(arena.warm.borrow().len() <= 2 * kept);
        assert!(arena.cold.borrow().len() >= 3 * kept);
        let again = rush();
        assert_eq!(
            arena.reservations.borrow()[0].used(),
            again.len(),
            "no slot was lost"
        );
    }
}
