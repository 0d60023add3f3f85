//! The room: a broadcast channel, and the names of those who are there.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use coros::channel::broadcast;

/// How many lines are kept for those who read slowly.
const KEPT: usize = 64;

/// Something that was said, and by whom.
#[derive(Clone)]
pub struct Line {
    pub from: Rc<str>,
    pub text: String,
}

/// Who is here, and what they say.
pub struct Room {
    lines: broadcast::Sender<Line>,
    names: RefCell<BTreeSet<Rc<str>>>,
}

impl Room {
    pub fn new() -> Self {
        Self {
            lines: broadcast(KEPT).0,
            names: RefCell::default(),
        }
    }

    /// Says something to all who listen; a line too many costs the slow ones their oldest.
    pub fn say(&self, from: &Rc<str>, text: String) {
        let from = Rc::clone(from);
        // An error says that no guest is there to hear it.
        _ = self.lines.send(Line { from, text });
    }

    /// Hears all that is said from now on.
    pub fn listen(&self) -> broadcast::Receiver<Line> {
        self.lines.subscribe()
    }

    /// A seat, unless a guest of this name is there.
    pub fn enter(&self, name: &str) -> Option<Seat<'_>> {
        let name: Rc<str> = name.into();
        let is_new = self.names.borrow_mut().insert(Rc::clone(&name));
        is_new.then(|| {
            let seat = Seat { room: self, name };
            self.say(&seat.name, format!("* {} has come", seat.name));
            seat
        })
    }

    /// The names of all who are here.
    pub fn who(&self) -> String {
        let names: Vec<_> = self.names.borrow().iter().cloned().collect();
        names.join(", ")
    }
}

/// A place in the room. However its guest goes, be it by an error or a panic, the others learn of it.
pub struct Seat<'r> {
    room: &'r Room,
    pub name: Rc<str>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let Self { room, name } = self;
        room.names.borrow_mut().remove(name);
        room.say(name, format!("* {name} has left"));
    }
}
