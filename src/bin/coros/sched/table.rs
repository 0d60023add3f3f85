//! The table: a line a job, and for each policy its figures; as many policies side by side as fit.

use super::report::{Report, Row};

/// A heading, and the figures below it.
struct Column {
    heading: &'static str,
    cells: Vec<String>,
}

impl Column {
    fn width(&self) -> usize {
        let cells = self.cells.iter().map(String::len).max().unwrap_or(0);
        self.heading.len().max(cells)
    }
}

/// Columns under a common title.
struct Block {
    title: String,
    columns: Vec<Column>,
}

impl Block {
    fn width(&self) -> usize {
        let columns: usize = self.columns.iter().map(|column| column.width() + 1).sum();
        columns.max(self.title.len() + 1)
    }

    fn line(&self, cell: impl Fn(&Column) -> String) -> String {
        let line: String = self
            .columns
            .iter()
            .map(|column| format!(" {:>1$}", cell(column), column.width()))
            .collect();
        format!("{line:>0$}", self.width())
    }
}

/// The figures of several policies over the same jobs.
pub fn print(reports: &[Report], width: usize) -> String {
    let Some(first) = reports.first() else {
        return String::new();
    };
    let blocks: Vec<_> = reports.iter().map(figures_of).collect();
    let jobs = match &blocks[..] {
        [block] => Some(jobs_of(first, true)).filter(|jobs| jobs.width() + block.width() < width),
        _ => None,
    };
    let jobs = jobs.unwrap_or_else(|| jobs_of(first, false));
    let mut rest = &blocks[..];
    let mut tables = Vec::new();
    while !rest.is_empty() {
        let fit = fitting(&jobs, rest, width);
        let (side_by_side, later) = rest.split_at(fit);
        tables.push(table(&jobs, side_by_side));
        rest = later;
    }
    tables.join("\n")
}

/// How many blocks fit beside the jobs; one at least.
fn fitting(jobs: &Block, blocks: &[Block], width: usize) -> usize {
    let mut used = jobs.width();
    let fits = |block: &&Block| {
        used += block.width() + 1;
        used <= width
    };
    blocks.iter().take_while(fits).count().max(1)
}

fn jobs_of(report: &Report, whole: bool) -> Block {
    let last = [String::from("average"), String::from("switches")];
    let ids = report.rows.iter().map(|row| row.id.to_string());
    let mut columns = vec![Column {
        heading: "job",
        cells: ids.chain(last).collect(),
    }];
    if whole {
        columns.push(given(report, "arrival", |row| row.arrival));
        columns.push(given(report, "burst", |row| row.burst));
    }
    Block {
        title: String::new(),
        columns,
    }
}

/// A column of numbers without a mean.
fn given(report: &Report, heading: &'static str, figure: fn(&Row) -> u64) -> Column {
    let cells = report.rows.iter().map(|row| figure(row).to_string());
    let cells = cells.chain([String::new(), String::new()]).collect();
    Column { heading, cells }
}

/// A column of numbers with their mean below.
fn meant(report: &Report, heading: &'static str, figure: fn(&Row) -> u64) -> Column {
    let mut column = given(report, heading, figure);
    let jobs = report.rows.len();
    column.cells[jobs] = format!("{:.2}", report.average(figure));
    column
}

fn figures_of(report: &Report) -> Block {
    let mut end = given(report, "end", |row| row.end);
    let jobs = report.rows.len();
    end.cells[jobs + 1] = report.switches.to_string();
    Block {
        title: report.policy.clone(),
        columns: vec![
            end,
            meant(report, "turn", Row::turnaround),
            meant(report, "resp", Row::response),
            meant(report, "wait", Row::waiting),
        ],
    }
}

fn table(jobs: &Block, blocks: &[Block]) -> String {
    let mut lines = vec![line(jobs, blocks, |block| {
        format!(" {:1$}", block.title, block.width() - 1)
    })];
    lines.push(line(jobs, blocks, |block| {
        block.line(|column| column.heading.to_owned())
    }));
    for row in 0..jobs.columns[0].cells.len() {
        lines.push(line(jobs, blocks, |block| {
            block.line(|column| column.cells[row].clone())
        }));
    }
    lines.concat()
}

fn line(jobs: &Block, blocks: &[Block], part: impl Fn(&Block) -> String) -> String {
    let parts: Vec<_> = [jobs].into_iter().chain(blocks).map(part).collect();
    format!("{}\n", parts.join("│").trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::{jobs, report};
    use super::print;

    fn reports(many: usize) -> Vec<report::Report> {
        let jobs = jobs::Jobs::list("5,3@2").unwrap().0;
        let piece = |start, end, job| report::Piece {
            start: report::time(start),
            end: report::time(end),
            cpu: 0,
            job,
        };
        let stays = vec![piece(0, 5, 0), piece(5, 8, 1)];
        let made = || report::Report::new("fifo", &jobs, stays.clone(), Default::default());
        std::iter::repeat_with(made).take(many).collect()
    }

    #[test]
    fn a_policy_alone_has_the_jobs_beside_it() {
        let table = [
            "                       │ fifo",
            "      job arrival burst│ end turn resp wait",
            "        0       0     5│   5    5    0    0",
            "        1       2     3│   8    6    3    3",
            "  average              │     5.50 1.50 1.50",
            " switches              │   1",
            "",
        ]
        .join("\n");
        assert_eq!(print(&reports(1), 80), table);
    }

    #[test]
    fn policies_stand_side_by_side_as_far_as_they_fit() {
        for many in 1..9 {
            let made = print(&reports(many), 80);
            assert!(
                made.lines().all(|line| line.chars().count() <= 80),
                "{made}"
            );
            assert_eq!(made.matches("fifo").count(), many, "{made}");
        }
        assert_eq!(print(&reports(2), 80).lines().count(), 6);
    }
}
