//! What was measured and counted, for `docs/performance.md`: its tables, and pictures beside it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread::available_parallelism;
use std::time::SystemTime;

use crate::cases::Case;
use crate::chart::{self, Chart, Curve, Scale, grouped};
use crate::count;
use crate::report::{COROS, Entry, Goal, is_limit};

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");

/// The columns of tables; of several subjects in one, the better one counts.
const COLUMNS: [&str; 6] = [COROS, "limit", "tokio", "async-*", "may", "std"];
/// And what they are drawn with: colours of Okabe and Ito (Color Universal Design, 2002).
const COLOURS: [&str; 6] = [
    "#0072b2", "#707070", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
];

/// Writes the tables into the page, and the pictures.
pub fn publish(files: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let mut entries: Vec<Entry> = Vec::new();
    for file in files {
        entries.extend(serde_json::from_slice::<Vec<Entry>>(&fs::read(file)?)?);
    }
    let (counts, times): (Vec<_>, Vec<_>) = rows(&entries)
        .into_iter()
        .partition(|row| row.unit == count::METRIC);
    let page = format!("{DOCS}/performance.md");
    let text = fs::read_to_string(&page)?;
    let figures = [machine()?, table(&times), misses(&times)].join("\n\n");
    let text = replaced(&text, "times", &figures)?;
    let text = replaced(&text, "counts", &table(&counts))?;
    fs::write(page, text)?;
    let cost = Chart {
        title: "Nanoseconds a turn",
        across: "tasks in turn",
        up: Scale::Logarithmic,
        curves: curves("get_tid", "ns", &times),
    };
    fs::write(format!("{DOCS}/cost.svg"), chart::draw(&cost))?;
    let throughput = Chart {
        title: "Round trips in a second",
        across: "connections",
        up: Scale::Linear,
        curves: curves("echo", "per_second", &times),
    };
    fs::write(format!("{DOCS}/throughput.svg"), chart::draw(&throughput))?;
    Ok(())
}

/// What all subjects did in one case, column by column.
#[derive(Debug, PartialEq)]
struct Row {
    case: String,
    param: usize,
    unit: String,
    cells: BTreeMap<usize, f64>,
}

/// The rows, in the order of the entries.
fn rows(entries: &[Entry]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for entry in entries {
        let (case, param, subject, unit, value) = match entry {
            Entry::Time {
                case,
                param,
                subject,
                ns_median,
                ..
            } => (case, *param, subject, "ns", *ns_median),
            Entry::Figure {
                case,
                param,
                subject,
                metric,
                value,
            } => (case, *param, subject, metric.as_str(), *value),
        };
        let Some(column) = column(subject) else {
            continue;
        };
        let is_same = |row: &Row| row.case == *case && row.param == param && row.unit == unit;
        let at = rows.iter().position(is_same).unwrap_or_else(|| {
            rows.push(Row {
                case: case.clone(),
                param,
                unit: unit.to_owned(),
                cells: BTreeMap::new(),
            });
            rows.len() - 1
        });
        let cell = rows[at].cells.entry(column).or_insert(value);
        *cell = cell.min(value);
    }
    rows
}

/// In which column a subject is.
fn column(subject: &str) -> Option<usize> {
    let name = subject.split([',', '-']).next()?;
    match name {
        _ if is_limit(subject) => Some(1),
        "mio" => Some(1),
        "tokio" | "hyper" => Some(2),
        "async" => Some(3),
        name => COLUMNS.iter().position(|column| *column == name),
    }
}

/// A table in Markdown.
fn table(rows: &[Row]) -> String {
    let is_one_unit = rows.iter().all(|row| row.unit == count::METRIC);
    let line = |row: &Row| {
        let cell = |column| {
            row.cells
                .get(&column)
                .map_or("–".to_owned(), |&value| figure(value))
        };
        let cells: Vec<_> = (0..COLUMNS.len()).map(cell).collect();
        let unit = match is_one_unit {
            true => String::new(),
            false => format!(" {} |", row.unit.replace('_', " ")),
        };
        let tasks = grouped(row.param as f64);
        format!("| `{}` | {tasks} |{unit} {} |", row.case, cells.join(" | "))
    };
    let unit = if is_one_unit { "" } else { " unit |" };
    let rule = if is_one_unit { "" } else { "---|" };
    let head = format!("| case | tasks |{unit} {} |", COLUMNS.join(" | "));
    let rule = format!("|---|---:|{rule}{}", "---:|".repeat(COLUMNS.len()));
    let lines = [head, rule].into_iter().chain(rows.iter().map(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// As many digits as say something.
fn figure(value: f64) -> String {
    match value {
        ..100.0 => format!("{value:.1}"),
        _ => grouped(value),
    }
}

/// Which goals of contests were missed, and by how much.
fn misses(rows: &[Row]) -> String {
    let contests = || Case::ALL.into_iter().flat_map(Case::contests);
    let missed = |row: &Row| {
        let contest = contests().find(|contest| contest.case == row.case && row.unit == "ns");
        let goals = contest.map_or_else(Vec::new, |contest| (contest.goals)(row.param));
        let told = |miss| format!("- `{}`, {}: {miss}", row.case, grouped(row.param as f64));
        let misses = goals.into_iter().filter_map(|goal| row.miss(goal));
        misses.map(told).collect::<Vec<_>>()
    };
    let all: Vec<_> = rows.iter().flat_map(missed).collect();
    match all.is_empty() {
        true => "No goal for nanoseconds was missed.".to_owned(),
        false => format!(
            "Goals for nanoseconds that were missed:\n\n{}",
            all.join("\n")
        ),
    }
}

impl Row {
    /// How coros has missed a goal, if it has.
    fn miss(&self, goal: Goal) -> Option<String> {
        let cell = |column: usize| self.cells.get(&column).copied();
        let ours = cell(0)?;
        let of = |other: Option<f64>, name, bound| {
            let ratio = ours / other?;
            (ratio > bound).then(|| format!("{ratio:.2} × {name} instead of {bound} ×"))
        };
        match goal {
            Goal::OfLimit(bound) => of(cell(1), "the limit", bound),
            Goal::OfPeer(name, bound) => of(column(name).and_then(cell), name, bound),
            Goal::AtMost(bound) => {
                (ours > bound).then(|| format!("{ours:.0} ns instead of {bound}"))
            }
            Goal::FasterThanPeers(bound) => {
                let ratio = (2..COLUMNS.len()).filter_map(cell).reduce(f64::min)? / ours;
                let told = || format!("{ratio:.2} × as fast as the best peer instead of {bound} ×");
                (ratio < bound).then(told)
            }
        }
    }
}

/// How a case went with more and more of what it has, for each column that has figures.
fn curves(case: &str, unit: &str, rows: &[Row]) -> Vec<Curve> {
    let rows = || {
        rows.iter()
            .filter(|row| row.case == case && row.unit == unit)
    };
    let point = |column, row: &Row| Some((row.param as f64, *row.cells.get(&column)?));
    let curve = |column| Curve {
        name: COLUMNS[column],
        colour: COLOURS[column],
        points: rows().filter_map(|row| point(column, row)).collect(),
    };
    let all = (0..COLUMNS.len()).map(curve);
    all.filter(|curve| !curve.points.is_empty()).collect()
}

/// The page with something else between two comments of that name.
fn replaced(page: &str, name: &str, with: &str) -> Result<String, String> {
    let [from, till] = [
        format!("<!-- {name} -->"),
        format!("<!-- end of {name} -->"),
    ];
    let parts = page.split_once(&from).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&till)?;
        Some((before, after))
    });
    let (before, after) = parts.ok_or_else(|| format!("no place for {name} in the page"))?;
    Ok(format!("{before}{from}\n{with}\n{till}{after}"))
}

/// This machine, which should be the one that has measured.
fn machine() -> Result<String, Box<dyn Error>> {
    let cores = available_parallelism()?;
    let system = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let system: Vec<_> = system.split('.').take(2).collect();
    let rustc = Command::new("rustc").arg("--version").output()?;
    let rustc = String::from_utf8(rustc.stdout)?;
    let rustc = rustc.split(' ').nth(1).ok_or("rustc tells no version")?;
    let now = httpdate::fmt_http_date(SystemTime::now());
    // Its weekday and its time are left out.
    let date = now.get(5..16).ok_or("a date is too short")?;
    let processor = std::env::consts::ARCH.replace('_', "-");
    Ok(format!(
        "{date}, {cores} {processor} cores, Linux {}, Rust {rustc}, fat LTO for all:",
        system.join(".")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURED: &str = r#"[
        {"case": "get_tid", "param": 2, "subject": "coros", "ns_min": 8.0, "ns_median": 9.25},
        {"case": "get_tid", "param": 2, "subject": "smallest loop", "ns_min": 7.0, "ns_median": 7.5},
        {"case": "get_tid", "param": 2, "subject": "tokio, LocalSet", "ns_min": 70.0, "ns_median": 76.0},
        {"case": "get_tid", "param": 2, "subject": "tokio, plain", "ns_min": 50.0, "ns_median": 53.0},
        {"case": "get_tid", "param": 1000000, "subject": "coros", "ns_min": 80.0, "ns_median": 90.0},
        {"case": "kill", "param": 1, "subject": "coros", "metric": "instructions", "value": 31172.4}
    ]"#;

    fn measured() -> Vec<Row> {
        rows(&serde_json::from_str::<Vec<Entry>>(MEASURED).unwrap())
    }

    #[test]
    fn a_table_has_the_better_of_two_subjects_in_one_column() {
        assert_eq!(
            table(&measured()[..1]),
            "| case | tasks | unit | coros | limit | tokio | async-* | may | std |\n\
             |---|---:|---|---:|---:|---:|---:|---:|---:|\n\
             | `get_tid` | 2 | ns | 9.2 | 7.5 | 53.0 | – | – | – |"
        );
    }

    #[test]
    fn a_table_of_counts_needs_no_unit() {
        assert_eq!(
            table(&measured()[2..]),
            "| case | tasks | coros | limit | tokio | async-* | may | std |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|\n\
             | `kill` | 1 | 31,172 | – | – | – | – | – |"
        );
    }

    #[test]
    fn a_picture_has_a_curve_for_each_column_with_figures() {
        let curves = curves("get_tid", "ns", &measured());
        let curves: Vec<_> = curves.into_iter().map(|c| (c.name, c.points)).collect();
        assert_eq!(
            curves,
            [
                (COROS, vec![(2.0, 9.25), (1e6, 90.0)]),
                ("limit", vec![(2.0, 7.5)]),
                ("tokio", vec![(2.0, 53.0)]),
            ]
        );
    }

    #[test]
    fn what_stands_between_the_comments_is_replaced() {
        let page = "a\n<!-- times -->\nold\n<!-- end of times -->\nb\n";
        let new = replaced(page, "times", "new");
        assert_eq!(
            new.as_deref(),
            Ok("a\n<!-- times -->\nnew\n<!-- end of times -->\nb\n")
        );
        assert!(replaced(page, "counts", "new").is_err());
    }

    #[test]
    fn a_goal_that_was_missed_is_told_with_the_figure() {
        let row = &measured()[0];
        let miss = |goal| row.miss(goal).unwrap_or_default();
        assert_eq!(
            miss(Goal::OfLimit(1.1)),
            "1.23 × the limit instead of 1.1 ×"
        );
        assert_eq!(miss(Goal::OfLimit(1.3)), "");
        let slower = "5.73 × as fast as the best peer instead of 6 ×";
        assert_eq!(miss(Goal::FasterThanPeers(6.0)), slower);
        assert_eq!(miss(Goal::FasterThanPeers(5.0)), "");
        assert_eq!(miss(Goal::AtMost(8.0)), "9 ns instead of 8");
        assert!(misses(&measured()).contains("- `get_tid`, 2: 1.23 × the limit"));
    }

    #[test]
    fn all_peers_have_a_column() {
        let names = ["coros", "mio", "hyper", "async-io", "may", "std"];
        assert_eq!(names.map(column), [0, 1, 2, 3, 4, 5].map(Some));
    }
}
