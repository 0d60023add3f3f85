//! What can be waited for together: handles, of one type or of several.

use super::JoinHandle;
use crate::kernel::{Exit, TaskHandle, Tid, spend_on_reading};

/// Something that ends, and can be waited for together with others: a handle to a task.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub trait Waitable {
    /// The task that ends.
    fn tid(&self) -> Tid;
    /// How it ended, if it has.
    fn exit(&self) -> Option<Exit>;
    /// The same, paid for by who looks at several at once.
    #[doc(hidden)]
    fn exit_paid_for(&self) -> Option<Exit> {
        self.exit()
    }
    /// Which end it was: what ended earlier has a smaller number.
    #[doc(hidden)]
    fn serial(&self) -> u64;
}

impl<T> Waitable for JoinHandle<T> {
    fn tid(&self) -> Tid {
        self.tid()
    }

    #[track_caller]
    fn exit(&self) -> Option<Exit> {
        spend_on_reading();
        self.exit_paid_for()
    }

    fn exit_paid_for(&self) -> Option<Exit> {
        self.ended()
    }

    fn serial(&self) -> u64 {
        self.task.as_ref().map_or(0, TaskHandle::serial)
    }
}

impl<W: Waitable + ?Sized> Waitable for &W {
    fn tid(&self) -> Tid {
        (**self).tid()
    }

    #[track_caller]
    fn exit(&self) -> Option<Exit> {
        (**self).exit()
    }

    fn exit_paid_for(&self) -> Option<Exit> {
        (**self).exit_paid_for()
    }

    fn serial(&self) -> u64 {
        (**self).serial()
    }
}

/// Several things that end, to be waited for together: handles of one type in a slice, an array or a
/// vector, or handles of different types in a tuple of up to eight.
///
/// ```
/// use coros::{group, run, spawn, wait_all};
///
/// run(|| {
///     let (number, word) = (spawn(|| 7), spawn(|| String::from("seven")));
///     let borrowed = [1, 2, 4];
///     group(|g| {
///         let sum = g.spawn(|| borrowed.iter().sum::<i32>());
///         let waited = wait_all((&number, &word, &sum), None).unwrap();
///         assert_eq!(waited.done.len(), 3);
///         assert_eq!(sum.join().unwrap(), number.join().unwrap());
///     })
///     .unwrap();
///     assert_eq!(word.join().unwrap(), "seven");
/// })
/// .unwrap();
/// ```
pub trait Waitables {
    /// How many there are.
    fn count(&self) -> usize;

    /// The one in this place, counted from 0.
    ///
    /// # Panics
    ///
    /// If there are not so many.
    fn at(&self, place: usize) -> &dyn Waitable;
}

macro_rules! sequences {
    ($([$($length:tt)*] $type:ty),+) => {$(
        impl<W: Waitable, $($length)*> Waitables for $type {
            fn count(&self) -> usize {
                self.len()
            }

            fn at(&self, place: usize) -> &dyn Waitable {
                &self[place]
            }
        }
    )+};
}

sequences!([] [W], [const N: usize] [W; N], [] Vec<W>);

impl<S: Waitables + ?Sized> Waitables for &S {
    fn count(&self) -> usize {
        (**self).count()
    }

    fn at(&self, place: usize) -> &dyn Waitable {
        (**self).at(place)
    }
}

macro_rules! tuples {
    ($count:literal: $($one:ident $place:tt),+) => {
        impl<$($one: Waitable),+> Waitables for ($($one,)+) {
            fn count(&self) -> usize {
                $count
            }

            fn at(&self, place: usize) -> &dyn Waitable {
                let all: [&dyn Waitable; $count] = [$(&self.$place),+];
                all[place]
            }
        }
    };
}

tuples!(1: A 0);
tuples!(2: A 0, B 1);
tuples!(3: A 0, B 1, C 2);
tuples!(4: A 0, B 1, C 2, D 3);
tuples!(5: A 0, B 1, C 2, D 3, E 4);
tuples!(6: A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(7: A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
