//! What modules keep of a scheduler, found by its type.

use std::any::{Any, TypeId};

/// The state of each module that is in use, beside its type: to ask the state for that takes a call.
#[derive(Default)]
pub(crate) struct ByType(Vec<(TypeId, Box<dyn Any>)>);

impl ByType {
    /// The one that was put last is found first: those that the loop asks for while it is observed.
    #[inline]
    fn find<T: 'static>(&self) -> Option<usize> {
        let id = TypeId::of::<T>();
        self.0.iter().rposition(|module| module.0 == id)
    }

    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        self.0[self.find::<T>()?].1.downcast_ref()
    }

    pub(crate) fn get_mut<T: 'static>(&mut self) -> Option<&mut T> {
        let at = self.find::<T>()?;
        self.0[at].1.downcast_mut()
    }

    /// A module's state, made if need be.
    #[inline]
    pub(crate) fn get_or_default<T: Default + 'static>(&mut self) -> &mut T {
        let at = self.find::<T>().unwrap_or_else(|| {
            self.put(Box::new(T::default()));
            self.0.len() - 1
        });
        self.0[at]
            .1
            .downcast_mut()
            .expect("it is of the type that it is found by")
    }

    /// Keeps a module's state, in place of what there was of this type.
    pub(crate) fn put<T: 'static>(&mut self, state: Box<T>) {
        self.take::<T>();
        self.0.push((TypeId::of::<T>(), state));
    }

    pub(crate) fn take<T: 'static>(&mut self) -> Option<Box<T>> {
        let at = self.find::<T>()?;
        self.0.remove(at).1.downcast().ok()
    }
}
