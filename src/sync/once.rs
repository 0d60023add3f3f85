//! A cell that is set once, by the first task that comes; the others wait meanwhile.

use std::cell::Cell;
use std::rc::Rc;

use super::error::OnceError;
use crate::kernel::{Holding, Tid, spend, spend_on_reading};
use crate::queue::{Plain, Queue, take};
use crate::shown::shown;

/// A cell that is set once, and whose initialiser may wait: a task that comes meanwhile waits for it.
///
/// If the initialiser fails, panics or is killed, the next who waits initialises. (After tokio's
/// `OnceCell`.)
///
/// ```
/// use coros::sync::OnceCell;
/// use coros::{run, spawn, yield_now};
///
/// run(|| {
///     let answer = OnceCell::new();
///     let slow = answer.clone();
///     spawn(move || {
///         slow.get_or_init(|| {
///             yield_now();
///             42
///         })
///         .unwrap();
///     });
///     yield_now();
///     assert_eq!(answer.get(), None, "it is being made");
///     assert_eq!(answer.get_or_init(|| 43), Ok(&42));
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct OnceCell<T>(Rc<OnceState<T>>);

struct OnceState<T> {
    queue: Queue,
    value: std::cell::OnceCell<T>,
    /// Whether the cell is being initialised; by which task, its list knows.
    busy: Cell<bool>,
}

impl<T> OnceCell<T> {
    /// A cell without a value.
    #[must_use]
    pub fn new() -> Self {
        let queue = Queue::of("once cell");
        queue.list.set_holding(Holding::Any);
        Self(Rc::new(OnceState {
            queue,
            value: std::cell::OnceCell::new(),
            busy: Cell::new(false),
        }))
    }

    /// Gives it a name, for traces and reports.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.queue.list.set_name(name);
        self
    }

    /// The value, if there is one.
    #[must_use]
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        spend_on_reading();
        self.0.value.get()
    }

    /// Sets the value; tasks that wait for an initialiser go on with it.
    ///
    /// # Errors
    ///
    /// The value comes back if there is one already, or the cell is being initialised.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        spend();
        if self.0.busy.get() {
            return Err(value);
        }
        self.0.value.set(value)?;
        self.0.queue.call_next();
        Ok(())
    }

    /// The value; made by `f` if there is none, or by the task that is at it already.
    ///
    /// # Errors
    ///
    /// If `f` asks for the cell itself, or the wait for another's initialiser is interrupted.
    ///
    /// # Panics
    ///
    /// Where `f` does, and outside a task, if another is initialising.
    #[track_caller]
    pub fn get_or_init(&self, f: impl FnOnce() -> T) -> Result<&T, OnceError> {
        self.get_or_try_init(|| Ok(f()))
    }

    /// As [`get_or_init`](Self::get_or_init), with an initialiser that may fail; the next then tries its
    /// own.
    ///
    /// # Errors
    ///
    /// As [`get_or_init`](Self::get_or_init), and if `f` fails.
    ///
    /// # Panics
    ///
    /// As [`get_or_init`](Self::get_or_init).
    ///
    /// ```
    /// use coros::sync::{OnceCell, OnceError};
    ///
    /// let cell = OnceCell::new();
    /// assert_eq!(cell.get_or_try_init(|| Err("no luck")), Err(OnceError::Failed("no luck")));
    /// assert_eq!(cell.get_or_try_init(|| Ok::<_, ()>(1)), Ok(&1));
    /// ```
    #[track_caller]
    pub fn get_or_try_init<E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<&T, OnceError<E>> {
        spend();
        if let Some(value) = self.0.value.get() {
            return Ok(value);
        }
        let OnceTurn::Mine(_initialising) = self.0.wait_for_turn()? else {
            return Ok(self
                .0
                .value
                .get()
                .expect("the turn said that there is a value"));
        };
        let value = f().map_err(OnceError::Failed)?;
        Ok(self.0.value.get_or_init(|| value))
    }

    /// How many tasks wait.
    #[must_use]
    #[track_caller]
    pub fn waiters(&self) -> usize {
        spend_on_reading();
        self.0.queue.len()
    }
}

impl<T> Clone for OnceCell<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Default for OnceCell<T> {
    fn default() -> Self {
        Self::new()
    }
}

shown!(impl<T: std::fmt::Debug> Debug for OnceCell<T>: self =>
    "OnceCell({}, {:?})", self.0.queue.list, self.0.value.get());

impl<T> OnceState<T> {
    /// Waits until there is a value, or the caller is to make it.
    #[track_caller]
    fn wait_for_turn<E>(&self) -> Result<OnceTurn<'_, T>, OnceError<E>> {
        let caller = Tid::running();
        if self.is_initialised_by(caller) {
            return Err(OnceError::Recursive(caller));
        }
        let turn = |caller| self.turn_of(caller).map(Ok);
        take(Plain::new("Initialise", &self.queue, turn))
    }

    fn is_initialised_by(&self, caller: Option<Tid>) -> bool {
        self.busy.get() && self.queue.list.holder() == caller
    }

    fn turn_of(&self, caller: Option<Tid>) -> Option<OnceTurn<'_, T>> {
        if self.value.get().is_some() {
            return Some(OnceTurn::Set);
        }
        if self.busy.get() {
            return None;
        }
        self.busy.set(true);
        if let Some(tid) = caller {
            self.queue.list.add_holder(tid);
        }
        Some(OnceTurn::Mine(Initialising(self, caller)))
    }
}

/// What a task finds when its turn comes.
enum OnceTurn<'c, T> {
    /// There is a value.
    Set,
    /// There is none, and the task is to make it.
    Mine(Initialising<'c, T>),
}

/// The right to initialise; whatever comes of it, the next is called.
struct Initialising<'c, T>(&'c OnceState<T>, Option<Tid>);

impl<T> Drop for Initialising<'_, T> {
    fn drop(&mut self) {
        self.0.busy.set(false);
        if let Some(tid) = self.1 {
            self.0.queue.list.remove_holder(tid);
        }
        self.0.queue.call_next();
    }
}
