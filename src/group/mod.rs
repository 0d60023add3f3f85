//! Groups: tasks that end before the block that began them. Floor 3, on calls only.
//!
//! ```
//! use coros::{group, run};
//!
//! run(|| {
//!     let words = vec!["stack", "heap", "queue"];
//!     let total = group(|g| {
//!         let lengths: Vec<_> = words.iter().map(|word| g.spawn(|| word.len())).collect();
//!         lengths.iter().map(|length| length.join().unwrap()).sum::<usize>()
//!     });
//!     assert_eq!(total.unwrap(), 14, "borrowed from {words:?}");
//! })
//! .unwrap();
//! ```

mod calls;
mod error;
mod handle;
mod members;
mod spawn;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What a [`Group`] is made of: its methods are here.
pub use crate::machine::Lender;
pub use error::{Failure, GroupClosed, GroupError, SharedError};
pub use handle::GroupHandle;
pub use spawn::Group;

use crate::kernel::{Answer, Expiry, Interrupted, Kernel, Shield, SystemCall, Tid, call};
use crate::machine::{Payload, guard};
use crate::scope::{Entered, shielded as in_shelter};
use crate::shown::described;
use members::{GroupScope, Members};

/// Runs `f`, which may spawn children in the group; comes back when all of them have ended.
///
/// The children may borrow from the frame that calls this, as threads of [`std::thread::scope`] may.
/// The first child that fails (panics, is killed, or returns an error from
/// [`spawn_result`](Lender::spawn_result)) cancels the rest, and the block, too. If the caller is
/// interrupted while it waits for the children, it cancels them, and still waits for them.
/// If it is killed, its children are killed first; if `f` panics, they are cancelled and waited for,
/// and the panic goes on. (The idea is the nursery of trio, by Nathaniel J. Smith.)
///
/// A child that does not end holds the group up. One that catches its own kill again and again holds
/// it up for ever: nothing could make it safe to leave the frame that it borrows from.
///
/// # Errors
///
/// If a child failed, or the caller was interrupted while it waited; see [`GroupError`].
///
/// # Panics
///
/// Outside a task, and where `f` does.
///
/// ```
/// use coros::{group, run, sleep};
/// use std::time::Duration;
///
/// run(|| {
///     let error = group(|g| {
///         g.spawn_result(|| "seven".parse::<u32>());
///         g.spawn(|| sleep(Duration::from_secs(60)));
///     })
///     .unwrap_err();
///     assert!(error.to_string().contains("invalid digit"));
/// })
/// .unwrap();
/// ```
///
/// Nothing that a child borrows can be gone before it, and nothing of a group can leave it:
///
/// ```compile_fail
/// coros::run(|| {
///     coros::group(|g| {
///         let inside = String::from("gone with the block");
///         g.spawn(|| println!("{inside}"));
///     })
/// });
/// ```
///
/// ```compile_fail
/// coros::run(|| {
///     let escaped = coros::group(|g| g.spawn(|| 1)).unwrap();
///     escaped.join()
/// });
/// ```
#[track_caller]
pub fn group<'env, T>(
    f: impl for<'scope> FnOnce(&'scope Group<'scope, 'env>) -> T,
) -> Result<T, GroupError> {
    let entered = Entered::enter(Shield::Open, Expiry::Never);
    let scope = GroupScope::of_caller(entered.id());
    // While unwinding nothing can wait for children, so there must be none.
    let members = Members::new(scope, std::thread::panicking());
    guard(members, |group| {
        let result = catch_unwind(AssertUnwindSafe(|| f(group)));
        if result.is_err() {
            group.payload.cancel("the block of its group panicked");
        }
        let (interrupted, thrown) = wait_for_all(group);
        group.payload.close();
        match (result, thrown) {
            (Err(payload), _) | (_, Some(payload)) => {
                // The scope is left as this unwinds.
                resume_unwind(payload)
            }
            (Ok(value), None) => {
                _ = entered.leave();
                group.payload.outcome(value, interrupted)
            }
        }
    })
}

/// Waits until all children are gone, whatever happens: to leave any earlier is not possible. Says what
/// it was interrupted by, and what was thrown into it.
///
/// Where the caller is killed there is no child to wait for: the kernel has killed the children before.
/// What the block unwinds with says nothing of that, since it may be the kill of another task, caught
/// and passed on.
fn wait_for_all(group: &Group<'_, '_>) -> (Option<Interrupted>, Option<Payload>) {
    let wait = || call(AllEnded(group));
    let (mut interrupted, mut thrown, mut shielded) = (None, None, false);
    while !are_gone(group) {
        let waited = catch_unwind(AssertUnwindSafe(|| match shielded {
            false => wait(),
            true => in_shelter(wait),
        }));
        match waited {
            Ok(Ok(())) => {}
            Ok(Err(why)) => {
                shielded = true;
                if !group.payload.is_own(&why) {
                    group.payload.cancel_because(&why);
                    interrupted = Some(why);
                }
            }
            Err(payload) => _ = thrown.get_or_insert(payload),
        }
    }
    (interrupted, thrown)
}

/// Whether all children are gone, and have ended: one whose body is gone may still be dropping its
/// task-local values.
fn are_gone(group: &Group<'_, '_>) -> bool {
    group.live() == 0 && group.payload.all_ended()
}

/// Waits until all children of a group are gone.
struct AllEnded<'g, 'scope, 'env>(&'g Group<'scope, 'env>);

impl SystemCall for AllEnded<'_, '_, '_> {
    type Reply = Result<(), Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if are_gone(self.0) {
            return Answer::Done(Ok(()));
        }
        kernel.park(caller, self.0.payload.ended());
        Answer::Wait
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(why)
    }

    described!(self => "AllEnded");
}
