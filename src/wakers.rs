//! Wakers of the futures that wait for something of this thread.
//!
//! A future may be neglected for as long as it lives, so nothing is ever granted to one: when there may
//! be something for them, all are woken, and each looks at the truth first when it is polled. So a future
//! that is dropped, or never polled again, holds up no other.
//!
//! ```text
//!   enlisted ──▶ called: a post ──▶ woken ──▶ polled: takes and leaves, or enlists again, in its place
//! ```

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::kernel::{PostHandle, Posted, Tid, World, catch_user_panic, spend_on_reading};

/// The futures that wait for the same; without any, it takes a word.
#[derive(Default)]
pub(crate) struct Wakers(OnceCell<Rc<WakerSet>>);

/// Their wakers, and where they are woken from.
#[derive(Default)]
struct WakerSet {
    /// In the order in which they came; without a waker if they were woken and have not been polled.
    all: RefCell<Vec<(u64, Option<Waker>)>>,
    keys: Cell<u64>,
    /// Where they are woken from: the scheduler of the task that polled last.
    home: RefCell<Option<(Tid, PostHandle)>>,
    /// Whether they will be woken before the next task is picked.
    called: Cell<bool>,
}

/// A future's place among others; none while it does not wait.
#[derive(Default)]
pub(crate) struct WakerKey(Option<(u64, Rc<WakerSet>)>);

impl Wakers {
    /// Wakes all before the next task is picked. A post.
    #[inline(always)]
    pub(crate) fn call(&self) {
        if let Some(set) = self.0.get() {
            set.call();
        }
    }
}

impl WakerSet {
    fn call(self: &Rc<Self>) {
        if !self.all.borrow().is_empty() && !self.called.get() {
            let home = self.home.borrow();
            if let Some((_, poster)) = &*home {
                self.called.set(true);
                poster.post(self.clone());
            }
        }
    }

    /// Wakes all. A waker runs code of users, which may come back here.
    fn wake_all(&self) {
        self.called.set(false);
        let wakers: Vec<_> = {
            let mut all = self.all.borrow_mut();
            all.iter_mut()
                .filter_map(|(_, waker)| waker.take())
                .collect()
        };
        for waker in wakers {
            uncount_clone(&waker);
            catch_user_panic(|| waker.wake());
        }
    }

    /// Sees to it that posts from here reach the scheduler of the task that runs.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    fn settle(&self) {
        let here = Tid::running();
        let is_home = |home: &Option<(Tid, PostHandle)>| {
            let there = home.as_ref().map(|home| home.0);
            here.zip(there)
                .is_some_and(|(here, there)| here.is_neighbour_of(there))
        };
        if !is_home(&self.home.borrow()) {
            self.home
                .replace(Some(PostHandle::of_running().expect(OUTSIDE)));
            // A post to a scheduler that is gone was not carried out.
            self.called.set(false);
        }
    }

    fn leave(&self, number: u64) {
        let left = {
            let mut all = self.all.borrow_mut();
            let at = all.binary_search_by_key(&number, |entry| entry.0);
            at.ok().and_then(|at| all.remove(at).1)
        };
        left.inspect(uncount_clone);
    }
}

impl Posted for WakerSet {
    fn act(self: Rc<Self>, _: &mut World) {
        self.wake_all();
    }
}

impl WakerKey {
    /// Looks for what the future waits for; while it is not there, waits among these. Once in a while it
    /// yields first, since a task may poll by hand for as long as it likes.
    ///
    /// # Panics
    ///
    /// Outside a task, if it is not there.
    #[track_caller]
    pub(crate) fn poll<R>(
        &mut self,
        wakers: &Wakers,
        context: &Context<'_>,
        look: impl FnMut() -> Option<R>,
    ) -> Poll<R> {
        self.poll_among(|| wakers, context, look)
    }

    /// The same; where it waits is asked for if it has to.
    #[track_caller]
    pub(crate) fn poll_among<'w, R>(
        &mut self,
        wakers: impl FnOnce() -> &'w Wakers,
        context: &Context<'_>,
        mut look: impl FnMut() -> Option<R>,
    ) -> Poll<R> {
        spend_on_reading();
        let found = look().or_else(|| {
            self.wait_among(wakers(), context.waker());
            // To wait may have taken a call, and others had their turn.
            look()
        });
        match found {
            Some(found) => {
                self.leave();
                Poll::Ready(found)
            }
            None => Poll::Pending,
        }
    }

    /// Waits among these from now on, or goes on waiting in its place, with this waker.
    #[track_caller]
    fn wait_among(&mut self, wakers: &Wakers, waker: &Waker) {
        let set = wakers.0.get_or_init(Rc::default);
        set.settle();
        // Users' code makes the clone: before anything is borrowed.
        let waker = waker.clone();
        count_clone(&waker);
        let mut all = set.all.borrow_mut();
        let at = self.0.as_ref().map(|(number, _)| *number);
        let at = at.and_then(|number| all.binary_search_by_key(&number, |entry| entry.0).ok());
        let before = match at {
            Some(at) => all[at].1.replace(waker),
            None => {
                set.keys.set(set.keys.get() + 1);
                all.push((set.keys.get(), Some(waker)));
                self.0 = Some((set.keys.get(), Rc::clone(set)));
                None
            }
        };
        drop(all);
        before.inspect(uncount_clone);
    }

    /// Waits no more.
    fn leave(&mut self) {
        if let Some((number, set)) = self.0.take() {
            set.leave(number);
        }
    }
}

impl Drop for WakerKey {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The panic where no scheduler could poll a future again.
const OUTSIDE: &str =
    "what a future waits for here takes a task of a scheduler to poll it: use coros::run";

thread_local! {
    /// How many clones of each waker lie in sets of this thread: from there no other thread wakes.
    static LOCAL_CLONES: RefCell<HashMap<usize, usize>> = RefCell::default();
}

/// How many clones of a waker lie here, where only a task of this thread can make use of them.
pub(crate) fn local_clones(waker: &Waker) -> usize {
    LOCAL_CLONES
        .try_with(|all| all.borrow().get(&key_of(waker)).copied())
        .ok()
        .flatten()
        .unwrap_or(0)
}

fn key_of(waker: &Waker) -> usize {
    waker.data() as usize
}

fn count_clone(waker: &Waker) {
    // A thread that is ending counts no more.
    _ = LOCAL_CLONES.try_with(|all| *all.borrow_mut().entry(key_of(waker)).or_default() += 1);
}

fn uncount_clone(waker: &Waker) {
    _ = LOCAL_CLONES.try_with(|all| {
        let mut all = all.borrow_mut();
        if let Some(count) = all.get_mut(&key_of(waker)) {
            *count -= 1;
            if *count == 0 {
                all.remove(&key_of(waker));
            }
        }
    });
}
