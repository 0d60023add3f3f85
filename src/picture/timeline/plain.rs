//! Timelines of plain pieces, where there are no events.

use std::sync::Arc;
use std::time::Duration;

use super::chronicle::{Chronicle, Source, nanos};
use super::{Doing, Timeline};
use crate::kernel::Stop;

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
        let mut chronicle = Chronicle::new(Source::Slices);
        let mut pieces: Vec<_> = pieces.into_iter().collect();
        pieces.sort_by_key(|(from, ..)| *from);
        for (from, till, cpu, number) in pieces {
            let (from, till) = (nanos(from), nanos(till));
            chronicle.stay(from, till, cpu, number);
            let life = chronicle.life(number);
            life.is_born(from);
            life.stays(from, till, cpu, Stop::Answered);
        }
        let mut timeline = chronicle.finish();
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
        let at = nanos(time);
        if let Some(lane) = self.tasks.iter_mut().find(|lane| lane.number == number) {
            lane.arrives(at);
            self.begin = self.begin.min(at);
            self.end = self.end.max(at);
        }
        self
    }
}

impl super::Lane<'_> {
    fn arrives(&mut self, at: u64) {
        self.born = Some(at);
        let first = self.pieces.first().map(|piece| piece.from);
        if let Some(till) = first.filter(|from| at < *from) {
            let ready = super::Piece {
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
