//! Metrics agree with the clock, with the textbook, and with each other.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer, Policy, SchedParams};
use coros::policy::{Edf, Fifo, Lottery, Priority, RoundRobin};
use coros::signal::{Signal, kill};
use coros::sync::Mutex;
use coros::syscall::{Block, Compute, GetTid, NewTask, Now};
use coros::time::interval_at;
use coros::watch::{Metrics, Summary, jain};
use coros::{Builder, Clock, Scheduler, call, sleep, spawn, yield_now};

use crate::common::seconds;

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn compute(time: u64) {
    call(Compute(ms(time))).unwrap();
}

/// Keeps all events, as a recording does.
#[derive(Default)]
struct Recording(Vec<Event>);

impl Observer for Recording {
    fn observe(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

/// A scheduler in virtual time with these CPUs, and its metrics.
fn measured(policy: impl Policy + 'static, cpus: u32) -> (Scheduler, Rc<RefCell<Metrics>>) {
    let metrics = Rc::new(RefCell::new(Metrics::new()));
    let builder = Scheduler::builder().clock(Clock::Virtual).policy(policy);
    let sched = builder.cpus(cpus).observer(Rc::clone(&metrics)).build();
    (sched, metrics)
}

/// The three processes of the textbooks: bursts of 24, 3 and 3.
fn textbook(policy: impl Policy + 'static) -> Summary {
    let (mut sched, metrics) = measured(policy, 1);
    for burst in [24, 3, 3] {
        sched.spawn(move || compute(burst));
    }
    sched.run().unwrap();
    metrics.borrow().summary()
}

fn each(summary: &Summary, of: impl Fn(&coros::watch::TaskMetrics) -> Duration) -> Vec<u64> {
    let millis = |task| of(task).as_millis() as u64;
    summary.tasks.iter().map(millis).collect()
}

#[test]
fn first_come_first_served_is_as_in_the_textbook() {
    let summary = textbook(Fifo::new());
    assert_eq!(each(&summary, |task| task.waiting), [0, 24, 27]);
    assert_eq!(each(&summary, |task| task.turnaround), [24, 27, 30]);
    assert_eq!(summary.totals.waiting, Some(ms(17)));
    assert_eq!(summary.totals.turnaround, Some(ms(27)));
    assert_eq!((summary.cpus[0].pieces, summary.cpus[0].switches), (3, 2));
    assert_eq!(summary.totals.utilisation, 1.0);
    assert_eq!(summary.totals.throughput, 100.0);
    assert_eq!(summary.totals.longest_wait, ms(27));
}

#[test]
fn round_robin_is_as_in_the_textbook() {
    let summary = textbook(RoundRobin::new(ms(4)));
    assert_eq!(each(&summary, |task| task.waiting), [6, 4, 7]);
    assert_eq!(each(&summary, |task| task.turnaround), [30, 7, 10]);
    assert_eq!(each(&summary, |task| task.response.unwrap()), [0, 4, 7]);
    assert_eq!((summary.cpus[0].pieces, summary.cpus[0].switches), (4, 3));
    assert_eq!(
        summary.tasks[0].forced, 5,
        "six slices of 4, the last to its end"
    );
    assert_eq!(summary.tasks[0].voluntary, 1);
    assert_eq!(summary.tasks[0].longest_wait, ms(6));
}

#[test]
fn idle_time_is_a_piece_and_no_switch() {
    let (mut sched, metrics) = measured(Fifo::new(), 1);
    sched.spawn(|| {
        sleep(ms(5)).unwrap();
        compute(5);
        sleep(ms(5)).unwrap();
        compute(5);
    });
    sched.run().unwrap();
    let summary = metrics.borrow().summary();
    assert_eq!((summary.cpus[0].pieces, summary.cpus[0].switches), (4, 0));
    assert_eq!(summary.totals.utilisation, 0.5);
    assert_eq!(summary.tasks[0].blocked, ms(10));
}

#[test]
fn a_switch_is_time_in_which_its_task_is_ready_and_no_idle_piece() {
    let metrics = Rc::new(RefCell::new(Metrics::new()));
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let observed = builder.switch_cost(ms(1)).observer(Rc::clone(&metrics));
    let mut sched = observed.build();
    (0..2).for_each(|_| _ = sched.spawn(|| compute(10)));
    sched.run().unwrap();
    let summary = metrics.borrow().summary();
    assert_eq!(each(&summary, |task| task.waiting), [0, 11]);
    assert_eq!(summary.totals.busy, ms(20));
    assert_eq!(summary.cpus[0].pieces, 2);
}

#[test]
fn from_wake_to_turn_is_measured_each_time() {
    let (mut sched, metrics) = measured(Fifo::new(), 1);
    sched.spawn(|| {
        for _ in 0..4 {
            sleep(ms(10)).unwrap();
        }
    });
    sched.spawn(|| {
        compute(25); // The sleeper wakes at 10, and has its turn at 25.
        sleep(ms(10)).unwrap();
    });
    sched.run().unwrap();
    let summary = metrics.borrow().summary();
    let sleeper = &summary.tasks[0];
    assert_eq!(sleeper.wake_p50, Some(ms(0)));
    assert_eq!(sleeper.wake_p99, Some(ms(15)));
    assert_eq!((sleeper.waiting, sleeper.longest_wait), (ms(15), ms(15)));
    assert_eq!(summary.totals.wake_p99, Some(ms(15)));
}

#[test]
fn a_task_counts_from_its_arrival() {
    let (mut sched, metrics) = measured(Fifo::new(), 1);
    sched.spawn(|| compute(10));
    let late = Builder::new().arrival(ms(6));
    sched.spawn_with(late, || compute(1)).unwrap();
    sched.run().unwrap();
    let summary = metrics.borrow().summary();
    assert_eq!(summary.tasks[1].arrival, ms(6));
    assert_eq!(
        (summary.tasks[1].waiting, summary.tasks[1].turnaround),
        (ms(4), ms(5))
    );
}

/// Runs tasks on one CPU, first in first out, and measures them.
fn in_turn<const N: usize>(tasks: [fn(); N]) -> Summary {
    let (mut sched, metrics) = measured(Fifo::new(), 1);
    for task in tasks {
        sched.spawn(task);
    }
    sched.run().unwrap();
    metrics.borrow().summary()
}

#[test]
fn a_turnaround_ends_with_the_work_and_not_with_the_turn_that_returns() {
    // Each asks for the time when it is done, which gives its CPU up to the others.
    let job = || {
        call(GetTid);
        compute(10);
        call(Now);
    };
    let summary = in_turn([job; 3]);
    assert_eq!(each(&summary, |task| task.turnaround), [10, 20, 30]);
    assert_eq!(each(&summary, |task| task.waiting), [0, 10, 20]);
    assert_eq!(each(&summary, |task| task.end.unwrap()), [10, 20, 30]);
    assert_eq!(each(&summary, |task| task.longest_wait), [0, 10, 20]);
    assert_eq!(summary.totals.turnaround, Some(ms(20)));
    adds_up(&summary, "three jobs");
}

#[test]
fn whoever_makes_calls_is_not_done_with_the_first() {
    let summary = in_turn([
        || {
            compute(10);
            call(Now);
            call(NewTask::new(|| compute(5)));
        },
        || compute(20),
    ]);
    // It makes its child at 30, and queues behind it.
    assert_eq!(each(&summary, |task| task.turnaround), [35, 30, 5]);
}

#[test]
fn what_comes_after_a_wait_or_a_yield_is_work_though_it_takes_no_time() {
    let long = || compute(50);
    let sleeps = || {
        compute(10);
        sleep(ms(10)).unwrap();
    };
    let summary = in_turn([sleeps, long]);
    assert_eq!(each(&summary, |task| task.turnaround), [60, 60]);
    assert_eq!(each(&summary, |task| task.blocked), [10, 0]);

    let gives_way = || {
        compute(10);
        yield_now();
    };
    let summary = in_turn([gives_way, long]);
    assert_eq!(each(&summary, |task| task.turnaround), [60, 60]);
    assert_eq!(each(&summary, |task| task.waiting), [50, 10]);
}

#[test]
fn a_deadline_is_kept_by_work_that_is_done_though_its_task_returns_late() {
    let (mut sched, metrics) = measured(Fifo::new(), 1);
    let in_time = Builder::new().claim(SchedParams::new().deadline(ms(10)));
    let work = || {
        compute(10);
        call(Now);
    };
    sched.spawn_with(in_time, work).unwrap();
    sched.spawn(|| compute(50));
    sched.run().unwrap();
    assert_eq!(metrics.borrow().summary().totals.missed, 0);
}

#[test]
fn a_stopped_task_is_neither_ready_nor_running() {
    let (mut sched, metrics) = measured(Fifo::new(), 2);
    sched.spawn(|| {
        let worker = spawn(|| compute(10));
        sleep(ms(4)).unwrap();
        kill(worker.tid(), Signal::Tstp).unwrap();
        sleep(ms(20)).unwrap();
        kill(worker.tid(), Signal::Cont).unwrap();
        worker.join().unwrap();
    });
    sched.run().unwrap();
    let summary = metrics.borrow().summary();
    let worker = &summary.tasks[1];
    let times = [
        worker.cpu,
        worker.waiting,
        worker.blocked,
        worker.turnaround,
    ];
    assert_eq!(times, [10, 0, 20, 30].map(ms));
}

/// Runs periodic tasks, by their work and period, for so long, with a policy; says who missed how many
/// deadlines.
fn misses(policy: impl Policy + 'static, tasks: &[(u64, u64)], periods: u64) -> Vec<u64> {
    let (mut sched, metrics) = measured(policy, 1);
    let start = sched.now();
    for &(work, period) in tasks {
        let claim = SchedParams::new().period(ms(period)).burst(ms(work));
        let body = move || {
            let mut ticks = interval_at(start, ms(period));
            for _ in 0..periods {
                ticks.tick().unwrap();
                compute(work);
            }
        };
        sched.spawn_with(Builder::new().claim(claim), body).unwrap();
    }
    sched.run().unwrap();
    let summary = metrics.borrow().summary();
    summary.tasks.iter().map(|task| task.missed).collect()
}

#[test]
fn what_fits_misses_no_deadline_by_earliest_deadline_first_and_does_by_fixed_priorities() {
    // Liu and Layland's: 2 of 5 and 4 of 7 fill 97 per cent.
    let tasks = [(2, 5), (4, 7)];
    assert_eq!(misses(Edf::new(), &tasks, 35), [0, 0]);
    let missed = misses(Priority::rate_monotonic(), &tasks, 35);
    assert_eq!(missed[0], 0);
    assert!(missed[1] > 0, "{missed:?}");
}

#[test]
fn each_deadline_that_is_missed_counts() {
    // Of 12 each 10: the work of each of the ten releases ends late, at 12, 24, ... 120.
    assert_eq!(misses(Fifo::new(), &[(12, 10)], 10), [11]);
    let (mut sched, metrics) = measured(Fifo::new(), 1);
    let claim = SchedParams::new().deadline(ms(5));
    let once = |work| (Builder::new().claim(claim.clone()), move || compute(work));
    for (builder, body) in [once(5), once(1)] {
        sched.spawn_with(builder, body).unwrap();
    }
    sched.run().unwrap();
    let summary = metrics.borrow().summary();
    let missed: Vec<_> = summary.tasks.iter().map(|task| task.missed).collect();
    assert_eq!(missed, [0, 1], "at 5, just in time; and at 6");
}

#[test]
fn fairness_is_by_weight_and_only_among_those_who_want_a_cpu() {
    let (mut sched, metrics) = measured(RoundRobin::new(ms(1)), 1);
    for weight in [1, 3] {
        let claim = SchedParams::new().weight(weight);
        let body = move || compute(u64::from(weight) * 10);
        sched.spawn_with(Builder::new().claim(claim), body).unwrap();
    }
    sched.spawn(|| sleep(ms(1)));
    sched.run().unwrap();
    assert_eq!(metrics.borrow().summary().totals.fairness, 1.0);
}

#[test]
fn jain_s_index_is_between_one_part_and_one() {
    assert_eq!(jain(&[]), 1.0);
    assert_eq!(jain(&[0.0, 0.0]), 1.0);
    assert_eq!(jain(&[5.0, 0.0]), 0.5);
    assert_eq!(jain(&[f64::MAX, f64::MAX]), 1.0);
    assert_eq!(jain(&[f64::NAN, -1.0, 1.0, 1.0]), 0.5);
    let index = jain(&[1.0, 2.0, 3.0]);
    assert!((index - 36.0 / 42.0).abs() < 1e-12, "{index}");
}

#[test]
fn without_cpus_the_turns_are_measured() {
    let metrics = Rc::new(RefCell::new(Metrics::new()));
    let builder = Scheduler::builder().clock(Clock::Virtual);
    let mut sched = builder.observer(Rc::clone(&metrics)).build();
    sched.spawn(|| call(Block(ms(10))));
    sched.spawn(|| {
        yield_now();
        sleep(ms(5)).unwrap();
    });
    sched.run().unwrap();
    let summary = metrics.borrow().summary();
    assert_eq!(each(&summary, |task| task.cpu), [10, 0]);
    assert_eq!(each(&summary, |task| task.waiting), [0, 10]);
    assert_eq!(each(&summary, |task| task.blocked), [0, 5]);
    assert_eq!(summary.tasks[1].voluntary, 3);
    assert_eq!(summary.totals.span, ms(15));
}

#[test]
fn tasks_that_are_not_kept_count_in_the_totals() {
    let run = |keep| {
        let metrics = Rc::new(RefCell::new(Metrics::new().keep(keep)));
        let builder = Scheduler::builder().clock(Clock::Virtual);
        let mut sched = builder.observer(Rc::clone(&metrics)).build();
        sched.spawn(|| (1..=20).for_each(|n| spawn(move || compute(n)).join().unwrap()));
        sched.run().unwrap();
        metrics.borrow().summary()
    };
    let (all, few) = (run(1000), run(3));
    assert_eq!((all.tasks.len(), all.totals.forgotten), (21, 0));
    assert!(few.tasks.len() <= 5, "{}", few.tasks.len());
    assert_eq!(few.totals.forgotten as usize, 21 - few.tasks.len());
    assert_eq!(few.totals.tasks, 21);
    assert_eq!(few.totals.turnaround, all.totals.turnaround);
    assert_eq!(few.totals.busy, all.totals.busy);
    assert!((few.totals.fairness - all.totals.fairness).abs() < 1e-12);
}

/// Numbers that look random, from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

/// A task that does this and that.
fn live(mut dice: Dice, lock: &Mutex<()>, generations: u64) {
    for _ in 0..dice.roll(12) {
        match dice.roll(9) {
            0 => yield_now(),
            1 => _ = sleep(ms(dice.roll(8))),
            2 => call(Block(ms(dice.roll(3)))),
            3 => {
                let _guard = lock.lock();
                _ = call(Compute(ms(dice.roll(5))));
            }
            4 if generations > 0 => {
                let (lock, seed) = (lock.clone(), Dice(dice.roll(1 << 30)));
                let child = spawn(move || live(seed, &lock, generations - 1));
                match dice.roll(4) {
                    0 => _ = child.join(),
                    1 => _ = child.kill(),
                    2 => child.cancel("enough"),
                    _ => {}
                }
            }
            5 => _ = coros::timeout(ms(dice.roll(5)), || call(Compute(ms(4)))),
            6 if dice.roll(8) == 0 => panic!("unlucky"),
            _ => _ = call(Compute(ms(dice.roll(9)))),
        }
    }
}

/// What holds of any metrics.
fn adds_up(summary: &Summary, context: &str) {
    for task in &summary.tasks {
        let sum = task.cpu + task.waiting + task.blocked;
        assert_eq!(task.turnaround, sum, "{context}: {task:?}");
        assert!(task.longest_wait <= task.waiting, "{context}: {task:?}");
    }
    let cpu: Duration = summary.tasks.iter().map(|task| task.cpu).sum();
    let busy: Duration = summary.cpus.iter().map(|cpu| cpu.busy).sum();
    assert_eq!((cpu, busy), (busy, summary.totals.busy), "{context}");
    let used = summary.totals.utilisation;
    assert!((0.0..=1.0).contains(&used), "{context}: {used}");
    for cpu in &summary.cpus {
        assert!(cpu.busy <= summary.totals.span, "{context}: {cpu:?}");
    }
    for line in summary.to_string().lines() {
        assert!(line.chars().count() <= 80, "{context}: {line}");
    }
}

#[test]
fn all_time_is_counted_once_whatever_tasks_do() {
    for seed in 0..200 {
        let mut dice = Dice(seed);
        let policy: Box<dyn Policy> = match dice.roll(4) {
            0 => Box::new(Fifo::new()),
            1 => Box::new(RoundRobin::new(ms(1 + dice.roll(4)))),
            2 => Box::new(Lottery::new(seed)),
            _ => Box::new(Priority::new().quantum(ms(2))),
        };
        let metrics = Rc::new(RefCell::new(Metrics::new()));
        let recording = Rc::new(RefCell::new(Recording::default()));
        let mut builder = Scheduler::builder().clock(Clock::Virtual).seed(seed);
        if dice.roll(5) > 0 {
            builder = builder.cpus(1 + dice.roll(3) as u32).policy(policy);
            builder = builder.switch_cost(Duration::from_micros(dice.roll(3) * 100));
        }
        let observed = builder.observer(Rc::clone(&metrics));
        let mut sched = observed.observer(Rc::clone(&recording)).build();
        let lock = Mutex::new(());
        for n in 0..4 {
            let (lock, own) = (lock.clone(), Dice(seed * 4 + n));
            let claim = SchedParams::new().priority(dice.roll(3) as i32);
            let builder = Builder::new().arrival(ms(dice.roll(9))).claim(claim);
            sched
                .spawn_with(builder, move || live(own, &lock, 2))
                .unwrap();
        }
        sched.run().unwrap();
        let summary = metrics.borrow().summary();
        adds_up(&summary, &format!("seed {seed}"));
        let mut again = Metrics::new();
        for event in &recording.borrow().0 {
            again.observe(event);
        }
        assert_eq!(again.summary(), summary, "seed {seed}: from its recording");
    }
}

#[test]
fn all_time_is_counted_once_in_real_time_too() {
    let metrics = Rc::new(RefCell::new(Metrics::new()));
    let mut sched = Scheduler::builder().observer(Rc::clone(&metrics)).build();
    for _ in 0..3 {
        sched.spawn(|| {
            compute(1);
            sleep(ms(1)).unwrap();
            (0..50).for_each(|_| yield_now());
            compute(2);
        });
    }
    sched.run().unwrap();
    let summary = metrics.borrow().summary();
    adds_up(&summary, "in real time");
    assert!(summary.totals.busy >= ms(9), "{summary}");
}

#[test]
fn nothing_observed_is_nothing_measured() {
    let summary = Metrics::new().summary();
    assert_eq!((summary.tasks.len(), summary.totals.span), (0, seconds(0)));
    assert_eq!(summary.totals.utilisation, 0.0);
    assert_eq!(summary.totals.turnaround, None);
}

#[test]
fn a_summary_is_as_wide_as_its_format_says() {
    let summary = textbook(Fifo::new());
    assert_eq!(format!("{summary}"), format!("{summary:80}"));
    assert_eq!(format!("{summary:1}"), format!("{summary:40}"));
    for width in 40..=200 {
        let table = format!("{summary:width$}");
        assert!(table.lines().all(|line| line.chars().count() <= width));
        let headings = ["response", "turnaround", "blocked", "missed"];
        let told = headings.map(|heading| table.contains(heading));
        assert_eq!(told, [true; 4], "{table}");
        let lines = table
            .lines()
            .filter(|line| line.starts_with("task "))
            .count();
        assert!(width < 80 || lines == 1, "{table}");
    }
}

#[cfg(feature = "record")]
#[test]
fn a_summary_is_written_with_times_in_nanoseconds() {
    let json = serde_json::to_value(textbook(Fifo::new())).unwrap();
    assert_eq!(json["tasks"][1]["turnaround"], 27_000_000);
    assert_eq!(json["tasks"][0]["wake_p50"], serde_json::Value::Null);
    assert_eq!(json["totals"]["waiting"], 17_000_000);
    assert_eq!(json["cpus"][0]["pieces"], 3);
}
