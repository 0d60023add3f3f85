//! What the reference model knows of its tasks, timers and posts.

use crate::program::{Act, BRANCHES};
use crate::scopes::Scope;
use crate::script::Place;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Ready,
    /// In the ready queue, too, but its call is to be served again.
    Woken,
    Waiting,
    /// Has its turn, or its call is being served.
    Busy,
    Dying,
    Gone,
}

pub struct Task {
    pub script: usize,
    pub place: Place,
    pub state: State,
    /// The pending call, and whose step it is.
    pub asked: Option<(usize, Act)>,
    /// The reply that it reads when it goes on.
    pub reply: Option<String>,
    pub waits: [Wait; BRANCHES],
    pub scopes: Vec<Scope>,
    pub joiners: Vec<Waiter>,
    pub exit: String,
    /// Whether others know its number, and whether they have its handle.
    pub is_known: bool,
    pub has_handle: bool,
    /// A mutex that its select has got, of which it has not heard yet.
    pub unread: Option<usize>,
    /// An interruption has ended its wait: at its turn it is told.
    pub is_interrupted: bool,
}

/// A task, and which branch of its call waits.
pub type Waiter = (usize, usize);

/// What has come of a branch that waits.
#[derive(Default)]
pub struct Wait {
    pub is_due: bool,
    /// A list has chosen it.
    pub is_chosen: bool,
    pub exit_seen: Option<String>,
}

impl Wait {
    pub fn is_granted(&self) -> bool {
        self.is_due || self.is_chosen || self.exit_seen.is_some()
    }
}

/// What a timer does.
#[derive(PartialEq, Eq)]
pub enum Due {
    Wake(Waiter),
    /// Lets a task's scope with this number expire.
    Expire(usize, u64),
}

pub enum Post {
    Kill(usize),
}
