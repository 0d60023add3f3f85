//! Task-local values: a global name, and a value of its own for each task. Floor 3.
//!
//! What `thread_local!` is to threads, [`task_local!`](crate::task_local) is to tasks. (All tasks of a
//! scheduler share one thread, so a `thread_local!` is common to them.) It is also what to use in the
//! place of a `thread_local!` that is set for the length of a block: while the block waits, the other
//! tasks would find it set, and set it themselves. What cannot be done safely with those, the crate's
//! [limits](crate#limits) name.
//!
//! ```
//! use std::cell::Cell;
//! use coros::{run, spawn, task_local, yield_now};
//!
//! task_local! {
//!     static DEPTH: Cell<u32> = Cell::new(1);
//! }
//!
//! run(|| {
//!     DEPTH.set(7);
//!     let other = spawn(|| DEPTH.get());
//!     assert_eq!(other.join().unwrap(), 1, "each task has its own");
//!     assert_eq!(DEPTH.get(), 7);
//! })
//! .unwrap();
//! ```

mod values;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ptr;
use std::rc::Rc;

use crate::kernel::Tid;
use crate::shown::{error, shown};

/// Declares task-local values: statics of the type [`TaskLocal`].
///
/// The expression makes a task's value when
/// that task first asks for it. It may use other task-local values, and wait.
///
/// ```
/// use coros::{run, task_local};
/// use std::cell::RefCell;
///
/// task_local! {
///     /// What this task has seen.
///     pub static SEEN: RefCell<Vec<u32>> = RefCell::default();
///     static NAME: String = "nobody".to_owned();
/// }
///
/// run(|| {
///     SEEN.with_borrow_mut(|seen| seen.push(3));
///     assert_eq!(SEEN.take(), [3]);
///     assert_eq!(NAME.with(String::len), 6);
/// })
/// .unwrap();
/// ```
#[macro_export]
macro_rules! task_local {
    ($($(#[$meta:meta])* $vis:vis static $name:ident: $type:ty = $init:expr);* $(;)?) => {$(
        $(#[$meta])*
        $vis static $name: $crate::local::TaskLocal<$type> = {
            fn init() -> $type {
                $init
            }
            $crate::local::TaskLocal::new(init)
        };
    )*};
}

/// A name for a value that each task has its own of; made by [`task_local!`](crate::task_local).
///
/// The value is made when its task first asks for it, and dropped when the task ends, however it ends:
/// on the task's own stack, after its locals, the last made first. Calls that a value makes as it is
/// dropped are served; while its task unwinds, in place. If one panics then, the others are dropped
/// all the same, and the task ends with that panic. What a value makes anew as it is dropped is
/// dropped, too; after 16 rounds the rest is leaked, and that is logged.
///
/// Tasks driven by hand have none until a scheduler takes them over.
pub struct TaskLocal<T: 'static> {
    init: fn() -> T,
}

/// There is no task whose value could be meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccessError;

error! {
    AccessError {
        Self => "a task-local value outside a task: use it in what a scheduler runs as a task",
    }
}

impl<T: 'static> TaskLocal<T> {
    /// For [`task_local!`](crate::task_local) alone.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(init: fn() -> T) -> Self {
        Self { init }
    }

    /// Runs `f` on the caller's value.
    ///
    /// # Panics
    ///
    /// Outside a task, in a task driven by hand, and if the value is asked for by its own initialiser.
    #[track_caller]
    pub fn with<R>(&'static self, f: impl FnOnce(&T) -> R) -> R {
        self.try_with(f).unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`with`](Self::with), where there may be no task.
    ///
    /// # Errors
    ///
    /// Outside a task, and in one driven by hand.
    ///
    /// # Panics
    ///
    /// If the value is asked for by its own initialiser.
    ///
    /// ```
    /// coros::task_local!(static NUMBER: u32 = 1);
    /// assert!(NUMBER.try_with(|number| *number).is_err(), "no task");
    /// ```
    #[track_caller]
    pub fn try_with<R>(&'static self, f: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        // Those driven by hand have no number, so they cannot be told apart.
        let tid = Tid::current();
        let tid = tid.ok_or(AccessError)?;
        let value = values::with(tid, ptr::from_ref(self).addr(), || {
            Rc::new((self.init)()) as Rc<dyn Any>
        });
        let value = value.downcast_ref();
        Ok(f(
            value.expect("what lies under this key, this static put there")
        ))
    }
}

/// As of `std`'s `LocalKey<Cell<T>>`. All panic where [`with`](TaskLocal::with) does.
impl<T: 'static> TaskLocal<Cell<T>> {
    /// Sets the caller's value.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }

    /// A copy of the caller's value.
    #[track_caller]
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// Takes the caller's value, and leaves the default.
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// Sets the caller's value, and hands over the old one.
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

/// As of `std`'s `LocalKey<RefCell<T>>`. All panic where [`with`](TaskLocal::with) does, and if a borrow is in the
/// way.
impl<T: 'static> TaskLocal<RefCell<T>> {
    /// Runs `f` on the caller's value.
    #[track_caller]
    pub fn with_borrow<R>(&'static self, f: impl FnOnce(&T) -> R) -> R {
        self.with(|cell| f(&cell.borrow()))
    }

    /// Runs `f` on the caller's value, which it may change.
    #[track_caller]
    pub fn with_borrow_mut<R>(&'static self, f: impl FnOnce(&mut T) -> R) -> R {
        self.with(|cell| f(&mut cell.borrow_mut()))
    }

    /// Sets the caller's value, and hands over the old one.
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }

    /// Sets the caller's value.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        drop(self.replace(value));
    }

    /// Takes the caller's value, and leaves the default.
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }
}

shown!(impl<T> Debug for TaskLocal<T>: self => "TaskLocal");
