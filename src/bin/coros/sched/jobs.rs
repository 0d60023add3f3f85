//! Jobs: what is simulated, and how it is written on a command line.
//!
//! ```text
//! 50            needs 50 units of the CPU, from time 0 on
//! 50@10         arrives at time 10
//! 50@10/7:5     waits 5 units for I/O after each 7 units of the CPU, but not after the last
//! ```

use std::fmt;
use std::str::FromStr;

use crate::numbers::short;

/// The largest number of jobs.
pub const MOST_JOBS: usize = 1_000_000;
/// The largest value of a number that is given in units.
pub const MOST_UNITS: u64 = 1_000_000_000;
/// The same, as options check it.
pub const UNITS: i128 = MOST_UNITS as i128;
/// How long all jobs together may take. The clock counts nanoseconds, and has room for some more.
const MOST_TIME: u64 = 1_000_000_000_000;

const FORM: &str = "a job is BURST[@ARRIVAL][/EVERY:LASTS], such as 50@10/7:5";

/// One job; all times in units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Job {
    /// When it is there.
    pub arrival: u64,
    /// How much CPU time it needs.
    pub burst: u64,
    /// The input and output that it waits for, if any.
    pub io: Option<Io>,
}

/// A wait of a fixed length after each stretch of CPU time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Io {
    /// How much CPU time a stretch takes.
    pub every: u64,
    /// How long each wait takes.
    pub lasts: u64,
}

impl Job {
    /// How long it waits for I/O in all: not after its last stretch.
    pub fn blocked(&self) -> u64 {
        self.io
            .map_or(0, |io| ((self.burst - 1) / io.every) * io.lasts)
    }
}

impl FromStr for Job {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err(format!("is empty; {FORM}"));
        }
        let (cpu, io) = split(text, '/');
        let (burst, arrival) = split(cpu, '@');
        let explain = |error| format!("{error}; {FORM}");
        Ok(Self {
            burst: number("burst", burst, 1).map_err(explain)?,
            arrival: arrival
                .map_or(Ok(0), |text| number("arrival", text, 0))
                .map_err(explain)?,
            io: io.map(Io::parse).transpose().map_err(explain)?,
        })
    }
}

impl Io {
    fn parse(text: &str) -> Result<Self, String> {
        let (every, Some(lasts)) = split(text, ':') else {
            return Err(format!("the I/O '{}' has no ':'", short(text)));
        };
        Ok(Self {
            every: number("stretch before an I/O", every, 1)?,
            lasts: number("length of an I/O", lasts, 1)?,
        })
    }
}

fn split(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Reads a whole number of units.
pub fn number(what: impl fmt::Display, text: &str, least: u64) -> Result<u64, String> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = if digits { text.parse().ok() } else { None };
    value
        .filter(|value| (least..=MOST_UNITS).contains(value))
        .ok_or_else(|| {
            let text = short(text);
            format!("the {what} '{text}' is no whole number from {least} to {MOST_UNITS}")
        })
}

/// Jobs that are fit to be run: not too many, and with time enough for all.
#[derive(Clone, Debug)]
pub struct Jobs(pub Vec<Job>);

impl Jobs {
    /// Reads jobs with commas between them.
    pub fn list(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err(format!("the list is empty; {FORM}"));
        }
        let jobs = text.split(',').map(str::trim).enumerate();
        let read = jobs.map(|(at, text)| text.parse().map_err(|error| wrong(at, text, error)));
        check(read.collect::<Result<_, _>>()?)
    }

    /// Reads jobs one a line; `#` begins a comment. An error comes with the number of its line.
    pub fn lines(text: &str) -> Result<Self, (usize, String)> {
        let mut jobs = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let job = split(line, '#').0.trim();
            if !job.is_empty() {
                let read = job.parse();
                jobs.push(read.map_err(|error| (at + 1, wrong(jobs.len(), job, error)))?);
            }
        }
        let last = text.lines().count().max(1);
        if jobs.is_empty() {
            return Err((last, format!("there is no job; {FORM}")));
        }
        check(jobs).map_err(|error| (last, error))
    }
}

fn wrong(at: usize, text: &str, error: String) -> String {
    match text {
        "" => format!("job {at} {error}"),
        _ => format!("job {at} ('{}'): {error}", short(text)),
    }
}

fn check(jobs: Vec<Job>) -> Result<Jobs, String> {
    if jobs.len() > MOST_JOBS {
        let many = jobs.len();
        return Err(format!("there are {many} jobs; {MOST_JOBS} are the most"));
    }
    let takes = |job: &Job| u128::from(job.burst) + u128::from(job.blocked());
    let last = jobs.iter().map(|job| job.arrival).max().unwrap_or(0);
    let time = jobs.iter().map(takes).sum::<u128>() + u128::from(last);
    if time > u128::from(MOST_TIME) {
        return Err(format!(
            "all jobs together take {time} units; {MOST_TIME} are the most"
        ));
    }
    Ok(Jobs(jobs))
}

#[cfg(test)]
mod tests {
    use super::{Io, Job, Jobs};

    #[test]
    fn a_job_is_read_with_all_its_parts() {
        let io = Some(Io { every: 7, lasts: 5 });
        let (arrival, burst) = (10, 50);
        let job = |arrival, io| Job { arrival, burst, io };
        let read = Jobs::list("50, 50@10,50/7:5 ,50@10/7:5").unwrap().0;
        assert_eq!(
            read,
            [
                job(0, None),
                job(arrival, None),
                job(0, io),
                job(arrival, io)
            ]
        );
    }

    #[test]
    fn io_is_waited_for_between_stretches_alone() {
        let blocked = |text: &str| text.parse::<Job>().unwrap().blocked();
        assert_eq!(blocked("84/7:5"), 11 * 5);
        assert_eq!(blocked("85/7:5"), 12 * 5);
        assert_eq!(blocked("7/7:5"), 0);
        assert_eq!(blocked("7"), 0);
    }

    #[test]
    fn a_file_may_have_comments_and_blank_lines() {
        let read = Jobs::lines("# two jobs\n\n5 # short\n  7@2\r\n").unwrap().0;
        assert_eq!(read.len(), 2);
        assert_eq!(read[1].arrival, 2);
    }

    #[test]
    fn a_wrong_line_is_named_by_its_number() {
        let (line, error) = Jobs::lines("5\n# fine\n5@\n").unwrap_err();
        assert_eq!(line, 3);
        assert!(error.starts_with("job 1 ('5@'): the arrival ''"), "{error}");
    }
}
