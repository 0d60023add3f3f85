//! The table: a line a job, and for each policy its figures; as many policies side by side as fit.

use super::report::{Report, Row};

/// A heading, and the figures below it; as wide as the widest of them.
struct Column {
    heading: &'static str,
    cells: Vec<String>,
    width: usize,
}

impl Column {
    fn new(heading: &'static str, cells: Vec<String>) -> Self {
        let widest = cells.iter().map(String::len).max().unwrap_or(0);
        Self {
            heading,
            cells,
            width: widest.max(heading.len()),
        }
    }
}

/// Columns under a common title. Widths are counted once: a table has a line for each job.
struct Block {
    title: String,
    columns: Vec<Column>,
    width: usize,
}

impl Block {
    fn new(title: String, columns: Vec<Column>) -> Self {
        let wide: usize = columns.iter().map(|column| column.width + 1).sum();
        Self {
            width: wide.max(title.len() + 1),
            title,
            columns,
        }
    }

    fn line<'c>(&'c self, cell: impl Fn(&'c Column) -> &'c str) -> String {
        let line: String = self
            .columns
            .iter()
            .map(|column| format!(" {:>1$}", cell(column), column.width))
            .collect();
        format!("{line:>0$}", self.width)
    }
}

/// The figures of several policies over the same jobs.
pub fn print(reports: &[Report], width: usize) -> String {
    let Some(first) = reports.first() else {
        return String::new();
    };
    let blocks: Vec<_> = reports.iter().map(figures_of).collect();
    let jobs = match &blocks[..] {
        [block] => Some(jobs_of(first, true)).filter(|jobs| jobs.width + block.width < width),
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
    let mut used = jobs.width;
    let fits = |block: &&Block| {
        used += block.width + 1;
        used <= width
    };
    blocks.iter().take_while(fits).count().max(1)
}

fn jobs_of(report: &Report, whole: bool) -> Block {
    let last = [String::from("average"), String::from("switches")];
    let ids = report.rows.iter().map(|row| row.id.to_string());
    let mut columns = vec![Column::new("job", ids.chain(last).collect())];
    if whole {
        columns.push(given(report, "arrival", |row| row.arrival));
        columns.push(given(report, "burst", |row| row.burst));
    }
    Block::new(String::new(), columns)
}

/// A column of numbers without a mean.
fn given(report: &Report, heading: &'static str, figure: fn(&Row) -> u64) -> Column {
    with_last(report, heading, figure, [String::new(), String::new()])
}

/// A column of numbers with their mean below.
fn meant(report: &Report, heading: &'static str, figure: fn(&Row) -> u64) -> Column {
    let mean = format!("{:.2}", report.average(figure));
    with_last(report, heading, figure, [mean, String::new()])
}

/// A column of numbers, with these two cells below.
fn with_last(
    report: &Report,
    heading: &'static str,
    figure: fn(&Row) -> u64,
    last: [String; 2],
) -> Column {
    let cells = report.rows.iter().map(|row| figure(row).to_string());
    Column::new(heading, cells.chain(last).collect())
}

fn figures_of(report: &Report) -> Block {
    let switches = [String::new(), report.switches.to_string()];
    let columns = vec![
        with_last(report, "end", |row| row.end, switches),
        meant(report, "turn", Row::turnaround),
        meant(report, "resp", Row::response),
        meant(report, "wait", Row::waiting),
    ];
    Block::new(report.policy.clone(), columns)
}

fn table(jobs: &Block, blocks: &[Block]) -> String {
    let mut lines = vec![line(jobs, blocks, |block| {
        format!(" {:1$}", block.title, block.width - 1)
    })];
    lines.push(line(jobs, blocks, |block| {
        block.line(|column| column.heading)
    }));
    for row in 0..jobs.columns[0].cells.len() {
        lines.push(line(jobs, blocks, |block| {
            block.line(|column| &column.cells[row])
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
