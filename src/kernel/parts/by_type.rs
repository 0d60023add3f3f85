//! What modules keep of a scheduler, found by its type.

use std::any::Any;

/// The state of each module that is in use. There are few, and the loop looks at none of them.
#[derive(Default)]
pub(crate) struct ByType(Vec<Box<dyn Any>>);

impl ByType {
    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        self.0.iter().find_map(|module| module.downcast_ref())
    }

    pub(crate) fn get_mut<T: 'static>(&mut self) -> Option<&mut T> {
        self.0.iter_mut().find_map(|module| module.downcast_mut())
    }

    /// Keeps a module's state, in place of what there was of this type.
    pub(crate) fn put<T: 'static>(&mut self, state: Box<T>) {
        self.take::<T>();
        self.0.push(state);
    }

    pub(crate) fn take<T: 'static>(&mut self) -> Option<Box<T>> {
        let at = self.0.iter().position(|module| module.is::<T>())?;
        self.0.remove(at).downcast().ok()
    }
}
