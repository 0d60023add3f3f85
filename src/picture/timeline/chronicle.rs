//! How events become a timeline: one pass, in the order in which they were told.

use std::collections::BTreeMap;
use std::time::Duration;

use super::life::Life;
use crate::devices::nanoseconds;
use crate::kernel::{Cause, Did, Event, OffCpu, Start, Step, Tid};

/// No more CPUs are believed in than this, unless something happened there.
const CPUS: u32 = 256;

/// What makes the pieces.
#[derive(Clone, Copy, PartialEq, Default)]
pub(super) enum Source {
    Slices,
    TimedTurns,
    #[default]
    Turns,
}

/// A timeline while it is made; places of tasks are their numbers until it is finished.
#[derive(Default)]
pub(super) struct Chronicle<'e> {
    pub(super) source: Source,
    pub(super) start: Option<&'e Start>,
    /// Stays are told from here on: CPUs may be simulated from the middle of a run.
    sliced: bool,
    /// The last turn that was told.
    turn: u64,
    pub(super) extent: Option<(u64, u64)>,
    pub(super) lives: BTreeMap<u64, Life<'e>>,
    pub(super) stays: BTreeMap<u32, Vec<(u64, u64, u64)>>,
    pub(super) arrows: Vec<(u64, u64, u64)>,
    pub(super) marks: Vec<(u64, Option<u64>, String)>,
    pub(super) lengths: BTreeMap<(u64, &'e str), Vec<(u64, u64)>>,
}

fn source_of(events: &[&Event]) -> Source {
    let is_long = |event: &&Event| matches!(event, Event::Turn(step) if !step.took.is_zero());
    if events.iter().any(|event| matches!(event, Event::Slice(_))) {
        Source::Slices
    } else if events.iter().any(is_long) {
        Source::TimedTurns
    } else {
        Source::Turns
    }
}

impl<'e> Chronicle<'e> {
    /// Of what is told.
    pub(super) fn of_events(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let events: Vec<_> = events.into_iter().collect();
        let mut chronicle = Self::new(source_of(&events));
        for event in events {
            chronicle.take(event);
        }
        chronicle
    }

    /// Of who ran when and where: from, till, CPU, and the number of the task.
    pub(super) fn of_pieces(
        pieces: impl IntoIterator<Item = (Duration, Duration, u32, u64)>,
    ) -> Self {
        let mut chronicle = Self::new(Source::Slices);
        let mut pieces: Vec<_> = pieces.into_iter().collect();
        pieces.sort_by_key(|(from, ..)| *from);
        for (from, till, cpu, number) in pieces {
            let (from, till) = (nanoseconds(from), nanoseconds(till));
            chronicle.stay(from, till, cpu, number);
            let life = chronicle.life(number);
            life.is_born(from);
            life.stays(from, till, cpu, OffCpu::Answered);
        }
        chronicle
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            ..Self::default()
        }
    }

    fn life(&mut self, number: u64) -> &mut Life<'e> {
        self.lives
            .entry(number)
            .or_insert_with(|| Life::new(number))
    }

    /// Notes that something is there.
    fn see(&mut self, at: u64) -> u64 {
        let (begin, end) = self.extent.unwrap_or((at, at));
        self.extent = Some((begin.min(at), end.max(at)));
        at
    }

    /// Where something is that happened before the turn that is told next, or in it.
    fn place(&mut self, time: Duration, in_turn: InTurn) -> u64 {
        let at = match (self.source, in_turn) {
            (Source::Turns, InTurn::Before) => self.turn,
            (Source::Turns, InTurn::Within) => self.turn.saturating_add(1),
            _ => nanoseconds(time),
        };
        self.see(at)
    }

    fn take(&mut self, event: &'e Event) {
        match event {
            Event::Start(start) => self.starts(start),
            Event::Turn(step) => self.turn(step),
            Event::Birth(birth) => {
                let at = self.place(birth.time, InTurn::by(birth.parent));
                let life = self.life(birth.tid.number());
                life.name(&birth.name);
                life.is_born(at);
            }
            Event::Death(death) => {
                let at = self.place(death.time, InTurn::Within);
                self.life(death.tid.number()).dies(at, &death.exit);
            }
            Event::Wake(wake) => self.wake(wake.time, wake.tid, wake.cause),
            Event::JobControl(control) => {
                let at = self.place(control.time, InTurn::by(control.by));
                let life = self.life(control.tid.number());
                match control.stopped {
                    true => life.is_stopped(at),
                    false => life.goes_on(at),
                }
            }
            Event::Slice(slice) => {
                let (from, till) = (nanoseconds(slice.from), nanoseconds(slice.time));
                let tid = slice.tid.number();
                self.sliced = true;
                self.stay(from, till, slice.cpu, tid);
                self.life(tid).stays(from, till, slice.cpu, slice.why);
            }
            Event::Length(length) => {
                let at = self.place(length.time, InTurn::Within);
                let points = self.lengths.entry((length.id, &length.what)).or_default();
                points.push((at, length.len));
            }
            other => self.mark(other),
        }
    }

    fn starts(&mut self, start: &'e Start) {
        self.place(start.time, InTurn::Before);
        self.start.get_or_insert(start);
        for cpu in 0..start.cpus.min(CPUS) {
            self.stays.entry(cpu).or_default();
        }
    }

    fn turn(&mut self, step: &'e Step) {
        let (from, till) = match self.source {
            Source::Turns => (step.turn.saturating_sub(1), step.turn),
            _ => (
                nanoseconds(step.time.saturating_sub(step.took)),
                nanoseconds(step.time),
            ),
        };
        self.turn = step.turn;
        let number = step.tid.number();
        // In real time its turn is all that it computed so far.
        self.sliced |= matches!(step.did, Did::Computes(_)) && step.took.is_zero();
        if self.source == Source::Slices && self.sliced {
            self.see(till);
            self.life(number).has_turn(step);
        } else {
            self.stay(from, till, step.cpu, number);
            self.life(number).takes_turn(from, till, step);
        }
        self.life(number).name(&step.name);
        if let Did::Ended(exit) = &step.did {
            self.life(number).dies(till, exit);
        }
        for ended in &step.ended {
            let life = self.life(ended.tid.number());
            life.name(&ended.name);
            life.dies(till, &ended.exit);
        }
    }

    /// A task is on a CPU for a while.
    fn stay(&mut self, from: u64, till: u64, cpu: u32, number: u64) {
        self.see(from);
        self.see(till);
        let stays = self.stays.entry(cpu).or_default();
        stays.push((from, till.max(from), number));
    }

    fn wake(&mut self, time: Duration, tid: Tid, cause: Cause) {
        let waker = match cause {
            Cause::Task(waker) | Cause::Exit(waker) => Some(waker),
            _ => None,
        };
        let at = self.place(time, InTurn::by(waker));
        self.life(tid.number()).is_woken(at);
        if let Some(waker) = waker {
            self.life(waker.number());
            self.arrows.push((at, waker.number(), tid.number()));
        }
    }

    fn mark(&mut self, event: &'e Event) {
        let (at, tid, text) = match event {
            Event::Interrupt(interrupt) => {
                let by = interrupt.by.map_or(String::new(), |by| format!(" by {by}"));
                let at = self.place(interrupt.time, InTurn::by(interrupt.by));
                (
                    at,
                    Some(interrupt.tid.number()),
                    format!("{:?}{by}", interrupt.why),
                )
            }
            Event::Deadlock(deadlock) => {
                let at = self.place(deadlock.time, InTurn::Within);
                let closer = deadlock.tids.first().map(|tid| tid.number());
                (
                    at,
                    closer,
                    format!("deadlock: {}", deadlock.waits.join("; ")),
                )
            }
            Event::Dropped(dropped) => {
                let at = self.place(dropped.time, InTurn::Within);
                let text = format!("policy {} thrown out: {}", dropped.policy, dropped.reason);
                (at, None, text)
            }
            _ => return,
        };
        tid.map(|tid| self.life(tid).lane.number);
        self.marks.push((at, tid, text));
    }
}

/// Whether something happened in the turn that is told next, or before it.
enum InTurn {
    Before,
    Within,
}

impl InTurn {
    /// What a task did, it did in its turn.
    fn by(task: Option<Tid>) -> Self {
        task.map_or(Self::Before, |_| Self::Within)
    }
}
