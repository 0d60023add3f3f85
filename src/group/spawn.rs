//! The group as its block and its members see it: they spawn, cancel, and wait for each other.

use std::cell::Cell;
use std::error::Error;
use std::rc::Rc;
use std::sync::Arc;

use super::calls::NextEnded;
use super::error::{GroupClosed, SharedError};
use super::handle::GroupHandle;
use super::members::{Member, Members};
use crate::join::JoinHandle;
use crate::kernel::{
    ExitSink, Interrupted, Tid, call, keep_value, spend_on_birth, spend_on_reading,
};
use crate::machine::Lender;
use crate::task::Builder;

/// The tasks of a [`group`](super::group()), as its block and they themselves see it.
///
/// The lifetimes are those of [`std::thread::Scope`]: `'scope` is as long as children may run, and
/// `'env` is what they may borrow from.
pub type Group<'scope, 'env> = Lender<'scope, 'env, Members>;

impl<'scope, 'env> Group<'scope, 'env> {
    /// Spawns a member, which may borrow from the frame around the group; it goes to the tail of the
    /// run queue, and its parent goes on.
    ///
    /// In a group that is [closed](GroupClosed) it never runs, as its handle then says: see
    /// [`try_spawn`](Self::try_spawn).
    ///
    /// # Panics
    ///
    /// Outside a task, and if there is no memory for a stack.
    ///
    /// ```
    /// coros::run(|| {
    ///     let word = String::from("borrowed");
    ///     let length = coros::group(|g| g.spawn(|| word.len()).join().unwrap());
    ///     assert_eq!(length.unwrap(), word.len());
    /// })
    /// .unwrap();
    /// ```
    #[track_caller]
    pub fn spawn<T: 'scope>(
        &'scope self,
        f: impl FnOnce() -> T + 'scope,
    ) -> GroupHandle<'scope, T> {
        self.spawn_with(Builder::new(), f)
    }

    /// As [`spawn`](Self::spawn), with a name or another size of stack.
    ///
    /// # Panics
    ///
    /// Outside a task, and if there is no stack of that size to be had.
    ///
    /// ```
    /// use coros::{Builder, group, run};
    ///
    /// run(|| {
    ///     let builder = Builder::new().name("helper").stack_size(64 << 10);
    ///     group(|g| _ = g.spawn_with(builder, || ())).unwrap();
    /// })
    /// .unwrap();
    /// ```
    #[track_caller]
    pub fn spawn_with<T: 'scope>(
        &'scope self,
        builder: Builder,
        f: impl FnOnce() -> T + 'scope,
    ) -> GroupHandle<'scope, T> {
        self.add(builder, |_| f).0
    }

    /// As [`spawn`](Self::spawn), and says so if the group is closed.
    ///
    /// # Errors
    ///
    /// If the group was cancelled, a member has failed, or the block is being unwound.
    ///
    /// # Panics
    ///
    /// As [`spawn`](Self::spawn).
    ///
    /// ```
    /// coros::run(|| {
    ///     coros::group(|g| {
    ///         g.cancel("closing time");
    ///         assert!(g.try_spawn(|| ()).is_err());
    ///     })
    ///     .unwrap();
    /// })
    /// .unwrap();
    /// ```
    #[track_caller]
    pub fn try_spawn<T: 'scope>(
        &'scope self,
        f: impl FnOnce() -> T + 'scope,
    ) -> Result<GroupHandle<'scope, T>, GroupClosed> {
        let (handle, added) = self.add(Builder::new(), |_| f);
        added.map(|()| handle)
    }

    /// As [`spawn`](Self::spawn), of a member that fails, as by panicking, if it returns an error.
    ///
    /// # Panics
    ///
    /// As [`spawn`](Self::spawn).
    ///
    /// ```
    /// coros::run(|| {
    ///     let error = coros::group(|g| _ = g.spawn_result(|| "x".parse::<u8>())).unwrap_err();
    ///     assert_eq!(error.failures().len(), 1);
    /// })
    /// .unwrap();
    /// ```
    #[track_caller]
    pub fn spawn_result<T: 'scope, E: Into<Box<dyn Error + Send + Sync>>>(
        &'scope self,
        f: impl FnOnce() -> Result<T, E> + 'scope,
    ) -> GroupHandle<'scope, Result<T, SharedError>> {
        let body = |member: Rc<Member>| {
            move || {
                f().map_err(|error| {
                    let error: SharedError = Arc::from(error.into());
                    member.failure.replace(Some(Arc::clone(&error)));
                    error
                })
            }
        };
        self.add(Builder::new(), body).0
    }

    /// Lets traces and reports call the group by this name from now on.
    ///
    /// ```
    /// coros::run(|| {
    ///     let sum = coros::group(|g| {
    ///         g.named("workers");
    ///         g.spawn(|| 1).join().unwrap() + g.spawn(|| 2).join().unwrap()
    ///     });
    ///     assert_eq!(sum.unwrap(), 3);
    /// })
    /// .unwrap();
    /// ```
    pub fn named(&self, name: impl Into<Rc<str>>) -> &Self {
        self.payload.set_name(name.into());
        self
    }

    /// Cancels the members and the block: their waits are broken off, and so are all later ones. From
    /// now on the group is closed. Not a call: it never suspends.
    pub fn cancel(&self, reason: &str) {
        self.payload.cancel(reason);
    }

    /// How many members have not ended.
    #[track_caller]
    pub fn alive(&self) -> usize {
        spend_on_reading();
        self.live()
    }

    /// Waits for the next member to end, and says which it was: so the results can be had in the order
    /// of completion. `None` when all have been told.
    ///
    /// # Errors
    ///
    /// If the wait was broken off.
    ///
    /// # Panics
    ///
    /// Outside a task.
    ///
    /// ```
    /// coros::run(|| {
    ///     coros::group(|g| {
    ///         let child = g.spawn(|| 1);
    ///         assert_eq!(g.next_ended(), Ok(Some(child.tid())));
    ///         assert_eq!(g.next_ended(), Ok(None));
    ///     })
    ///     .unwrap();
    /// })
    /// .unwrap();
    /// ```
    #[track_caller]
    pub fn next_ended(&self) -> Result<Option<Tid>, Interrupted> {
        call(NextEnded(&self.payload))
    }

    #[track_caller]
    fn add<T: 'scope, F: FnOnce() -> T + 'scope>(
        &'scope self,
        builder: Builder,
        body: impl FnOnce(Rc<Member>) -> F,
    ) -> (GroupHandle<'scope, T>, Result<(), GroupClosed>) {
        let value = Rc::new(Cell::new(None));
        let member = self.payload.new_member();
        let (f, kept) = (body(Rc::clone(&member)), Rc::clone(&value));
        let lent = self.lend(move || kept.set(Some(f())));
        spend_on_birth();
        let sink = Rc::clone(&member) as Rc<dyn ExitSink>;
        let traits = builder.traits_with_handle(Some(sink));
        let (task, added) = match self.payload.add(&member, traits, move || {
            lent();
            keep_value(());
        }) {
            Ok(task) => (Some(task), Ok(())),
            Err(closed) => (None, Err(closed)),
        };
        (GroupHandle::new(JoinHandle::new(task), value), added)
    }
}
