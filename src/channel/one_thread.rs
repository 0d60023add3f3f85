//! Channels within one thread.

use std::rc::Rc;

use super::pipe::Pipe;
use super::reach::Reach;

/// All ends are in one thread, and only its tasks wait.
#[derive(Debug)]
pub enum OneThread {}

impl Reach for OneThread {
    type Name = Rc<str>;
    type Room = Option<usize>;
    type Channel<T> = Rc<Pipe<T>>;
}
