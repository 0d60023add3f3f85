//! `sleep_accuracy`: how much later than asked for a lone sleeper wakes.

use std::time::Duration;

use crate::measure::{Effort, quantile};
use crate::report::{self, COROS, Entry, Figure, Of};
use crate::subjects::coros::Coros;
use crate::subjects::plain;
use crate::subjects::tokio::{Clock, Plain, Tokio};

/// What is asked for, and how often in a round.
const NAPS: [(&str, Duration, usize); 2] = [
    ("sleep_100us", Duration::from_micros(100), 200),
    ("sleep_1ms", Duration::from_millis(1), 100),
];

/// Sleeps so long so many times, and says how much too long each time.
type Sleep = Box<dyn FnMut(Duration, usize) -> Vec<Duration>>;

pub fn run(effort: &Effort) -> Vec<Entry> {
    let mut subjects = subjects();
    NAPS.iter()
        .flat_map(|&(case, asked, times)| {
            let times = effort.scale(times, 1);
            let late = measure(&mut subjects, asked, times, effort.rounds);
            report::figures(case, Of::Tasks(1), &figures(&late, effort))
        })
        .collect()
}

fn subjects() -> [(&'static str, Sleep); 3] {
    let mut coros = Coros::new();
    let tokio = Tokio::<Plain>::new(Clock::With);
    [
        (
            COROS,
            Box::new(move |asked, times| coros.overshoots(asked, times)),
        ),
        (
            "tokio",
            Box::new(move |asked, times| tokio.overshoots(asked, times)),
        ),
        ("std", Box::new(plain::overshoots)),
    ]
}

/// Microseconds too late, all rounds together, subject by subject.
fn measure(
    subjects: &mut [(&'static str, Sleep)],
    asked: Duration,
    times: usize,
    rounds: u32,
) -> Vec<(&'static str, Vec<f64>)> {
    let mut late: Vec<_> = subjects
        .iter()
        .map(|(name, _)| (*name, Vec::new()))
        .collect();
    for _ in 0..rounds {
        for ((_, sleep), (_, late)) in subjects.iter_mut().zip(&mut late) {
            let overshoots = sleep(asked, times);
            late.extend(overshoots.iter().map(|late| late.as_secs_f64() * 1e6));
        }
    }
    late
}

fn figures(late: &[(&'static str, Vec<f64>)], effort: &Effort) -> Vec<Figure> {
    let [_, (_, tokio), _] = late else {
        unreachable!("tokio is the second of three");
    };
    let bound = (!effort.is_smoke()).then(|| quantile(tokio, 0.5));
    let of_subject = |(subject, late): &(&'static str, Vec<f64>)| {
        let figure = |metric, part, at_most| Figure {
            subject,
            metric,
            value: quantile(late, part),
            at_most,
        };
        let bound = bound.filter(|_| *subject == COROS);
        [
            figure("p50_us_late", 0.5, bound),
            figure("p99_us_late", 0.99, None),
        ]
    };
    late.iter().flat_map(of_subject).collect()
}
