//! What modules keep of one task, found by its type, and what they do as the task waits and ends.

use std::any::{Any, TypeId};
use std::cell::OnceCell;

use crate::machine::{TaskRef, World};

/// What a module keeps of a task. The core calls these at its points, and knows nothing else of it.
pub(crate) trait TaskSlot: Any {
    /// The task was born; says whether it is held from now on, and not ready yet.
    fn born(&self, _task: &TaskRef) -> bool {
        false
    }

    /// The task begins to wait.
    fn before_wait(&self, _task: &TaskRef) {}

    /// When the wait that the task is in ends by itself because of this, in nanoseconds of its scheduler's
    /// clock.
    fn deadline(&self, _task: &TaskRef) -> Option<u64> {
        None
    }

    /// The task has ended, and has left the table.
    fn ended(&self, _world: &mut World, _task: &TaskRef) {}
}

/// What modules keep of a task: a list that only grows, since few tasks have any of it and none has much.
#[derive(Default)]
pub(crate) struct Slots(OnceCell<Box<Slot>>);

struct Slot {
    kind: TypeId,
    value: Box<dyn TaskSlot>,
    next: Slots,
}

impl Slots {
    /// Whether any module keeps something.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.get().is_none()
    }

    /// What is kept of this type, if it is.
    #[inline]
    pub(crate) fn get<T: TaskSlot>(&self) -> Option<&T> {
        let kind = TypeId::of::<T>();
        let slot = self.iter().find(|slot| slot.kind == kind)?;
        (&*slot.value as &dyn Any).downcast_ref()
    }

    /// What is kept of this type, made if need be.
    #[inline]
    pub(crate) fn get_or_default<T: TaskSlot + Default>(&self) -> &T {
        self.get().unwrap_or_else(|| {
            self.put(T::default());
            self.get().expect("put there just now")
        })
    }

    /// Keeps this beside what is kept of other types.
    pub(crate) fn put<T: TaskSlot>(&self, value: T) {
        let slot = Slot {
            kind: TypeId::of::<T>(),
            value: Box::new(value),
            next: Self::default(),
        };
        let mut end = self;
        while let Some(slot) = end.0.get() {
            end = &slot.next;
        }
        _ = end.0.set(Box::new(slot));
    }

    /// All that is kept.
    pub(crate) fn all(&self) -> impl Iterator<Item = &dyn TaskSlot> {
        self.iter().map(|slot| &*slot.value)
    }

    fn iter(&self) -> impl Iterator<Item = &Slot> {
        std::iter::successors(self.0.get(), |slot| slot.next.0.get()).map(|slot| &**slot)
    }
}
