//! The events of a recording, one by one.

use std::io::BufRead;

use serde::Deserialize;

use super::damage::{Cut, Damage, reason_of};
use super::lines::{Found, Lines};
use super::marks::{END, EndMark, Header};
use super::names::Names;
use super::order::Order;
use super::turn::{Definition, PLACE, RecordLine, TURN};
use crate::kernel::{Event, Place, Step};

/// Reads a recording event by event, for those that are too long to be kept in memory.
///
/// Ends after the first damage; a recording that was [cut off](Damage::cut) is damaged, too. Whether the
/// recording is whole is known at its end alone: the events that come before a damage may have been
/// changed, if one of them was.
///
/// ```
/// use coros::watch::record::{Events, Recorder};
///
/// let (recorder, memory) = Recorder::in_memory();
/// drop(recorder);
/// let bytes = memory.bytes();
/// assert!(Events::new(&bytes[..]).next().is_none());
///
/// let damage = Events::new(&bytes[..50]).next().unwrap().unwrap_err();
/// assert_eq!(damage.line, 2);
/// assert!(damage.reason.starts_with("the recording breaks off"));
/// assert!(damage.cut.is_some_and(|cut| cut.half_line && cut.events == 0));
/// ```
pub struct Events<R> {
    lines: Lines<R>,
    names: Names,
    places: Vec<Place>,
    order: Order,
    events: u64,
    over: bool,
}

/// Why there are no more events before the end mark.
enum Ended {
    Damaged(String),
    Cut(Cut),
}

impl From<String> for Ended {
    fn from(reason: String) -> Self {
        Self::Damaged(reason)
    }
}

impl<R: BufRead> Events<R> {
    /// The events that are recorded in `input`.
    pub fn new(input: R) -> Self {
        Self {
            lines: Lines::new(input),
            names: Names::default(),
            places: Vec::new(),
            order: Order::default(),
            events: 0,
            over: false,
        }
    }

    /// The next event; none after the end mark.
    fn read(&mut self) -> Result<Option<Event>, Ended> {
        if self.lines.number() == 0 {
            self.read_header()?;
        }
        loop {
            match self.lines.advance()? {
                Found::Line => {}
                found => return Err(self.cut(found)),
            }
            let line = self.lines.text()?;
            if line.starts_with(END) {
                EndMark::new(self.events, self.lines.sum()).check(line)?;
                return Ok(self.nothing_more().map(|()| None)?);
            }
            if line.starts_with(PLACE) {
                let Definition { place } = parsed(line)?;
                self.define(place)?;
                continue;
            }
            let event = match line.starts_with(TURN) {
                true => Event::Turn(self.step(parsed(line)?)?),
                false => parsed(line)?,
            };
            self.order.follow(&event)?;
            self.names.learn(&event);
            self.events += 1;
            return Ok(Some(event));
        }
    }

    fn read_header(&mut self) -> Result<(), Ended> {
        let found = self.lines.advance()?;
        if found == Found::Nothing {
            let reason = "the file is empty, and not even the header of a recording is there";
            return Err(reason.to_owned().into());
        }
        Header::check(self.lines.text()?)?;
        match found {
            Found::Line => Ok(()),
            found => Err(self.cut(found)),
        }
    }

    /// There is no whole line any more.
    fn cut(&self, found: Found) -> Ended {
        Ended::Cut(Cut {
            line: self.lines.number(),
            half_line: found == Found::Part,
            events: self.events,
            turn: self.order.turn(),
        })
    }

    fn nothing_more(&mut self) -> Result<(), String> {
        match self.lines.advance()? {
            Found::Nothing => Ok(()),
            Found::Part | Found::Line => Err("there is something after the end mark".to_owned()),
        }
    }

    fn define(&mut self, (number, file, line): (u32, String, u32)) -> Result<(), String> {
        if u32::try_from(self.places.len()) != Ok(number) {
            return Err(format!(
                "place {number} is defined where place {} is due",
                self.places.len()
            ));
        }
        self.places.push(Place {
            file: file.into(),
            line,
        });
        Ok(())
    }

    fn step(&self, RecordLine { turn }: RecordLine) -> Result<Step, String> {
        let place = match turn.place {
            Some(number) => match self.places.get(number as usize) {
                Some(place) => Some(place.clone()),
                None => return Err(format!("place {number} is not defined before this line")),
            },
            None => None,
        };
        let name = self.names.name(turn.tid);
        Ok(turn.step(name, place))
    }
}

impl<R: BufRead> Iterator for Events<R> {
    type Item = Result<Event, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let read = self.read();
        self.over = !matches!(read, Ok(Some(_)));
        let damage = |ended| match ended {
            Ended::Damaged(reason) => Damage::new(self.lines.number(), &reason),
            Ended::Cut(cut) => Damage::of(cut),
        };
        read.map_err(damage).transpose()
    }
}

impl<R: BufRead> std::iter::FusedIterator for Events<R> {}

fn parsed<'l, T: Deserialize<'l>>(line: &'l str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| {
        let newer = match error.to_string().starts_with("unknown") {
            true => "; was it written by a newer version?",
            false => "",
        };
        format!("this is no event: {}{newer}", reason_of(&error))
    })
}
