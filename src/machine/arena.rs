//! All stacks of one size on one thread: reservations cut into slots, and a pool of free ones.
//!
//! Free slots are handed out last in, first out, so that a stack that is still in the cache serves
//! the next task. Past a high-water mark of idle memory the pool gives pages back to the system, in
//! long runs. An arena lives as long as any of its stacks, leaked ones included: a task may
//! borrow from them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::abort;
use super::guard::{self, Guard};
use super::head::{self, Head, OVERHEAD};
use super::overflow;
use super::registry::{self, Entry};
use super::stack_error::StackError;

/// Address space taken at once; far more than needed, so that a million stacks take few mappings.
const RESERVATION: usize = 64 << 30;

/// Address space of free stacks that are kept warm, and how many stacks at least.
const KEPT_WARM: usize = 256 << 20;
const KEPT_AT_LEAST: usize = 64;

/// One reservation.
struct Block {
    start: usize,
    len: usize,
    /// How many slots were ever handed out.
    used: usize,
    entry: &'static Entry,
}

/// All stacks of one size class on one thread.
pub(super) struct Arena {
    /// Bytes between one slot and the next: guard, stack, colour and head.
    stride: usize,
    guard_len: usize,
    guard: Guard,
    /// How many free stacks are kept warm.
    kept: usize,
    colours: usize,
    blocks: RefCell<Vec<Block>>,
    /// Bases of free stacks whose pages may still be in memory; the last is the hottest.
    warm: RefCell<Vec<usize>>,
    /// Limits of free slots whose pages were given back.
    cold: RefCell<Vec<usize>>,
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
                if let Some(arena) = arenas.iter().find(|arena| arena.stride == stride) {
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
        Rc::new(Arena {
            stride: stride_of(class),
            guard_len: guard::page_size(),
            guard,
            kept: (KEPT_WARM / stride_of(class)).max(KEPT_AT_LEAST),
            colours: head::colours_of(class),
            blocks: RefCell::default(),
            warm: RefCell::default(),
            cold: RefCell::default(),
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
        let block = self.reserve()?;
        self.spare.set(block.len / self.stride - 1);
        self.blocks.borrow_mut().push(block);
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
        let cold = self.cold.borrow_mut().pop();
        let limit = match cold {
            Some(limit) => limit,
            None => self.cut()?,
        };
        let top = limit - self.guard_len + self.stride;
        // SAFETY: the slot is mapped, and free.
        unsafe { Head::below(top) }.limit.set(limit);
        Ok(head::base_below(top, top / self.stride, self.colours))
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
        // SAFETY: a warm stack is free, its slot mapped.
        let limit_of = |base| unsafe { Head::above(base) }.limit.get();
        let mut limits: Vec<usize> = warm.drain(..idle).map(limit_of).collect();
        self.trim(&mut limits);
        self.cold.borrow_mut().extend(limits);
    }

    /// Gives the pages of free slots back to the system, neighbours together.
    fn trim(&self, limits: &mut [usize]) {
        limits.sort_unstable();
        let neighbours = |a: &usize, b: &usize| *b == *a + self.stride;
        for run in limits.chunk_by(neighbours) {
            let len = run.len() * self.stride - self.guard_len;
            // SAFETY: from the first slot's limit to the last one's top lie only free slots and
            // their guards, which the call leaves in place.
            unsafe { guard::discard(run[0], len) };
        }
    }

    /// Cuts a new slot from the newest reservation, guards it, and tells its limit.
    fn cut(&self) -> Result<usize, StackError> {
        let mut blocks = self.blocks.borrow_mut();
        let has_room = |block: &Block| (block.used + 1) * self.stride <= block.len;
        let at = match blocks.iter().rposition(has_room) {
            Some(at) => at,
            None => {
                blocks.push(self.reserve()?);
                blocks.len() - 1
            }
        };
        let block = &mut blocks[at];
        let start = block.start + block.used * self.stride;
        // SAFETY: the slot lies in our reservation and was never handed out.
        unsafe { self.guard.install(start, self.guard_len) }?;
        block.used += 1;
        Ok(start + self.guard_len)
    }

    /// Reserves address space: much, or what the system's limits leave.
    fn reserve(&self) -> Result<Block, StackError> {
        let mut len = RESERVATION / self.stride * self.stride;
        loop {
            match guard::map(len) {
                Ok(start) => {
                    // SAFETY: the range was mapped just now.
                    unsafe { guard::refuse_huge_pages(start, len) };
                    let entry = registry::enter(start, start + len, self.stride, self.guard_len);
                    return Ok(Block {
                        start,
                        len,
                        used: 0,
                        entry,
                    });
                }
                Err(cause) if len == self.stride => return Err(StackError::NoMemory(cause)),
                Err(_) => len = (len / 2 / self.stride).max(1) * self.stride,
            }
        }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        for block in self.blocks.get_mut() {
            registry::leave(block.entry);
            self.guard.forget(block.used);
            // SAFETY: each stack holds a count of the arena, so no room is in use.
            unsafe { guard::unmap(block.start, block.len) };
        }
    }
}

/// Guard, stack, colour and head, in whole pages.
fn stride_of(class: usize) -> usize {
    let page = guard::page_size();
    (page + class + OVERHEAD).next_multiple_of(page)
}

#[cfg(test)]
mod tests {
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
            arena.blocks.borrow()[0].used,
            again.len(),
            "no slot was lost"
        );
    }
}
