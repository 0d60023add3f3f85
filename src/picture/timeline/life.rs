//! A task's life, pieced together from what is told of it.

use std::sync::Arc;

use super::{Doing, Lane, Piece};
use crate::kernel::{Did, Exit, OffCpu, Step};
use crate::watch::OnlyReturns;

/// A task's lane while it is made.
pub(super) struct Life<'e> {
    pub(super) lane: Lane<'e>,
    /// Up to where the lane is written.
    at: u64,
    /// What it does from there on, if it is there, and the turn that began it.
    doing: Option<(Doing, Option<&'e Step>)>,
    /// The first and the last turn of a stay that is not yet told.
    turns: Option<(&'e Step, &'e Step)>,
    only_returns: OnlyReturns,
    /// The last stay was ended by a turn that is not yet told.
    owed: bool,
    /// It was woken while it did not wait: a wait that its turn begins is over at once.
    woken: bool,
}

impl<'e> Life<'e> {
    pub(super) fn new(number: u64) -> Self {
        Self {
            lane: Lane {
                number,
                name: Arc::from(""),
                born: None,
                died: None,
                pieces: Vec::new(),
            },
            at: 0,
            doing: None,
            turns: None,
            only_returns: OnlyReturns::default(),
            owed: false,
            woken: false,
        }
    }

    pub(super) fn name(&mut self, name: &Arc<str>) {
        if self.lane.name.is_empty() {
            self.lane.name = Arc::clone(name);
        }
    }

    pub(super) fn is_born(&mut self, at: u64) {
        if self.lane.born.is_none() {
            self.lane.born = Some(at);
            self.is_ready(at);
        }
    }

    pub(super) fn is_ready(&mut self, at: u64) {
        if !matches!(self.doing, Some((Doing::Ready, _))) {
            self.becomes(at, Doing::Ready, None);
        }
    }

    pub(super) fn is_woken(&mut self, at: u64) {
        self.woken = !matches!(self.doing, Some((Doing::Blocked | Doing::Stopped, _)));
        self.only_returns.forget();
        self.is_ready(at);
    }

    pub(super) fn is_stopped(&mut self, at: u64) {
        self.only_returns.forget();
        self.becomes(at, Doing::Stopped, None);
    }

    /// One that waited was woken before.
    pub(super) fn goes_on(&mut self, at: u64) {
        if matches!(self.doing, Some((Doing::Stopped, _))) {
            self.is_ready(at);
        }
    }

    /// The lane is closed only at the end: its last stay may be told after its death.
    pub(super) fn dies(&mut self, at: u64, exit: &'e Exit) {
        self.lane.died.get_or_insert((at, exit));
    }

    /// A turn is all that is told of a stay.
    pub(super) fn takes_turn(&mut self, from: u64, till: u64, step: &'e Step) {
        self.runs(from, till, step.cpu, (Some(step), Some(step)));
        let over = self.is_over(step);
        match step.did {
            Did::Waits(_) if !over => {
                self.becomes(till, Doing::Blocked, Some(step));
            }
            Did::Ended(_) => self.doing = None,
            _ => self.becomes(till, Doing::Ready, None),
        }
    }

    /// A turn within a stay that is told for itself. It may be told before the stay or after it.
    pub(super) fn has_turn(&mut self, step: &'e Step) {
        self.woken &= matches!(step.did, Did::Waits(_));
        if step.did.is_yield() {
            self.only_returns.forget();
        }
        if !std::mem::take(&mut self.owed) {
            let first = self.turns.map_or(step, |(first, _)| first);
            self.turns = Some((first, step));
            return;
        }
        let running = |piece: &&mut Piece| matches!(piece.doing, Doing::Running(_));
        if let Some(piece) = self.lane.pieces.last_mut().filter(running) {
            piece.picked.get_or_insert(step);
            piece.asked = Some(step);
        }
        self.waits_in(step);
    }

    /// A stay is over.
    pub(super) fn stays(&mut self, from: u64, till: u64, cpu: u32, why: OffCpu) {
        let (first, last) = self.turns.take().unzip();
        self.runs(from, till, cpu, (first, last));
        if self.only_returns.end_stay(from < till, why) {
            self.forget_queueing();
        }
        match why {
            OffCpu::Blocked => self.becomes(till, Doing::Blocked, None),
            OffCpu::Ended => self.doing = None,
            _ => self.becomes(till, Doing::Ready, None),
        }
        match last {
            Some(step) if ends(step, why) => self.waits_in(step),
            _ => self.owed = why.is_voluntary(),
        }
    }

    /// Its work was done before this last turn, for which it queued, and in which it only returned.
    fn forget_queueing(&mut self) {
        let before_last = self.lane.pieces.len().saturating_sub(2);
        let queued = self.lane.pieces.get(before_last);
        if queued.is_some_and(|piece| piece.doing == Doing::Ready) {
            self.lane.pieces.remove(before_last);
        }
    }

    /// The turn that began its wait is known. One that was woken before the turn was over waits no more.
    fn waits_in(&mut self, step: &'e Step) {
        let over = self.is_over(step);
        match &mut self.doing {
            Some((Doing::Blocked, _)) if over => self.is_ready(self.at),
            Some((Doing::Blocked, asked)) => *asked = Some(step),
            _ => {}
        }
    }

    /// Whether the task was woken from the wait that this turn began, and not from the one before it.
    fn is_over(&mut self, step: &Step) -> bool {
        std::mem::take(&mut self.woken) && step.woke.contains(&step.tid)
    }

    fn runs(
        &mut self,
        from: u64,
        till: u64,
        cpu: u32,
        turns: (Option<&'e Step>, Option<&'e Step>),
    ) {
        self.close(from);
        let from = from.max(self.at);
        self.at = till.max(from);
        self.lane.pieces.push(Piece {
            from,
            till: self.at,
            doing: Doing::Running(cpu),
            picked: turns.0,
            asked: turns.1,
        });
    }

    fn becomes(&mut self, at: u64, doing: Doing, asked: Option<&'e Step>) {
        self.close(at);
        self.doing = Some((doing, asked));
    }

    /// Writes what it did so far.
    fn close(&mut self, at: u64) {
        let from = self.at;
        self.at = at.max(from);
        if let Some((doing, asked)) = self.doing.filter(|_| from < at) {
            self.lane.pieces.push(Piece {
                from,
                till: at,
                doing,
                picked: None,
                asked,
            });
        }
    }

    pub(super) fn finish(mut self, end: u64) -> Lane<'e> {
        self.close(self.lane.died.map_or(end, |(at, _)| at));
        self.lane
    }
}

/// Whether this turn is of the kind that ends a stay so.
fn ends(step: &Step, why: OffCpu) -> bool {
    match why {
        OffCpu::Answered => matches!(step.did, Did::Asked(..)),
        OffCpu::Blocked => matches!(step.did, Did::Waits(_)),
        OffCpu::Ended => matches!(step.did, Did::Ended(_)),
        _ => false,
    }
}
