//! The chart: a line a job, time to the right; what a job did in each stretch of it.
//!
//! ```text
//! job 0  ████▒  ·~~██
//!        0         10
//! ```

use std::time::Duration;

use coros::picture::{Doing, signs};

use super::jobs::Job;
use super::report::{Piece, Report, time};

/// How many jobs are drawn at most.
const ROWS: usize = 20;

/// The least number of columns in which a chart makes sense.
pub const NARROWEST: usize = 40;

/// How much time a column stands for, and how many there are.
#[derive(Clone, Copy)]
pub struct Scale {
    per_column: u64,
    columns: usize,
    cpus: u32,
}

impl Scale {
    /// The finest scale of 1, 2, 3, 4, 5, 6, 8, 10, 20 … units a column in which all that time has room.
    pub fn new(time: u64, width: usize, jobs: usize, cpus: u32) -> Self {
        let room = (width - label(jobs.min(ROWS) - 1).len()) as u64;
        let round =
            (0..18).flat_map(|tens| [1, 2, 3, 4, 5, 6, 8].map(|unit| unit * 10_u64.pow(tens)));
        let mut fitting = round.filter(|per_column| time.div_ceil(*per_column) <= room);
        let per_column = fitting.next().unwrap_or(u64::MAX);
        let columns = usize::try_from(time.div_ceil(per_column)).unwrap_or(0);
        Self {
            per_column,
            columns,
            cpus,
        }
    }
}

fn label(id: usize) -> String {
    format!("job {id:<2} ")
}

/// Draws the first jobs of a report.
pub fn draw(report: &Report, jobs: &[Job], scale: Scale) -> String {
    let shown = jobs.len().min(ROWS);
    let mut pieces = vec![Vec::new(); shown];
    for piece in &report.pieces {
        if let Some(own) = pieces.get_mut(piece.job) {
            own.push(*piece);
        }
    }
    let mut drawn = String::new();
    for (id, own) in pieces.iter().enumerate() {
        let line = label(id) + &row(&jobs[id], own, scale);
        drawn += line.trim_end();
        drawn.push('\n');
    }
    if let Some(more @ 1..) = jobs.len().checked_sub(ROWS) {
        drawn += &format!("… and {more} more\n");
    }
    drawn + &axis(scale, label(shown - 1).len())
}

fn row(job: &Job, pieces: &[Piece], scale: Scale) -> String {
    let deeds = deeds(job, pieces);
    let deeds = deeds
        .into_iter()
        .map(|(from, to, doing)| (nanos(from), nanos(to), doing));
    let whole = nanos(time(scale.per_column));
    let shares = signs::shares(
        deeds.filter(|(from, to, _)| from < to),
        whole,
        scale.columns,
    );
    shares
        .iter()
        .map(|share| match share.cpu().filter(|_| scale.cpus > 1) {
            Some(cpu) => char::from_digit(cpu, 10).unwrap_or('+'),
            None => share.sign(whole),
        })
        .collect()
}

/// All jobs together take less time than these can count.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// What a job did from its arrival to its end, in order.
fn deeds(job: &Job, pieces: &[Piece]) -> Vec<(Duration, Duration, Doing)> {
    let mut deeds = Vec::new();
    let mut at = time(job.arrival);
    let mut done = Duration::ZERO;
    for piece in pieces {
        let blocked = match job.io {
            Some(io) if !done.is_zero() && is_multiple(done, time(io.every)) => time(io.lasts),
            _ => Duration::ZERO,
        };
        let woken = (at + blocked).min(piece.start);
        deeds.push((at, woken, Doing::Blocked));
        deeds.push((woken, piece.start, Doing::Ready));
        deeds.push((piece.start, piece.end, Doing::Running(piece.cpu)));
        done += piece.end - piece.start;
        at = piece.end;
    }
    deeds
}

fn is_multiple(time: Duration, of: Duration) -> bool {
    time.as_nanos().is_multiple_of(of.as_nanos())
}

/// The times below the chart, a number each ten or twenty columns.
fn axis(scale: Scale, margin: usize) -> String {
    let last = (scale.columns as u64 * scale.per_column).to_string();
    let apart = match last.len() {
        ..10 => 10,
        _ => 20,
    };
    let mut axis = " ".repeat(margin);
    for column in (0..=scale.columns).step_by(apart) {
        let number = (column as u64 * scale.per_column).to_string();
        if column + number.len() <= scale.columns.max(apart) {
            axis += &format!("{number:apart$}");
        }
    }
    axis.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::{jobs, report};
    use super::{Scale, draw};

    fn drawn(list: &str, stays: &[(u64, u64, u32, usize)], width: usize) -> String {
        let jobs = jobs::Jobs::list(list).unwrap().0;
        let pieces = stays.iter().map(|&(start, end, cpu, job)| report::Piece {
            start: report::time(start),
            end: report::time(end),
            cpu,
            job,
        });
        let cpus = stays.iter().map(|stay| stay.2 + 1).max().unwrap();
        let made = report::Report::new("some", &jobs, pieces.collect(), Default::default());
        let scale = Scale::new(made.end(), width, jobs.len(), cpus);
        draw(&made, &jobs, scale)
    }

    #[test]
    fn a_column_shows_what_each_job_does() {
        let stays = [(0, 2, 0, 0), (2, 3, 0, 1), (5, 6, 0, 0), (6, 8, 0, 1)];
        let chart = "\
job 0  ██~~·█
job 1   ·█···██
       0
";
        assert_eq!(drawn("3/2:2,3@1", &stays, 40), chart);
    }

    #[test]
    fn on_several_cpus_a_column_shows_which() {
        let stays = [(0, 2, 0, 0), (0, 1, 1, 1), (1, 2, 11, 1)];
        assert_eq!(drawn("2,2", &stays, 40), "job 0  00\njob 1  1+\n       0\n");
    }

    #[test]
    fn long_times_are_shown_in_fewer_columns() {
        let stays = [(0, 61, 0, 0), (61, 120, 0, 1)];
        let chart = drawn("61,59", &stays, 40);
        assert!(chart.starts_with("job 0  ███████████████▒\n"), "{chart}");
        assert!(
            chart.ends_with("       0         40        80\n"),
            "{chart}"
        );
    }

    #[test]
    fn of_many_jobs_only_the_first_are_drawn() {
        let list = vec!["1"; 25].join(",");
        let chart = drawn(&list, &[(0, 1, 0, 0)], 40);
        assert_eq!(chart.lines().count(), 22);
        assert!(chart.contains("… and 5 more\n"), "{chart}");
    }
}
