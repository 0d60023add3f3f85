//! Measuring: rounds in which each subject has its turn, and what comes of them.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// What one run of a subject took.
#[derive(Serialize, Deserialize)]
pub struct Sample {
    pub operations: u64,
    pub elapsed: Duration,
}

impl Sample {
    fn ns(&self) -> f64 {
        self.elapsed.as_nanos() as f64 / self.operations as f64
    }
}

/// Somebody who does the work of a case.
pub struct Subject {
    pub name: &'static str,
    /// Does a number of laps; what a lap is, the case says.
    run: Box<dyn FnMut(u64) -> Sample>,
}

impl Subject {
    pub fn new(name: &'static str, run: impl FnMut(u64) -> Sample + 'static) -> Self {
        Self {
            name,
            run: Box::new(run),
        }
    }

    pub fn run(&mut self, laps: u64) -> Sample {
        (self.run)(laps)
    }
}

/// Rounds at most of what takes seconds.
const BRIEF: u32 = 3;

/// How much work to put into measuring.
pub struct Effort {
    pub rounds: u32,
    /// How long one run should take at least; `None` for a single lap.
    run_time: Option<Duration>,
}

impl Effort {
    pub fn full(rounds: u32) -> Self {
        Self {
            rounds,
            run_time: Some(Duration::from_millis(100)),
        }
    }

    pub fn smoke() -> Self {
        Self {
            rounds: 1,
            run_time: None,
        }
    }

    /// The same with few rounds.
    pub fn brief(&self) -> Self {
        Self {
            rounds: self.rounds.min(BRIEF),
            run_time: self.run_time,
        }
    }

    pub fn is_smoke(&self) -> bool {
        self.run_time.is_none()
    }

    /// The number itself, or the tiny one if smoke is all that is asked for.
    pub fn scale(&self, full: usize, tiny: usize) -> usize {
        if self.is_smoke() { tiny } else { full }
    }

    /// Finds out how many laps a run needs; warms the subject up on the way.
    fn calibrate(&self, subject: &mut Subject) -> u64 {
        let Some(run_time) = self.run_time else {
            return 1;
        };
        let mut laps = 1;
        loop {
            let elapsed = (subject.run)(laps).elapsed.max(Duration::from_nanos(100));
            if elapsed >= run_time / 10 {
                let scale = run_time.as_secs_f64() / elapsed.as_secs_f64();
                return (laps as f64 * scale).ceil() as u64;
            }
            laps *= 8;
        }
    }
}

/// Nanoseconds per operation of one subject.
pub struct Timing {
    pub subject: &'static str,
    pub min: f64,
    pub median: f64,
}

/// Measures the subjects in turns, round after round, so that a noisy minute hits all of them.
pub fn measure(subjects: &mut [Subject], effort: &Effort) -> Vec<Timing> {
    let laps: Vec<u64> = subjects.iter_mut().map(|s| effort.calibrate(s)).collect();
    let mut runs = vec![Vec::new(); subjects.len()];
    for _ in 0..effort.rounds {
        for (at, subject) in subjects.iter_mut().enumerate() {
            runs[at].push((subject.run)(laps[at]).ns());
        }
    }
    let timing = |(subject, ns): (&Subject, Vec<f64>)| Timing {
        subject: subject.name,
        min: ns.iter().copied().fold(f64::INFINITY, f64::min),
        median: median(ns),
    };
    subjects.iter().zip(runs).map(timing).collect()
}

/// The middle one; of an even number, the mean of the middle two.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    }
}

/// The value that so large a part of the values does not exceed.
pub fn quantile(values: &[f64], part: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let below = (values.len() as f64 * part).ceil() as usize;
    values[below.max(1) - 1]
}

/// Operations per task at least before the clock starts, and all tasks' together at least.
const WARM_LAPS: u64 = 3;
const WARM_OPERATIONS: u64 = 2_000;

/// The pace of a round robin: laps to warm up, laps by the clock, and one more.
///
/// ```text
///   task 0   ─warm─┬─────laps─────┬─one─    the leader looks at the clock twice
///   task 1   ──warm──┬─────laps─────┬─one─
///   task 2   ───warm───┬─────laps─────┬─one─
/// ```
///
/// Where tasks have their turns in order, exactly `laps` operations of each lie between the leader's
/// two looks, no task starts or ends meanwhile, and nobody pays for the measuring.
pub struct Pace {
    tasks: usize,
    laps: u64,
    began: OnceLock<Instant>,
    ended: OnceLock<Instant>,
}

impl Pace {
    pub fn new(tasks: usize, laps: u64) -> Self {
        Self {
            tasks,
            laps,
            began: OnceLock::new(),
            ended: OnceLock::new(),
        }
    }

    /// How often the task of this number does its operation, stretch by stretch.
    pub fn stretches(&self, task: usize) -> impl Iterator<Item = u64> {
        let look = move |mark: &OnceLock<Instant>| {
            if task == 0 {
                mark.set(Instant::now()).expect("there is one leader");
            }
        };
        let warm = WARM_LAPS.max(WARM_OPERATIONS / self.tasks as u64);
        (0..3).map(move |stretch| match stretch {
            0 => warm,
            1 => {
                look(&self.began);
                self.laps
            }
            _ => {
                look(&self.ended);
                1
            }
        })
    }

    /// What the leader saw.
    pub fn sample(&self) -> Sample {
        let began = self.began.get().expect("the leader started");
        let ended = self.ended.get().expect("the leader finished");
        Sample {
            operations: self.laps * self.tasks as u64,
            elapsed: ended.duration_since(*began),
        }
    }
}
