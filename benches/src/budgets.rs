//! Budgets: how many instructions an operation of coros may take; counted, not timed.
//!
//! They lie in `benches/budgets.json`, one a line, each named by a case and its number of tasks. What
//! stands there is what is counted: to have one case more, add a line with 0, and set it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use clap::ValueEnum;

use crate::cases::Case;
use crate::cases::contest::Contest;
use crate::count;

/// What to do with budgets once coros is counted.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Then {
    /// Fail if a count is more than 3 % above its budget.
    Check,
    /// Lower the budgets that are above their counts; raise none.
    Lower,
    /// Set budgets to what was counted, be it more.
    Set,
}

/// How far above its budget a count may be.
const SLACK: f64 = 1.03;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/budgets.json");

/// Instructions by the name of a case with its number of tasks.
type Counts = BTreeMap<String, f64>;

/// Counts coros in what has a budget and is of one of these cases, and does with the budgets what is asked.
pub fn run(cases: &[Case], then: Then) -> Result<(), Box<dyn Error>> {
    let path = Path::new(FILE);
    let mut budgets: Counts = serde_json::from_slice(&fs::read(path)?)?;
    let counts = count_budgeted(cases, &budgets)?;
    if counts.is_empty() {
        return Err(format!("none of these cases has a budget in {}", path.display()).into());
    }
    let over = over(&budgets, &counts);
    match then {
        Then::Check if !over.is_empty() => return Err(told(&over).into()),
        Then::Check => return Ok(()),
        Then::Lower => lower(&mut budgets, &counts),
        Then::Set => budgets.extend(counts),
    }
    fs::write(path, serde_json::to_string_pretty(&budgets)? + "\n")?;
    Ok(())
}

fn count_budgeted(cases: &[Case], budgets: &Counts) -> Result<Counts, Box<dyn Error>> {
    println!("{:<28}{:>12}{:>12}", "", "budget", "counted");
    let mut counts = Counts::new();
    for contest in cases.iter().flat_map(|case| case.contests()) {
        for tasks in contest.countable() {
            let name = name(contest, tasks);
            let Some(budget) = budgets.get(&name) else {
                continue;
            };
            let count = rounded(count::coros(contest, tasks)?);
            println!(
                "{name:<28}{budget:>12.1}{count:>12.1}{}",
                change(*budget, count)
            );
            counts.insert(name, count);
        }
    }
    Ok(counts)
}

fn name(contest: &Contest, tasks: usize) -> String {
    format!("{} {tasks}", contest.case)
}

/// A tenth of an instruction is enough.
fn rounded(count: f64) -> f64 {
    (count * 10.0).round() / 10.0
}

fn change(budget: f64, count: f64) -> String {
    match (count / budget - 1.0) * 100.0 {
        percent if percent.abs() < 0.05 => String::new(),
        percent => format!("{percent:>+9.1} %"),
    }
}

/// Which counts are too far above their budgets.
fn over<'c>(budgets: &Counts, counts: &'c Counts) -> Vec<(&'c str, f64, f64)> {
    let over = |(name, &count): (&'c String, &f64)| {
        let budget = *budgets.get(name)?;
        (count > budget * SLACK).then_some((name.as_str(), budget, count))
    };
    counts.iter().filter_map(over).collect()
}

fn told(over: &[(&str, f64, f64)]) -> String {
    let line = |(name, budget, count): &(&str, f64, f64)| {
        format!("{name} takes {count} instructions, and may take {budget} and 3 % more")
    };
    over.iter().map(line).collect::<Vec<_>>().join("\n       ")
}

fn lower(budgets: &mut Counts, counts: &Counts) {
    for (name, budget) in budgets {
        if let Some(count) = counts.get(name) {
            *budget = budget.min(*count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts<const N: usize>(all: [(&str, f64); N]) -> Counts {
        all.map(|(name, count)| (name.to_owned(), count)).into()
    }

    #[test]
    fn three_percent_above_a_budget_are_too_much_only_beyond_that() {
        let budgets = counts([("kill 1", 1_000.0), ("ring 503", 100.0)]);
        let counts = counts([("kill 1", 1_031.0), ("ring 503", 103.0)]);
        assert_eq!(over(&budgets, &counts), [("kill 1", 1_000.0, 1_031.0)]);
    }

    #[test]
    fn what_is_over_is_told_with_its_numbers() {
        let told = told(&[("kill 1", 1_000.0, 1_031.5)]);
        assert_eq!(
            told,
            "kill 1 takes 1031.5 instructions, and may take 1000 and 3 % more"
        );
    }

    #[test]
    fn lowering_raises_nothing_and_keeps_what_was_not_counted() {
        let mut budgets = counts([
            ("kill 1", 1_000.0),
            ("ring 503", 100.0),
            ("get_tid 2", 130.0),
        ]);
        lower(
            &mut budgets,
            &counts([("kill 1", 1_010.0), ("ring 503", 99.5)]),
        );
        let lowered = counts([
            ("kill 1", 1_000.0),
            ("ring 503", 99.5),
            ("get_tid 2", 130.0),
        ]);
        assert_eq!(budgets, lowered);
    }

    #[test]
    fn all_budgets_are_of_cases_that_can_be_counted() {
        let budgets: Counts = serde_json::from_str(include_str!("../budgets.json")).unwrap();
        let contests = || Case::ALL.into_iter().flat_map(Case::contests);
        let known = |name: &String| {
            contests().any(|contest| {
                contest
                    .countable()
                    .any(|tasks| super::name(contest, tasks) == *name)
            })
        };
        let unknown: Vec<_> = budgets.keys().filter(|name| !known(name)).collect();
        assert_eq!(unknown, Vec::<&String>::new());
    }
}
