//! Round robin: a short quantum answers soon, and ends late.
//!
//! Three jobs are ready at once, and one CPU serves them in turn, each for a quantum at most. A switch
//! from one job to another takes 0.1 ms: far more than a real one, so that it can be seen. Without a
//! quantum a job keeps the CPU until it is done: first in, first out. All figures are exact, since the
//! CPU is simulated.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer, Policy};
use coros::policy::{Fifo, RoundRobin};
use coros::watch::{Metrics, Summary, TaskMetrics};
use coros::{Builder, Clock, Scheduler, Stuck, compute};

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

const SWITCH: Duration = Duration::from_micros(100);

/// Quanta in milliseconds; none is first in, first out.
const QUANTA: [Option<u64>; 4] = [Some(1), Some(4), Some(20), None];

fn policy(quantum: Option<u64>) -> Box<dyn Policy> {
    match quantum {
        Some(count) => Box::new(RoundRobin::new(ms(count))),
        None => Box::new(Fifo::new()),
    }
}

/// Who had the CPU, a letter a millisecond.
#[derive(Default)]
struct Chart(String);

impl Observer for Chart {
    fn observe(&mut self, event: &Event) {
        if let Event::Slice(slice) = event {
            let letter = ["?", "A", "B", "C"][slice.tid.number() as usize];
            let length = (slice.time - slice.from).as_millis() as usize;
            self.0 += &letter.repeat(length);
        }
    }
}

/// Serves three jobs of so many milliseconds.
fn serve(bursts: [u64; 3], quantum: Option<u64>) -> Result<(String, Summary), Stuck> {
    let chart = Rc::new(RefCell::new(Chart::default()));
    let metrics = Rc::new(RefCell::new(Metrics::new()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .switch_cost(SWITCH)
        .policy(policy(quantum))
        .observer(Rc::clone(&chart))
        .observer(Rc::clone(&metrics))
        .build();
    for (name, burst) in ["A", "B", "C"].into_iter().zip(bursts) {
        let work = move || compute(ms(burst)).expect("nothing interrupts it");
        sched
            .spawn_with(Builder::new().name(name), work)
            .expect("a stack of the default size is to be had");
    }
    sched.run()?;
    Ok((chart.take().0, metrics.borrow().summary()))
}

fn in_ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The mean of one figure of all jobs, in milliseconds.
fn mean(summary: &Summary, figure: impl Fn(&TaskMetrics) -> Duration) -> f64 {
    let sum: Duration = summary.tasks.iter().map(figure).sum();
    in_ms(sum) / summary.tasks.len() as f64
}

fn compare(title: &str, bursts: [u64; 3]) -> Result<(), Stuck> {
    println!("{title}");
    println!("  quantum  turnaround  response  switches    all done");
    let mut charts = Vec::new();
    for quantum in QUANTA {
        let (chart, summary) = serve(bursts, quantum)?;
        let name = quantum.map_or("none".into(), |count| format!("{count} ms"));
        let turnaround = mean(&summary, |job| job.turnaround);
        let response = mean(&summary, |job| job.response.unwrap_or_default());
        let (switches, span) = (summary.cpus[0].switches, in_ms(summary.totals.span));
        println!(
            "  {name:>7} {turnaround:>8.1} ms {response:>6.1} ms {switches:>9} {span:>8.1} ms"
        );
        charts.push(format!("  {name:>5} {chart}"));
    }
    println!("{}", charts.join("\n"));
    Ok(())
}

fn main() -> Result<(), Stuck> {
    compare("three jobs of 24 ms", [24, 24, 24])?;
    println!();
    compare("one of 60 ms before two of 6 ms", [60, 6, 6])
}
