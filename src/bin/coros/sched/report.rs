//! What came of the jobs under one policy: who ran when, and the figures made of that.

use std::time::Duration;

use super::jobs::Job;

/// One unit of time, in which jobs are written.
const UNIT: Duration = Duration::from_millis(1);

/// So many units.
pub fn time(units: u64) -> Duration {
    Duration::from_millis(units)
}

/// A stay of a job on a CPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    pub start: Duration,
    pub end: Duration,
    pub cpu: u32,
    pub job: usize,
}

/// The figures of one job, in units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    pub id: usize,
    pub arrival: u64,
    pub burst: u64,
    pub first_run: u64,
    pub end: u64,
    pub blocked: u64,
}

impl Row {
    pub fn turnaround(&self) -> u64 {
        self.end.saturating_sub(self.arrival)
    }

    pub fn response(&self) -> u64 {
        self.first_run.saturating_sub(self.arrival)
    }

    /// All the time in which it did not compute; what it waited for I/O is in it.
    pub fn waiting(&self) -> u64 {
        self.turnaround().saturating_sub(self.burst)
    }
}

/// What came of the jobs under one policy.
pub struct Report {
    /// As it was asked for.
    pub policy: String,
    pub rows: Vec<Row>,
    /// In the order of their starts, and of the CPUs.
    pub pieces: Vec<Piece>,
    pub switches: u64,
}

impl Report {
    /// Makes the figures of the stays, which come in the order in which they ended on each CPU.
    pub fn new(policy: &str, jobs: &[Job], stays: Vec<Piece>, cost: Duration) -> Self {
        let pieces = merged(stays);
        let mut rows: Vec<_> = jobs.iter().enumerate().map(blank).collect();
        for piece in &pieces {
            let row = &mut rows[piece.job];
            row.first_run = row.first_run.min(units(piece.start));
            row.end = row.end.max(units(piece.end));
        }
        let switches = switches(&pieces, cost);
        let policy = policy.to_owned();
        Self {
            policy,
            rows,
            pieces,
            switches,
        }
    }

    /// When the last job ended, in units.
    pub fn end(&self) -> u64 {
        self.rows.iter().map(|row| row.end).max().unwrap_or(0)
    }

    /// The mean of a figure over all jobs.
    pub fn average(&self, figure: fn(&Row) -> u64) -> f64 {
        let sum: u128 = self.rows.iter().map(|row| u128::from(figure(row))).sum();
        sum as f64 / self.rows.len() as f64
    }
}

/// A job that has not run yet.
fn blank((id, job): (usize, &Job)) -> Row {
    Row {
        id,
        arrival: job.arrival,
        burst: job.burst,
        first_run: u64::MAX,
        end: 0,
        blocked: job.blocked(),
    }
}

/// A time in units; policies may cut them, so this is the nearest.
pub fn units(time: Duration) -> u64 {
    let nearest = (time + UNIT / 2).as_nanos() / UNIT.as_nanos();
    u64::try_from(nearest).unwrap_or(u64::MAX)
}

/// The stays in the order of their starts and CPUs; those of one job that follow at once are one piece.
fn merged(mut stays: Vec<Piece>) -> Vec<Piece> {
    stays.retain(|stay| stay.start < stay.end);
    stays.sort_unstable_by_key(|stay| (stay.cpu, stay.start));
    stays.dedup_by(|next, last| {
        let same = (next.cpu, next.job, next.start) == (last.cpu, last.job, last.end);
        if same {
            last.end = next.end;
        }
        same
    });
    stays.sort_unstable_by_key(|piece| (piece.start, piece.cpu));
    stays
}

/// How often a CPU turned from one thing to another, up to its last work; idling is a thing too.
fn switches(pieces: &[Piece], cost: Duration) -> u64 {
    let mut last = Vec::new();
    let mut switches = 0;
    for piece in pieces {
        let cpu = piece.cpu as usize;
        last.resize(last.len().max(cpu + 1), None);
        switches += match last[cpu].replace(piece) {
            // The first job on a CPU is there at no cost.
            None => u64::from(!piece.start.is_zero()),
            Some(before) => borders(before, piece, cost),
        };
    }
    switches
}

/// How many borders lie between two pieces: two, if the CPU idled. Turning to another job is no idling.
fn borders(before: &Piece, piece: &Piece, cost: Duration) -> u64 {
    let cost = match before.job == piece.job {
        true => Duration::ZERO,
        false => cost,
    };
    match piece.start - before.end > cost {
        true => 2,
        false => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Piece, Report, time};

    fn piece(start: u64, end: u64, cpu: u32, job: usize) -> Piece {
        Piece {
            start: time(start),
            end: time(end),
            cpu,
            job,
        }
    }

    fn report(jobs: &str, stays: &[Piece], cost: u64) -> Report {
        let jobs = super::super::jobs::Jobs::list(jobs).unwrap().0;
        Report::new("some", &jobs, stays.to_vec(), time(cost))
    }

    #[test]
    fn figures_are_counted_from_the_arrival() {
        let made = report("5,3@2", &[piece(0, 5, 0, 0), piece(5, 8, 0, 1)], 0);
        let row = made.rows[1];
        assert_eq!((row.turnaround(), row.response(), row.waiting()), (6, 3, 3));
        assert_eq!(made.average(super::Row::turnaround), 5.5);
        assert_eq!((made.switches, made.end()), (1, 8));
    }

    #[test]
    fn stays_that_follow_at_once_are_one_piece() {
        let stays = [
            piece(0, 1, 0, 0),
            piece(0, 2, 1, 1),
            piece(1, 1, 0, 1),
            piece(1, 2, 0, 0),
            piece(2, 3, 1, 0),
        ];
        let made = report("3,2", &stays, 0);
        let pieces = [piece(0, 2, 0, 0), piece(0, 2, 1, 1), piece(2, 3, 1, 0)];
        assert_eq!((&made.pieces[..], made.switches), (&pieces[..], 1));
    }

    #[test]
    fn idling_counts_as_a_piece_and_switching_does_not() {
        let stays = [piece(3, 4, 0, 0), piece(5, 6, 0, 0), piece(7, 8, 0, 1)];
        assert_eq!(report("2,1", &stays, 0).switches, 1 + 2 + 2);
        assert_eq!(report("2,1", &stays, 1).switches, 1 + 2 + 1);
    }

    #[test]
    fn times_between_units_are_told_to_the_nearest() {
        let half = Duration::from_micros(2_499);
        let stays = [
            Piece {
                end: half,
                ..piece(0, 1, 0, 0)
            },
            Piece {
                start: half,
                ..piece(0, 4, 0, 1)
            },
        ];
        let made = report("2,2", &stays, 0);
        assert_eq!((made.rows[0].end, made.rows[1].first_run), (2, 2));
    }
}
