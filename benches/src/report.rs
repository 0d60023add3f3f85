//! The report: a table to read, goals judged, figures as JSON.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::measure::Timing;

pub const COROS: &str = "coros";
/// Raw coroutines without a scheduler: nothing built on them can be much faster.
pub const LIMIT: &str = "corosensei";
/// The same in the smallest loop that does what a kernel must.
pub const LOOP: &str = "smallest loop";

/// Whether a subject is no peer, but a limit.
pub fn is_limit(subject: &str) -> bool {
    [LIMIT, LOOP].contains(&subject)
}

/// One figure as it goes into the JSON file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    Time {
        case: String,
        param: usize,
        subject: String,
        ns_min: f64,
        ns_median: f64,
    },
    Figure {
        case: String,
        param: usize,
        subject: String,
        metric: String,
        value: f64,
    },
}

/// What coros has set itself for one case.
#[derive(Clone, Copy)]
pub enum Goal {
    /// At most so many times what the limit takes.
    OfLimit(f64),
    /// At least so many times faster than the best peer.
    FasterThanPeers(f64),
    /// At most so many times what this peer takes.
    OfPeer(&'static str, f64),
    /// At most so many nanoseconds.
    AtMost(f64),
}

/// Prints the timings of one case with so many tasks, and judges them.
pub fn timings(case: &'static str, param: usize, timings: &[Timing], goals: &[Goal]) -> Vec<Entry> {
    println!(
        "\n{:<28}{:>12}{:>12}",
        format!("{case}, {}", Of::Tasks(param)),
        "min ns",
        "median ns"
    );
    for Timing {
        subject,
        min,
        median,
    } in timings
    {
        println!("  {subject:<26}{min:>12.2}{median:>12.2}");
    }
    compare(timings, goals);
    let entry = |timing: &Timing| Entry::Time {
        case: case.to_owned(),
        param,
        subject: timing.subject.to_owned(),
        ns_min: timing.min,
        ns_median: timing.median,
    };
    timings.iter().map(entry).collect()
}

/// Prints how coros stands to the limit, to the best peer, and to those named in goals.
fn compare(timings: &[Timing], goals: &[Goal]) {
    let named = |name: &str| timings.iter().find(|t| t.subject == name);
    let bound = |of: fn(&Goal) -> Option<Bound>| goals.iter().find_map(of);
    let Some(coros) = named(COROS) else {
        return;
    };
    if let Some(limit) = timings.iter().find(|t| is_limit(t.subject)) {
        let of_limit = bound(|goal| match goal {
            Goal::OfLimit(bound) => Some(Bound::AtMost(*bound)),
            _ => None,
        });
        print_ratio(coros, limit, of_limit);
    }
    if let Some(peer) = best_peer(timings) {
        let faster = bound(|goal| match goal {
            Goal::FasterThanPeers(bound) => Some(Bound::AtLeast(*bound)),
            _ => None,
        });
        print_ratio(peer, coros, faster);
    }
    for goal in goals {
        match goal {
            Goal::OfPeer(name, bound) => {
                if let Some(peer) = named(name) {
                    print_ratio(coros, peer, Some(Bound::AtMost(*bound)));
                }
            }
            Goal::AtMost(bound) => {
                let verdict = verdict(coros.median <= *bound);
                println!("  {COROS:<26}goal: at most {bound} ns – {verdict}");
            }
            Goal::OfLimit(_) | Goal::FasterThanPeers(_) => {}
        }
    }
}

fn best_peer(timings: &[Timing]) -> Option<&Timing> {
    let peers = timings
        .iter()
        .filter(|t| t.subject != COROS && !is_limit(t.subject));
    peers.min_by(|a, b| a.median.total_cmp(&b.median))
}

/// Prints how many times `below` goes into `above`; the medians are judged.
fn print_ratio(above: &Timing, below: &Timing, bound: Option<Bound>) {
    let ratio = above.median / below.median;
    println!(
        "  {:<26}{:>10.2} ×{:>10.2} ×{}",
        format!("{} / {}", above.subject, below.subject),
        above.min / below.min,
        ratio,
        bound.map(|bound| bound.judge(ratio)).unwrap_or_default()
    );
}

fn verdict(is_reached: bool) -> &'static str {
    if is_reached { "reached" } else { "MISSED" }
}

/// A figure that is no time per operation, and the most it should be.
pub struct Figure {
    pub subject: &'static str,
    pub metric: &'static str,
    pub value: f64,
    pub at_most: Option<f64>,
}

/// Prints how coros stands to a peer, and judges a ratio that has a bound.
pub fn ratio(peer: &str, metric: &str, ratio: f64, bound: Option<Bound>) {
    let name = format!("{COROS} / {peer}");
    let verdict = bound.map(|bound| bound.judge(ratio)).unwrap_or_default();
    println!("  {name:<18}{metric:<14}{ratio:>6.2} ×{verdict}");
}

/// What a ratio should be at most, or at least.
#[derive(Clone, Copy)]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Bound {
    fn judge(self, ratio: f64) -> String {
        let (how, bound, is_reached) = match self {
            Self::AtMost(bound) => ("at most", bound, ratio <= bound),
            Self::AtLeast(bound) => ("at least", bound, ratio >= bound),
        };
        format!("   goal: {how} {bound} × – {}", verdict(is_reached))
    }
}

/// What a case has so many of.
#[derive(Clone, Copy)]
pub enum Of {
    Tasks(usize),
    Connections(usize),
}

impl Of {
    fn count(self) -> usize {
        match self {
            Self::Tasks(count) | Self::Connections(count) => count,
        }
    }
}

impl fmt::Display for Of {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Tasks(_) => "task",
            Self::Connections(_) => "connection",
        };
        let count = self.count();
        write!(out, "{count} {name}{}", if count == 1 { "" } else { "s" })
    }
}

/// Prints other figures, and judges them.
pub fn figures(case: &'static str, of: Of, figures: &[Figure]) -> Vec<Entry> {
    println!("\n{case}, {of}");
    for Figure {
        subject,
        metric,
        value,
        at_most,
    } in figures
    {
        let verdict = at_most
            .map(|bound| format!("   goal: at most {bound:.0} – {}", verdict(*value <= bound)));
        let name = format!("{subject} {metric}");
        println!("  {name:<30}{value:>12.2}{}", verdict.unwrap_or_default());
    }
    let entry = |figure: &Figure| Entry::Figure {
        case: case.to_owned(),
        param: of.count(),
        subject: figure.subject.to_owned(),
        metric: figure.metric.to_owned(),
        value: figure.value,
    };
    figures.iter().map(entry).collect()
}
