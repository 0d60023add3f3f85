//! Barriers: a number of tasks that wait for one another, again and again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::error::BarrierError;
use crate::kernel::{
    Answer, Holding, Interrupted, Kernel, SystemCall, Tid, WaitList, call, spend_on_reading,
};
use crate::shown::{described, shown};

/// Lets a number of tasks wait until all of them have arrived; then the next round begins.
///
/// ```text
///    ┌───────────┐  a wait is broken off, abort  ┌────────┐
/// ┌─▶│ new round │──────────────────────────────▶│ broken │
/// │  └───────────┘◀──────────────────────────────└────────┘
/// └────────┘ the last arrives       reset
/// ```
///
/// A task that is interrupted or killed while it waits will never pass with the others, so they would
/// wait for ever: it **breaks** the barrier, as in Python's `threading.Barrier`. The others get
/// [`BarrierError::Broken`], and so do those who come, until [`reset`](Self::reset). Once the last has
/// arrived the round is passed, and nothing can break it any more.
///
/// ```
/// use coros::sync::Barrier;
/// use coros::{run, spawn};
///
/// run(|| {
///     let barrier = Barrier::new(3);
///     let parties: Vec<_> = (0..3)
///         .map(|_| {
///             let barrier = barrier.clone();
///             spawn(move || barrier.wait().unwrap().is_leader())
///         })
///         .collect();
///     let leaders = parties.iter().filter(|party| party.join().unwrap());
///     assert_eq!(leaders.count(), 1);
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct Barrier(Rc<BarrierState>);

struct BarrierState {
    /// Its holders are those parties of the last round that have not arrived in this one.
    list: WaitList,
    parties: usize,
    round: RefCell<Rc<Round>>,
}

/// One round, shared by those who wait in it, since the barrier goes on before they do.
#[derive(Default)]
struct Round {
    arrived: RefCell<Vec<Tid>>,
    end: Cell<Option<RoundEnd>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RoundEnd {
    Passed,
    Broken,
}

impl Barrier {
    /// A barrier for this many parties.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[must_use]
    #[track_caller]
    pub fn new(parties: usize) -> Self {
        assert!(
            parties > 0,
            "a barrier without parties: no task could pass it"
        );
        let list = WaitList::part_of("barrier");
        // The parties of the last round are likely to come again, but others may come instead.
        list.set_holding(Holding::Unknown);
        Self(Rc::new(BarrierState {
            list,
            parties,
            round: RefCell::default(),
        }))
    }

    /// Gives it a name, for traces and reports.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.list.set_name(name);
        self
    }

    /// Waits until all parties of this round have arrived.
    ///
    /// # Errors
    ///
    /// If the barrier is broken, or the wait is interrupted, which breaks it.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn wait(&self) -> Result<BarrierWaitResult, BarrierError> {
        call(self.arriving())
    }

    /// The call that [`wait`](Self::wait) makes. As a branch of several, it breaks the barrier when
    /// another branch wins.
    pub fn arriving(
        &self,
    ) -> impl SystemCall<Reply = Result<BarrierWaitResult, BarrierError>> + use<'_> {
        Arrive {
            barrier: &self.0,
            joined: None,
        }
    }

    /// Breaks the barrier: all who wait get [`BarrierError::Broken`], and so do those who come until it
    /// is [reset](Self::reset). Not a call: it never suspends.
    pub fn abort(&self) {
        self.0.end_round(RoundEnd::Broken);
    }

    /// Begins a new round, and mends a broken barrier. Those who wait in the old round get
    /// [`BarrierError::Broken`]. Not a call: it never suspends.
    pub fn reset(&self) {
        self.0.end_round(RoundEnd::Broken);
        self.0.round.take();
    }

    /// How many parties it takes.
    #[must_use]
    pub fn parties(&self) -> usize {
        self.0.parties
    }

    /// How many tasks wait.
    #[must_use]
    #[track_caller]
    pub fn waiting(&self) -> usize {
        spend_on_reading();
        self.0.list.parked()
    }

    /// Whether it is broken.
    #[must_use]
    #[track_caller]
    pub fn is_broken(&self) -> bool {
        spend_on_reading();
        self.0.round.borrow().end.get() == Some(RoundEnd::Broken)
    }
}

impl BarrierState {
    /// Ends this round, unless it has ended, and wakes those who wait in it.
    fn end_round(&self, end: RoundEnd) {
        let round = Rc::clone(&self.round.borrow());
        if round.end.get().is_some() {
            return;
        }
        round.end.set(Some(end));
        let absent = self.list.all_holders().into_iter();
        absent.for_each(|tid| self.list.remove_holder(tid));
        if end == RoundEnd::Passed {
            let arrived = round.arrived.take();
            arrived
                .into_iter()
                .for_each(|tid| self.list.add_holder(tid));
            self.round.take();
        }
        self.list.wake_all();
    }
}

shown!(impl Debug for Barrier: self =>
    "Barrier({}, {} of {} wait)", self.0.list, self.0.list.parked(), self.parties());

/// What a task is told that has passed a barrier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BarrierWaitResult {
    index: usize,
    is_leader: bool,
}

impl BarrierWaitResult {
    /// Whether this is the one of the round that is to do what one alone must do: it arrived last.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.is_leader
    }

    /// How many had arrived before.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }
}

/// Arrives at a barrier, and waits for the end of the round.
struct Arrive<'b> {
    barrier: &'b BarrierState,
    joined: Option<(Rc<Round>, BarrierWaitResult)>,
}

impl Arrive<'_> {
    fn join(&mut self, caller: Tid) {
        let barrier = self.barrier;
        let round = Rc::clone(&barrier.round.borrow());
        let index = round.arrived.borrow().len();
        let is_leader = index + 1 == barrier.parties;
        if round.end.get().is_none() {
            round.arrived.borrow_mut().push(caller);
            barrier.list.remove_holder(caller);
            if is_leader {
                barrier.end_round(RoundEnd::Passed);
            }
        }
        self.joined = Some((round, BarrierWaitResult { index, is_leader }));
    }
}

impl SystemCall for Arrive<'_> {
    type Reply = Result<BarrierWaitResult, BarrierError>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if self.joined.is_none() {
            self.join(caller);
        }
        let joined = self.joined.as_ref();
        let (round, result) = joined.expect("joined just now, or before");
        match round.end.get() {
            Some(RoundEnd::Passed) => Answer::Done(Ok(*result)),
            Some(RoundEnd::Broken) => Answer::Done(Err(BarrierError::Broken)),
            None => {
                kernel.park(caller, &self.barrier.list);
                Answer::Wait
            }
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        match &self.joined {
            Some((round, result)) if round.end.get() == Some(RoundEnd::Passed) => {
                kernel.was_granted();
                return Ok(*result);
            }
            Some((round, _)) if round.end.get().is_none() => {
                self.barrier.end_round(RoundEnd::Broken)
            }
            _ => {}
        }
        Err(why.into())
    }

    described!(self => "Wait({})", self.barrier.list);
}
