//! Scoped bodies: bodies of tasks that borrow from the frame of another.
//!
//! ```text
//!   lender's stack                           a borrower's stack
//!   ┌────────────────────────┐               ┌──────────────────────────┐
//!   │ data ◀─────────────────┼───────────────│── its body borrows       │
//!   │ guard(): Lender        │    live: 1    │  Lent: counted as long   │
//!   │   must not be left     │◀──────────────│  as the body is there    │
//!   │   before live is 0     │               └──────────────────────────┘
//!   └────────────────────────┘
//! ```
//!
//! The floors above see to it that all bodies are gone before the frame is left, whether it returns or
//! unwinds. Here that is checked: a frame that is left too early ends the process at once, before
//! anything could use what is gone. (After `std::thread::scope`, with tasks for threads.)

use std::cell::Cell;
use std::io::Write;
use std::marker::PhantomData;
use std::rc::Rc;

/// Lends out what lives as long as `'env` to bodies that are gone before `'scope` ends.
///
/// With a payload of the floor above, which needs to lie as long as `'scope`, too.
pub struct Lender<'scope, 'env: 'scope, P> {
    pub(crate) payload: P,
    live: Rc<Cell<usize>>,
    // Both invariant, as in `std::thread::Scope`: no caller may shorten or lengthen them.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// Runs `f` with a lender; comes back only when all that was lent is gone.
///
/// Ends the process if `f` returns or unwinds before that.
pub(crate) fn guard<'env, P, T>(
    payload: P,
    f: impl for<'scope> FnOnce(&'scope Lender<'scope, 'env, P>) -> T,
) -> T {
    let lender = Lender {
        payload,
        live: Rc::default(),
        scope: PhantomData,
        env: PhantomData,
    };
    let _gone = AllGone(Rc::clone(&lender.live));
    f(&lender)
}

impl<'scope, P> Lender<'scope, '_, P> {
    /// How many bodies are there still.
    pub(crate) fn live(&self) -> usize {
        self.live.get()
    }

    /// Makes a body that may be run as a task of its own.
    pub(crate) fn lend(&'scope self, body: impl FnOnce() + 'scope) -> impl FnOnce() + 'static {
        let body: Box<dyn FnOnce() + 'scope> = Box::new(body);
        // SAFETY: only the lifetime changes. The body is counted until it is dropped, and `guard` lets
        // no frame past `'scope` while it is: it ends the process. A body that is leaked with its
        // task's stack stays counted.
        let body: Box<dyn FnOnce() + 'static> = unsafe { std::mem::transmute(body) };
        self.live.set(self.live.get() + 1);
        let lent = Lent {
            body,
            _count: Count(Rc::clone(&self.live)),
        };
        move || lent.run()
    }
}

/// A body, counted as long as it is there. Fields are dropped in their order, even where dropping the
/// body panics: what it held is gone then, too.
struct Lent {
    body: Box<dyn FnOnce()>,
    _count: Count,
}

impl Lent {
    fn run(self) {
        let _count = self._count;
        (self.body)();
    }
}

/// Takes one from a count when it is dropped.
struct Count(Rc<Cell<usize>>);

impl Drop for Count {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Ends the process if it is dropped while anything is lent.
struct AllGone(Rc<Cell<usize>>);

impl Drop for AllGone {
    fn drop(&mut self) {
        if self.0.get() > 0 {
            // A closed standard error is no reason to go on.
            let _ = writeln!(
                std::io::stderr(),
                "coros: the frame of a group was left with {} of its tasks alive; they borrow from it, \
                 so the process ends here",
                self.0.get()
            );
            std::process::abort();
        }
    }
}
