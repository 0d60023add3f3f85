//! Select: wait for whichever of several calls can be answered first. Floor 3, on calls only.
//!
//! Any system call can be a branch, also one of your own: a branch that loses is abandoned, as if its
//! wait had been broken off, and so did not happen.
//!
//! ```
//! use std::time::Duration;
//! use coros::syscall::{Park, Sleep};
//! use coros::{Clock, Scheduler, WaitList, select};
//!
//! let bell = WaitList::new().named("bell");
//! let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
//! let waiter = sched.spawn(move || {
//!     select! {
//!         rung = Park(&bell) => rung.is_ok(),
//!         slept = Sleep(Duration::from_secs(5)) => slept.is_err(),
//!     }
//! });
//! sched.run().unwrap();
//! assert_eq!(waiter.join().unwrap(), Ok(false), "no task rang");
//! ```

mod arms;
mod syntax;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

#[doc(hidden)]
pub use arms::{Arm, Arms, Chosen, Nothing, Otherwise};

use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, call, select};

/// Which branch is tried first, where several can be answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Order {
    /// A random one, then those after it.
    #[default]
    Fair,
    /// The first.
    Biased,
}

/// Waits for the first answer among calls of one type; says which it was.
///
/// For as many as there are at the time; [`select!`](macro@crate::select) is for a few of different types.
///
/// # Errors
///
/// If the wait was broken off. Without any call it would last for ever, and ends in a stuck run.
///
/// # Panics
///
/// Outside a task, and where a call panics while it is served.
///
/// ```
/// use coros::select::{Order, select_among};
/// use coros::{WaitList, run, spawn, syscall::Park, yield_now};
///
/// run(|| {
///     let lists: Vec<_> = (0..3).map(|_| WaitList::new()).collect();
///     let second = lists[1].clone();
///     spawn(move || {
///         yield_now();
///         second.wake_one();
///     });
///     let parks = lists.iter().map(Park).collect();
///     let (which, woken) = select_among(parks, Order::Fair).unwrap();
///     assert_eq!((which, woken), (1, Ok(())));
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn select_among<C: SystemCall>(
    calls: Vec<C>,
    order: Order,
) -> Result<(usize, C::Reply), Interrupted> {
    wait(calls.into_iter().map(Arm::new).collect::<Vec<_>>(), order)
}

/// What `select!` stands for.
#[doc(hidden)]
#[track_caller]
pub fn wait<A: Arms>(arms: A, order: Order) -> Result<A::Chosen, Interrupted> {
    call(Select {
        arms,
        order,
        first: None,
    })
}

/// Asks for the first answer among several calls.
struct Select<A> {
    arms: A,
    order: Order,
    /// Which arm is tried first; drawn when the call is served for the first time.
    first: Option<usize>,
}

impl<A: Arms> Select<A> {
    /// Serves the arm that another has chosen; else arm by arm, those first for which something has
    /// happened. Says which is answered.
    fn serve_arms(&mut self, kernel: &mut Kernel, caller: Tid) -> Option<usize> {
        if let Some(chosen) = select::take_choice(kernel, caller) {
            let at = chosen as usize;
            let is_answered = self.arms.serve(at, &mut kernel.branch(chosen), caller);
            return is_answered.then_some(at);
        }
        let count = self.arms.count();
        let first = match self.order {
            Order::Fair if count > 0 => *self
                .first
                .get_or_insert_with(|| kernel.chance().choose(count)),
            _ => 0,
        };
        let in_turn = || (first..count).chain(0..first);
        let roused: Vec<usize> = in_turn()
            .filter(|&at| kernel.branch(at as u32).is_roused(caller))
            .collect();
        let mut ways = roused.into_iter().chain(in_turn());
        ways.find(|&at| self.arms.serve(at, &mut kernel.branch(at as u32), caller))
    }

    /// Abandons all that wait, those too that come after one which panics at that; then the last such
    /// panic goes on.
    fn abandon_all(&mut self, kernel: &mut Kernel, caller: Tid, why: &Interrupted) {
        let mut thrown = None;
        for at in 0..self.arms.count() {
            let mut kernel = kernel.branch(at as u32);
            let abandon = || self.arms.abandon(at, &mut kernel, caller, why.clone());
            if let Err(payload) = catch_unwind(AssertUnwindSafe(abandon)) {
                // Dropping a further one might panic again.
                std::mem::forget(thrown.replace(payload));
            }
        }
        select::forget_choice(kernel, caller);
        if let Some(payload) = thrown {
            resume_unwind(payload);
        }
    }
}

impl<A: Arms> SystemCall for Select<A> {
    type Reply = Result<A::Chosen, Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let served = catch_unwind(AssertUnwindSafe(|| self.serve_arms(kernel, caller)));
        let lost = || Interrupted::cancelled(None, "another branch of a select was answered");
        match served {
            Ok(Some(at)) => {
                let chosen = self.arms.take(at).expect("an answered arm has its reply");
                self.abandon_all(kernel, caller, &lost());
                Answer::Done(Ok(chosen))
            }
            Ok(None) => match self.arms.otherwise() {
                Some(default) => {
                    self.abandon_all(kernel, caller, &lost());
                    Answer::Done(Ok(default))
                }
                None => {
                    select::note_branches(kernel, caller, self.arms.count());
                    select::offer_choice(kernel, caller);
                    Answer::Wait
                }
            },
            Err(payload) => {
                self.abandon_all(kernel, caller, &lost());
                resume_unwind(payload)
            }
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        // Nothing may be chosen any more; a branch that was tells so itself.
        select::take_choice(kernel, caller);
        self.abandon_all(kernel, caller, &why);
        // One that had been granted commits, as it would have in its turn.
        let mut granted = (0..self.arms.count()).filter_map(|at| self.arms.take(at));
        match granted.next() {
            Some(chosen) => {
                kernel.was_granted();
                Ok(chosen)
            }
            None => Err(why),
        }
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Select(")?;
        self.arms.describe(out)?;
        out.write_str(")")
    }
}
