//! The signs of charts made of text: one for what a task did in a column, and what each of them means.
//!
//! All charts of the library and of the demo binary have the same signs, so that a reader of one can
//! read the others.
//!
//! ```
//! use coros::picture::Doing;
//! use coros::picture::signs::{self, Share};
//!
//! // Of a column of 10 units a task ran for 3, and waited for a CPU otherwise.
//! let mut column = Share::default();
//! column.add(Doing::Ready, 7);
//! column.add(Doing::Running(0), 3);
//! assert_eq!(column.sign(10), signs::PART);
//! assert_eq!(signs::legend("▒·", 80), "▒ runs for a part of that time, · waits for a CPU");
//! ```

use super::timeline::Doing;
use super::words::width;

/// It ran all the time.
pub const WHOLE: char = '█';
/// It ran for a part of the time, however small.
pub const PART: char = '▒';
/// It had a turn that took no time, and did nothing else.
pub const MOMENT: char = '+';
/// It could run, and waited for a CPU.
pub const READY: char = '·';
/// It waited for something else.
pub const BLOCKED: char = '~';
/// It was stopped by a signal.
pub const STOPPED: char = '=';
/// No task was on the CPU.
pub const IDLE: char = '_';
/// On the CPU was a task that has no letter, or several were, and none for most of the time.
pub const OTHERS: char = '*';

/// What each sign means, in the order of legends.
pub const MEANINGS: [(char, &str); 8] = [
    (WHOLE, "runs"),
    (PART, "runs for a part of that time"),
    (MOMENT, "runs for no time"),
    (READY, "waits for a CPU"),
    (BLOCKED, "waits for something else"),
    (STOPPED, "is stopped"),
    (IDLE, "idle"),
    (OTHERS, "several or other tasks"),
];

/// How much of a column a task did what, in any unit.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Share {
    runs: u64,
    ready: u64,
    blocked: u64,
    stopped: u64,
    /// It ran, if only for no time.
    ran: bool,
    /// Where it first ran for any time.
    cpu: Option<u32>,
}

impl Share {
    /// Adds a stretch of this length, of which running may have none.
    pub fn add(&mut self, doing: Doing, length: u64) {
        let sum = match doing {
            Doing::Running(cpu) => {
                self.ran = true;
                self.cpu = self.cpu.or((length > 0).then_some(cpu));
                &mut self.runs
            }
            Doing::Ready => &mut self.ready,
            Doing::Blocked => &mut self.blocked,
            Doing::Stopped => &mut self.stopped,
        };
        *sum = sum.saturating_add(length);
    }

    /// The CPU on which it first ran, if it ran for any time.
    #[must_use]
    pub fn cpu(&self) -> Option<u32> {
        self.cpu
    }

    /// The sign for a column of this length: if the task ran at all, that is seen; else what it did for
    /// most of the time.
    #[must_use]
    pub fn sign(&self, whole: u64) -> char {
        match self.ready.max(self.blocked).max(self.stopped) {
            _ if self.runs > 0 && self.runs >= whole => WHOLE,
            _ if self.runs > 0 => PART,
            0 if self.ran => MOMENT,
            0 => ' ',
            most if self.ready == most => READY,
            most if self.blocked == most => BLOCKED,
            _ => STOPPED,
        }
    }
}

/// What a task did in each of `count` columns, all `whole` wide, the first from 0; its stretches from where
/// to where, in their order.
pub fn shares(
    stretches: impl IntoIterator<Item = (u64, u64, Doing)>,
    whole: u64,
    count: usize,
) -> Vec<Share> {
    let whole = whole.max(1);
    let mut shares = vec![Share::default(); count];
    for (from, till, doing) in stretches {
        let first = usize::try_from(from / whole).unwrap_or(usize::MAX);
        let first = first.min(count.saturating_sub(1));
        let mut left = (first as u64).saturating_mul(whole);
        for share in shares.iter_mut().skip(first) {
            let right = left.saturating_add(whole);
            let within = till.min(right).saturating_sub(from.max(left));
            if within > 0 || from == till {
                share.add(doing, within);
            }
            left = right;
            if till <= right {
                break;
            }
        }
    }
    shares
}

/// What the signs mean that are used, in lines of at most so many columns, if each has room for one.
#[must_use]
pub fn legend(used: &str, room: usize) -> String {
    let used = MEANINGS.iter().filter(|(sign, _)| used.contains(*sign));
    joined(
        used.map(|(sign, meaning)| format!("{sign} {meaning}")),
        room,
    )
}

/// Meanings with commas between them, in lines of at most so many columns, if each has room for one.
#[must_use]
pub fn joined(meanings: impl IntoIterator<Item = String>, room: usize) -> String {
    let (mut lines, mut used) = (String::new(), 0);
    for meaning in meanings {
        let wide = width(&meaning);
        let (mark, before) = match used {
            0 => ("", 0),
            // The comma that may follow counts.
            _ if used + 2 + wide < room => (", ", used + 2),
            _ => (",\n", 0),
        };
        lines += mark;
        lines += &meaning;
        used = before + wide;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_runs_at_all_is_seen_to_run() {
        let mut column = Share::default();
        assert_eq!(column.sign(100), ' ');
        column.add(Doing::Running(3), 0);
        assert_eq!(column.sign(100), MOMENT);
        column.add(Doing::Ready, 95);
        assert_eq!(column.sign(100), READY);
        column.add(Doing::Running(3), 5);
        assert_eq!(column.sign(100), PART);
        column.add(Doing::Running(3), 95);
        assert_eq!(column.sign(100), WHOLE);
    }

    #[test]
    fn who_does_not_run_is_seen_as_it_was_for_longest() {
        let mut column = Share::default();
        column.add(Doing::Stopped, 1);
        assert_eq!(column.sign(9), STOPPED);
        column.add(Doing::Blocked, 2);
        assert_eq!(column.sign(9), BLOCKED);
        column.add(Doing::Ready, 2);
        assert_eq!(column.sign(9), READY);
    }

    #[test]
    fn legends_are_folded_where_there_is_no_room() {
        assert_eq!(legend("", 80), "");
        assert_eq!(legend("#·█", 20), "█ runs,\n· waits for a CPU");
    }
}
