//! The model that all pictures over time are drawn from: who did what, where and when.
//!
//! ```text
//!   events ──▶ Chronicle (a Life a task, stays a CPU) ──▶ Timeline ──▶ text, SVG, trace
//! ```

mod assembly;
mod chronicle;
mod counters;
mod life;

use std::sync::Arc;
use std::time::Duration;

use crate::devices::nanoseconds;
use crate::kernel::{Event, Exit, Start, Step};
use chronicle::Chronicle;

/// What the positions of a [`Timeline`] count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Axis {
    /// Nanoseconds since the scheduler's start.
    Time,
    /// Turns: turn 7 is from 6 to 7. So it is where time stands still while a task runs: in virtual time,
    /// unless CPUs are simulated or a task blocked the loop.
    Turns,
}

/// What happened, as pieces on lanes; made from events, or from plain pieces.
///
/// Positions are whole numbers, the meaning of which is told by [`axis`](Self::axis). The pieces of a lane and the
/// stays of a CPU ascend, and do not overlap, whatever the events say.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use coros::kernel::{Event, Observer};
/// use coros::picture::{Size, Timeline, gantt_text};
/// use coros::{Clock, Scheduler, yield_now};
///
/// #[derive(Default)]
/// struct All(Vec<Event>);
///
/// impl Observer for All {
///     fn observe(&mut self, event: &Event) {
///         self.0.push(event.clone());
///     }
/// }
///
/// let all = Rc::new(RefCell::new(All::default()));
/// let mut sched = Scheduler::builder()
///     .clock(Clock::Virtual)
///     .observer(Rc::clone(&all))
///     .build();
/// sched.spawn(yield_now);
/// sched.spawn(yield_now);
/// sched.run().unwrap();
///
/// let all = all.borrow();
/// let timeline = Timeline::of(&all.0);
/// assert_eq!(timeline.tasks.len(), 2);
/// assert!(gantt_text(&timeline, &Size::terminal()).contains("█ runs"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Timeline<'e> {
    /// What positions count.
    pub axis: Axis,
    /// The first position.
    pub begin: u64,
    /// The last position; not before the first.
    pub end: u64,
    /// In what circumstances it happened, if that was told.
    pub start: Option<&'e Start>,
    /// The tasks, by their numbers.
    pub tasks: Vec<Lane<'e>>,
    /// The CPUs, by their numbers.
    pub cpus: Vec<Cpu>,
    /// Who woke whom, in the order in which it was told.
    pub arrows: Vec<Arrow>,
    /// What happened at one moment, beside births and deaths.
    pub marks: Vec<Mark>,
    /// How many tasks are ready, how many are alive, and how long queues are.
    pub counters: Vec<Counter>,
}

/// What one task did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lane<'e> {
    /// The task's number.
    pub number: u64,
    /// Its name; empty if it has none.
    pub name: Arc<str>,
    /// When it came, if that was told.
    pub born: Option<u64>,
    /// When it ended, and how.
    pub died: Option<(u64, &'e Exit)>,
    /// What it did in between.
    pub pieces: Vec<Piece<'e>>,
}

/// A stretch of a task's life in which it did one thing; running may take no time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Piece<'e> {
    /// From where.
    pub from: u64,
    /// To where.
    pub till: u64,
    /// What it did.
    pub doing: Doing,
    /// The first turn of this stay on a CPU, where it was picked.
    pub picked: Option<&'e Step>,
    /// The last turn of this stay on a CPU; of a blocked piece, the turn that began the wait.
    pub asked: Option<&'e Step>,
}

/// What a task does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Doing {
    /// It is on this CPU.
    Running(u32),
    /// It could run.
    Ready,
    /// It waits.
    Blocked,
    /// It was stopped by a signal.
    Stopped,
}

/// What one CPU did; it is idle, or switches, between the stays.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cpu {
    /// Its number, counted from 0.
    pub number: u32,
    /// The stays of tasks; adjacent stays of the same task are one.
    pub stays: Vec<Stay>,
}

/// A task's stay on a CPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Stay {
    /// From where.
    pub from: u64,
    /// To where.
    pub till: u64,
    /// The task's place among [`Timeline::tasks`].
    pub lane: usize,
}

/// One task woke another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Arrow {
    /// When.
    pub at: u64,
    /// The waker's place among [`Timeline::tasks`].
    pub from: usize,
    /// The woken one's place.
    pub to: usize,
}

/// Something that happened at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Mark {
    /// When.
    pub at: u64,
    /// To whom, as a place among [`Timeline::tasks`]; `None` if to all.
    pub lane: Option<usize>,
    /// What, in words.
    pub text: String,
}

/// A number that changes.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Counter {
    /// What is counted, in words.
    pub name: String,
    /// What it is from each position on; positions ascend.
    pub points: Vec<(u64, u64)>,
}

impl<'e> Timeline<'e> {
    /// Puts events together.
    ///
    /// Where stays on CPUs are told, they are the pieces. Where they are not, turns are: by their length
    /// if any has one, and else one by one, on an axis of turns. Any sequence of events gives a timeline:
    /// what contradicts what came before is cut. On simulated CPUs a task is not drawn as ready once its
    /// work is done, though it may queue for the turn in which it returns, which takes no time.
    pub fn of(events: impl IntoIterator<Item = &'e Event>) -> Self {
        assembly::timeline(Chronicle::of_events(events))
    }

    /// The length of the whole.
    #[must_use]
    pub fn span(&self) -> u64 {
        self.end - self.begin
    }
}

impl Timeline<'static> {
    /// Puts together who ran when and where: from, till, CPU, and the number of the task. Between its
    /// pieces a task counts as ready.
    ///
    /// ```
    /// use std::time::Duration;
    /// use coros::picture::{Doing, Timeline};
    ///
    /// let ms = Duration::from_millis;
    /// let timeline = Timeline::of_pieces([(ms(0), ms(2), 0, 1), (ms(2), ms(5), 0, 2), (ms(5), ms(6), 0, 1)])
    ///     .arrived(2, ms(1))
    ///     .named(2, "editor");
    /// let did: Vec<_> = timeline.tasks[0].pieces.iter().map(|piece| piece.doing).collect();
    /// assert_eq!(did, [Doing::Running(0), Doing::Ready, Doing::Running(0)]);
    /// assert_eq!(timeline.tasks[1].pieces[0].doing, Doing::Ready);
    /// assert_eq!(timeline.tasks[1].title(), "2 editor");
    /// ```
    pub fn of_pieces(
        pieces: impl IntoIterator<Item = (Duration, Duration, u32, u64)>,
    ) -> Timeline<'static> {
        let mut timeline = assembly::timeline(Chronicle::of_pieces(pieces));
        for lane in &mut timeline.tasks {
            // Nothing is known of what it does after its last piece.
            lane.pieces.pop_if(|piece| piece.doing == Doing::Ready);
        }
        timeline
    }
}

impl Timeline<'_> {
    /// Tells the name of a task.
    #[must_use]
    pub fn named(mut self, number: u64, name: &str) -> Self {
        if let Some(lane) = self.tasks.iter_mut().find(|lane| lane.number == number) {
            lane.name = Arc::from(name);
        }
        self
    }

    /// Tells when a task came: it is ready from there to its first piece, if that is later.
    #[must_use]
    pub fn arrived(mut self, number: u64, time: Duration) -> Self {
        let at = nanoseconds(time);
        if let Some(lane) = self.tasks.iter_mut().find(|lane| lane.number == number) {
            lane.arrives(at);
            self.begin = self.begin.min(at);
            self.end = self.end.max(at);
        }
        self
    }
}

impl Lane<'_> {
    /// What it is called in pictures: its number, and its name if it has one.
    #[must_use]
    pub fn title(&self) -> String {
        match &*self.name {
            "" => self.number.to_string(),
            name => format!("{} {name}", self.number),
        }
    }

    fn arrives(&mut self, at: u64) {
        self.born = Some(at);
        let first = self.pieces.first().map(|piece| piece.from);
        if let Some(till) = first.filter(|from| at < *from) {
            let ready = Piece {
                from: at,
                till,
                doing: Doing::Ready,
                picked: None,
                asked: None,
            };
            self.pieces.insert(0, ready);
        }
    }
}

impl<'e> Piece<'e> {
    /// How long it is.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.till - self.from
    }

    /// What it waits on, in words, if it waits and that is known.
    #[must_use]
    pub fn on(&self) -> Option<&'e str> {
        use crate::kernel::Did;
        let step = self.asked.filter(|_| self.doing == Doing::Blocked)?;
        match (&step.on, &step.did) {
            (Some(on), _) => Some(on),
            (None, Did::Waits(call)) => Some(call),
            (None, _) => None,
        }
    }
}

impl Cpu {
    /// The pieces between `begin` and `end` in which no task is there.
    pub fn idle(&self, begin: u64, end: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let froms = std::iter::once(begin).chain(self.stays.iter().map(|stay| stay.till));
        let tills = self.stays.iter().map(|stay| stay.from);
        froms
            .zip(tills.chain(std::iter::once(end)))
            .filter(|(from, till)| from < till)
    }
}
