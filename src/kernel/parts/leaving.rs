//! What is done on a task's own stack when its body is through.

use std::cell::Cell;

use crate::kernel::abi::Tid;

thread_local! {
    /// What is done on the stack of a task whose body is through, if anything is.
    static ON_LEAVE: Cell<Option<fn(Tid)>> = const { Cell::new(None) };
}

/// Says what is done on a task's own stack, after all its locals, when its body is through: returning or
/// unwinding, and also when it never began.
pub(crate) fn on_leave(act: Option<fn(Tid)>) {
    ON_LEAVE.set(act);
}

/// A task's body that does what there is to do when it is through.
pub(crate) fn leaving(body: impl FnOnce() + 'static) -> impl FnOnce() + 'static {
    let whole = Whole {
        body,
        leaving: Leaving,
    };
    move || whole.run()
}

/// Fields are dropped in their order: a body that never ran first.
struct Whole<F> {
    body: F,
    leaving: Leaving,
}

impl<F: FnOnce()> Whole<F> {
    #[inline(always)]
    fn run(self) {
        let _leaving = self.leaving;
        (self.body)();
    }
}

struct Leaving;

impl Drop for Leaving {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(act) = ON_LEAVE.get()
            && let Some(tid) = Tid::running()
        {
            act(tid);
        }
    }
}
