//! Raw coroutines without a scheduler: the limit.

use std::cell::Cell;
use std::collections::VecDeque;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use corosensei::stack::{DefaultStack, Stack, StackPointer};
use corosensei::{Coroutine, Yielder};
use memmap2::{Advice, MmapMut, MmapOptions};

use super::guard::Guard;
use super::{BATCH, SMALL_STACK, VICTIMS};
use crate::measure::{Pace, Sample};

const MAPPED_STACK: usize = 64 << 10;

/// From one carved stack to the next: as far as from one of coros's small stacks, which has a page of
/// guard and another for what lies above it.
const STRIDE: usize = SMALL_STACK + 2 * PAGE;
const PAGE: usize = 4 << 10;

type Endless<S> = Coroutine<(), (), (), S>;

/// What a kernel must have: who is next, with the answer to its last call, and whose turn it is.
struct SmallestKernel {
    queue: VecDeque<(usize, usize)>,
    current: usize,
}

/// What a task asks of it.
type Call = fn(&SmallestKernel) -> usize;

type Asking = Coroutine<usize, Call, (), DefaultStack>;

/// Coroutines ask for their numbers: a loop takes the next one from a queue, resumes it with its last
/// answer, and serves what it asks for through a pointer; no more.
pub fn smallest_loop(tasks: usize, laps: u64) -> Sample {
    let mut coroutines: Vec<_> = mapped_stacks(tasks).into_iter().map(asking).collect();
    let mut kernel = SmallestKernel {
        queue: (0..tasks).map(|task| (task, 0)).collect(),
        current: 0,
    };
    let pace = Pace::new(tasks, laps);
    for stretch in pace.stretches(0) {
        for _ in 0..stretch * tasks as u64 {
            kernel.turn(&mut coroutines);
        }
    }
    pace.sample()
}

fn asking(stack: DefaultStack) -> Asking {
    let get_tid: Call = |kernel| kernel.current;
    Coroutine::with_stack(stack, move |yielder: &Yielder<usize, Call>, _| {
        loop {
            // The loop may not know which call it is.
            black_box(yielder.suspend(black_box(get_tid)));
        }
    })
}

impl SmallestKernel {
    fn turn(&mut self, coroutines: &mut [Asking]) {
        let (task, answer) = self.queue.pop_front().expect("no task ends");
        self.current = task;
        let asked = coroutines[task].resume(answer);
        let call = asked.as_yield().expect("no task ends");
        self.queue.push_back((task, call(self)));
    }
}

/// As many coroutines as there are stacks, in turn.
pub fn round_robin<S: Stack + 'static>(stacks: Vec<S>, laps: u64) -> Sample {
    let mut coroutines: Vec<_> = stacks.into_iter().map(endless).collect();
    let tasks = coroutines.len();
    let pace = Pace::new(tasks, laps);
    for stretch in pace.stretches(0) {
        for _ in 0..stretch {
            for coroutine in &mut coroutines {
                black_box(coroutine.resume(()));
            }
        }
    }
    pace.sample()
}

fn endless<S: Stack + 'static>(stack: S) -> Endless<S> {
    Coroutine::with_stack(stack, |yielder: &Yielder<(), ()>, ()| {
        loop {
            yielder.suspend(());
        }
    })
}

/// Coroutines that run to their end on one pooled stack.
pub fn spawn_end(laps: u64) -> Sample {
    let operations = laps * BATCH;
    let ended = Rc::new(Cell::new(0));
    let mut stack = mapped_stack();
    let began = Instant::now();
    for _ in 0..operations {
        let count = Rc::clone(&ended);
        let body = move |_: &Yielder<(), ()>, ()| count.set(count.get() + 1);
        let mut coroutine = Coroutine::<(), (), (), _>::with_stack(stack, body);
        black_box(coroutine.resume(()));
        stack = coroutine.into_stack();
    }
    let elapsed = began.elapsed();
    assert_eq!(ended.get(), operations);
    Sample {
        operations,
        elapsed,
    }
}

/// Suspended coroutines with three destructors are unwound; their stacks go back to a pool.
pub fn kill(laps: u64) -> Sample {
    let dropped = Rc::new(Cell::new(0));
    let mut pool = mapped_stacks(VICTIMS as usize);
    let mut elapsed = Duration::ZERO;
    for _ in 0..laps {
        let victims = pool.drain(..).map(|stack| victim(stack, &dropped));
        let victims: Vec<_> = victims.collect();
        let began = Instant::now();
        for mut victim in victims {
            victim.force_unwind();
            pool.push(victim.into_stack());
        }
        elapsed += began.elapsed();
    }
    let operations = laps * VICTIMS;
    assert_eq!(dropped.get(), 3 * operations);
    Sample {
        operations,
        elapsed,
    }
}

fn victim(stack: DefaultStack, count: &Rc<Cell<u64>>) -> Endless<DefaultStack> {
    let count = Rc::clone(count);
    let mut victim = Coroutine::with_stack(stack, move |yielder: &Yielder<(), ()>, ()| {
        let _guards = Guard::three(&count);
        yielder.suspend(());
        unreachable!("it is unwound, not resumed");
    });
    black_box(victim.resume(()));
    victim
}

fn mapped_stack() -> DefaultStack {
    DefaultStack::new(MAPPED_STACK).expect("there is memory for a stack")
}

/// Stacks as corosensei makes them.
pub fn mapped_stacks(count: usize) -> Vec<DefaultStack> {
    (0..count).map(|_| mapped_stack()).collect()
}

/// A slot of one large mapping.
pub struct CarvedStack {
    limit: usize,
    /// Keeps the mapping for as long as there are stacks in it.
    _mapping: Rc<MmapMut>,
}

// SAFETY: the slot is `STRIDE` bytes of readable and writable memory, more than the minimum, in whole
// pages, and no other stack's; the mapping lives as long as the stack. There is no guard page, which
// nothing but the bodies in this file can miss: they use some hundred bytes.
unsafe impl Stack for CarvedStack {
    fn base(&self) -> StackPointer {
        StackPointer::new(self.limit + STRIDE).expect("a mapping does not end at null")
    }

    fn limit(&self) -> StackPointer {
        StackPointer::new(self.limit).expect("a mapping does not begin at null")
    }
}

/// Stacks side by side, all at the same offset in their slots.
pub fn carved_stacks(count: usize) -> Vec<CarvedStack> {
    let mapping = MmapOptions::new()
        .len(count * STRIDE)
        .no_reserve_swap()
        .map_anon()
        .expect("there is address space for the stacks");
    // Touch no more memory than the stacks need. A kernel without huge pages refuses; then all is well.
    let _ = mapping.advise(Advice::NoHugePage);
    let mapping = Rc::new(mapping);
    let slot = |index| CarvedStack {
        limit: mapping.as_ptr().addr() + index * STRIDE,
        _mapping: Rc::clone(&mapping),
    };
    (0..count).map(slot).collect()
}
