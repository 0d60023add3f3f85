//! The figures for other programs: a line of JSON a policy, or a table of commas.

use std::fmt::Write;

use serde::Serialize;

use super::report::{Report, Row, units};

#[derive(Serialize)]
struct Policy<'a> {
    policy: &'a str,
    jobs: Vec<Job>,
    averages: Averages,
    switches: u64,
    timeline: Vec<(u64, u64, u32, usize)>,
}

#[derive(Serialize)]
struct Job {
    id: usize,
    arrival: u64,
    burst: u64,
    first_run: u64,
    end: u64,
    turnaround: u64,
    response: u64,
    waiting: u64,
    blocked: u64,
}

#[derive(Serialize)]
struct Averages {
    turnaround: f64,
    response: f64,
    waiting: f64,
}

impl From<&Row> for Job {
    fn from(row: &Row) -> Self {
        Self {
            id: row.id,
            arrival: row.arrival,
            burst: row.burst,
            first_run: row.first_run,
            end: row.end,
            turnaround: row.turnaround(),
            response: row.response(),
            waiting: row.waiting(),
            blocked: row.blocked,
        }
    }
}

/// One line of JSON, with its end.
pub fn json(report: &Report) -> String {
    let pieces = report.pieces.iter();
    let policy = Policy {
        policy: &report.policy,
        jobs: report.rows.iter().map(Job::from).collect(),
        averages: Averages {
            turnaround: report.average(Row::turnaround),
            response: report.average(Row::response),
            waiting: report.average(Row::waiting),
        },
        switches: report.switches,
        timeline: pieces
            .map(|piece| (units(piece.start), units(piece.end), piece.cpu, piece.job))
            .collect(),
    };
    let line = serde_json::to_string(&policy).expect("numbers and names can be written");
    line + "\n"
}

/// The names of the columns, in the order of [`csv`].
pub const HEADER: &str =
    "policy,id,arrival,burst,first_run,end,turnaround,response,waiting,blocked\n";

/// A line for each job.
pub fn csv(report: &Report) -> String {
    let mut lines = String::new();
    for job in report.rows.iter().map(Job::from) {
        let numbers = [
            job.arrival,
            job.burst,
            job.first_run,
            job.end,
            job.turnaround,
            job.response,
            job.waiting,
            job.blocked,
        ];
        write!(lines, "{},{}", report.policy, job.id).expect("text can be written to");
        for number in numbers {
            write!(lines, ",{number}").expect("text can be written to");
        }
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::{jobs, report};
    use super::{csv, json};

    fn made() -> report::Report {
        let jobs = jobs::Jobs::list("3/2:2,1").unwrap().0;
        let piece = |start, end, job| report::Piece {
            start: report::time(start),
            end: report::time(end),
            cpu: 0,
            job,
        };
        let stays = vec![piece(0, 2, 0), piece(2, 3, 1), piece(4, 5, 0)];
        report::Report::new("fifo", &jobs, stays, Default::default())
    }

    #[test]
    fn json_has_the_names_and_numbers_that_were_promised() {
        let line = concat!(
            r#"{"policy":"fifo","jobs":["#,
            r#"{"id":0,"arrival":0,"burst":3,"first_run":0,"end":5,"#,
            r#""turnaround":5,"response":0,"waiting":2,"blocked":2},"#,
            r#"{"id":1,"arrival":0,"burst":1,"first_run":2,"end":3,"#,
            r#""turnaround":3,"response":2,"waiting":2,"blocked":0}],"#,
            r#""averages":{"turnaround":4.0,"response":1.0,"waiting":2.0},"#,
            r#""switches":3,"timeline":[[0,2,0,0],[2,3,0,1],[4,5,0,0]]}"#,
            "\n"
        );
        assert_eq!(json(&made()), line);
    }

    #[test]
    fn csv_has_a_line_for_each_job() {
        assert_eq!(
            csv(&made()),
            "fifo,0,0,3,0,5,5,0,2,2\nfifo,1,0,1,2,3,3,2,2,0\n"
        );
    }
}
