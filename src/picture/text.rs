//! Gantt charts for a terminal.

use super::Size;
use super::axis::{FAIR, ROUND, label, length, round_up, ticks};
use super::resample::{Most, columns};
use super::sheet::{caption, rest, warning};
use super::signs;
use super::timeline::{Cpu, Lane, Timeline};
use super::words::{clipped, padded, width};

/// What tasks are called in the rows of CPUs.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// A name's share of the width is one in so many.
const NAME_SHARE: usize = 4;

/// Draws a Gantt chart as text: a row a CPU, that says by a letter whose stay it is, then a row a task.
///
/// A column of a task shows whether it ran all of that time, a part of it, or what else it did; the
/// [signs] are those of all charts. A column of a CPU shows who had it for most of that time, if one task
/// had it longer than all others together. Names are cut where they are too long, and what steers a
/// terminal is replaced. The width is at least 40 columns, and no more than 1000.
///
/// ```
/// use std::time::Duration;
/// use coros::picture::{Size, Timeline, gantt_text};
///
/// let ms = Duration::from_millis;
/// let timeline = Timeline::of_pieces([(ms(0), ms(10), 0, 1), (ms(10), ms(30), 0, 2), (ms(30), ms(40), 0, 1)]);
/// let text = gantt_text(&timeline, &Size::terminal().width(50));
/// assert_eq!(
///     text,
///     "\
/// 2 tasks on 1 CPU, 0 to 40ms; a column is 1ms
///       |0        |10ms     |20ms     |30ms
/// CPU 0 AAAAAAAAAABBBBBBBBBBBBBBBBBBBBAAAAAAAAAA
/// A 1   ██████████····················██████████
/// B 2             ████████████████████
/// █ runs, · waits for a CPU
/// "
/// );
/// ```
#[must_use]
pub fn gantt_text(timeline: &Timeline<'_>, size: &Size) -> String {
    let room = size.width.clamp(40, 1000);
    let cpus = &timeline.cpus[..timeline.cpus.len().min(size.lanes)];
    let tasks = &timeline.tasks[..timeline.tasks.len().min(size.lanes)];
    let names = Names::of(cpus, tasks, room / NAME_SHARE);
    let scale = Scale::of(timeline, room - names.room);
    let mut rows = vec![
        format!("{}; {}", caption(timeline), scale.words(timeline)),
        format!("{}{}", names.blank(), scale.ruler(timeline)),
    ];
    let mut used = String::new();
    for cpu in cpus {
        let cells = scale.cpu(cpu, tasks.len());
        rows.push(names.cpu(cpu) + &cells);
        used += &cells;
    }
    rows.extend(rest(timeline.cpus.len(), cpus.len(), "CPU"));
    for (lane, at) in tasks.iter().zip(0..) {
        let cells = scale.task(lane);
        rows.push(names.task(lane, at) + &cells);
        used += &cells;
    }
    rows.extend(rest(timeline.tasks.len(), tasks.len(), "task"));
    rows.extend(signs::legend(&used, room).lines().map(str::to_owned));
    rows.extend(warning(timeline).map(str::to_owned));
    let fit = |row: String| clipped(row.trim_end(), room) + "\n";
    rows.into_iter().map(fit).collect()
}

/// What stands before the rows.
struct Names {
    room: usize,
}

impl Names {
    fn of(cpus: &[Cpu], tasks: &[Lane<'_>], most: usize) -> Self {
        let cpus = cpus.iter().map(|cpu| cpu_title(cpu).len());
        let tasks = tasks
            .iter()
            .map(|lane| 2 + width(&clipped(&lane.title(), most)));
        let widest = cpus.chain(tasks).max().unwrap_or(0);
        Self {
            room: widest.min(most) + 1,
        }
    }

    fn blank(&self) -> String {
        " ".repeat(self.room)
    }

    fn cpu(&self, cpu: &Cpu) -> String {
        padded(&cpu_title(cpu), self.room - 1) + " "
    }

    fn task(&self, lane: &Lane<'_>, at: usize) -> String {
        let title = format!("{} {}", letter(at), lane.title());
        padded(&title, self.room - 1) + " "
    }
}

fn cpu_title(cpu: &Cpu) -> String {
    format!("CPU {}", cpu.number)
}

fn letter(lane: usize) -> char {
    LETTERS
        .get(lane)
        .map_or(signs::OTHERS, |letter| char::from(*letter))
}

/// How positions become columns: either a unit of the axis is `stretch` columns wide, or a column is
/// `unit` units wide, and then columns begin at multiples of it.
struct Scale {
    begin: u64,
    stretch: u64,
    unit: u64,
    count: usize,
    room: usize,
}

impl Scale {
    fn of(timeline: &Timeline<'_>, room: usize) -> Self {
        let span = timeline.span().max(1);
        let room = room.max(1) as u64;
        let mut scale = Self {
            begin: timeline.begin,
            stretch: (room / span).clamp(1, 8),
            unit: 1,
            count: 0,
            room: room as usize,
        };
        let mut columns = span.saturating_mul(scale.stretch);
        while columns > room {
            let least = scale.unit.max(span.div_ceil(room).saturating_sub(1));
            scale.unit = round_up(least.saturating_add(1), FAIR);
            scale.begin = timeline.begin - timeline.begin % scale.unit;
            columns = (timeline.end - scale.begin).div_ceil(scale.unit);
        }
        scale.count = usize::try_from(columns).unwrap_or(1);
        scale
    }

    fn words(&self, timeline: &Timeline<'_>) -> String {
        match self.stretch {
            1 => format!("a column is {}", length(timeline.axis, self.unit)),
            stretch => format!("{stretch} columns are {}", length(timeline.axis, 1)),
        }
    }

    /// Where a position is, in units of which a column has [`unit`](Self::unit).
    fn place(&self, at: u64) -> u64 {
        (at - self.begin).saturating_mul(self.stretch)
    }

    /// Round numbers over their columns: as many as have room.
    fn ruler(&self, timeline: &Timeline<'_>) -> String {
        let rows = [10, 20, 50, 100].map(|apart| self.ticks_apart(timeline, apart));
        rows.into_iter().flatten().next().unwrap_or_default()
    }

    /// Round numbers at least so many columns apart; none, if one would touch the next.
    fn ticks_apart(&self, timeline: &Timeline<'_>, apart: u64) -> Option<String> {
        let step = match self.stretch {
            1 => self.unit.saturating_mul(apart),
            stretch => round_up(apart.div_ceil(stretch), ROUND),
        };
        let mut row = String::new();
        for at in ticks(self.begin, timeline.end, step) {
            let column = (self.place(at) / self.unit) as usize;
            let label = format!("|{}", label(timeline.axis, at));
            if column + width(&label) > self.room {
                break;
            }
            if !row.is_empty() && width(&row) >= column {
                return None;
            }
            row = padded(&row, column) + &label;
        }
        Some(row)
    }

    fn cpu(&self, cpu: &Cpu, shown: usize) -> String {
        let stays = cpu.stays.iter().map(|stay| {
            let lane = stay.lane.min(shown);
            (self.place(stay.from), self.place(stay.till), lane)
        });
        let symbol = |cell| match cell {
            None => signs::IDLE,
            Some(Most::Key(lane)) if lane < shown => letter(lane),
            Some(_) => signs::OTHERS,
        };
        let cells = columns(stays, self.unit, self.count);
        cells.into_iter().map(symbol).collect()
    }

    fn task(&self, lane: &Lane<'_>) -> String {
        let pieces = lane.pieces.iter();
        let pieces =
            pieces.map(|piece| (self.place(piece.from), self.place(piece.till), piece.doing));
        let shares = signs::shares(pieces, self.unit, self.count);
        shares.iter().map(|share| share.sign(self.unit)).collect()
    }
}
