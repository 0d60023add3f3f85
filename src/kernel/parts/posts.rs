//! Posts: requests that need no answer, so that whatever makes them never suspends.
//!
//! What runs foreign code waits here for the loop: a kill's destructors, the waker of a future. Posts go to
//! their own scheduler, not to the one that runs at the moment, and are carried out before that scheduler
//! picks its next task.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::kernel::abi::Tid;
use crate::machine::World;

/// A request that needs no answer.
pub(crate) enum Post {
    /// Kill this task.
    Kill(Tid),
    /// Let what was posted act.
    Act(Rc<dyn Posted>),
}

/// What a module posts: it acts between two turns.
pub(crate) trait Posted {
    /// The task whose wait it may end, if that is one.
    fn about(&self) -> Option<Tid> {
        None
    }

    fn act(self: Rc<Self>, world: &mut World);
}

/// Where posts wait: each is carried out once, in order.
#[derive(Default)]
pub(crate) struct Posts {
    queue: RefCell<VecDeque<Post>>,
    closed: Cell<bool>,
}

impl Posts {
    /// Leaves a post. Where the scheduler has ended it is dropped, since no task is left that it could
    /// concern.
    #[inline]
    pub(crate) fn put(&self, post: Post) {
        if !self.closed.get() {
            self.queue.borrow_mut().push_back(post);
        }
    }

    /// Whether a post that was not carried out yet may end a task's wait.
    pub(crate) fn will_reach(&self, tid: Tid) -> bool {
        self.queue.borrow().iter().any(|post| match post {
            Post::Kill(victim) => *victim == tid,
            Post::Act(posted) => posted.about() == Some(tid),
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.queue.borrow().len()
    }

    #[inline]
    pub(crate) fn take(&self) -> Option<Post> {
        self.queue.borrow_mut().pop_front()
    }

    /// Drops what is there and what will come.
    pub(crate) fn close(&self) {
        self.closed.set(true);
        drop(self.queue.take());
    }
}
