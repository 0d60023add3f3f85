//! The policies give the textbooks' answers: *Operating Systems: Three Easy Pieces*, the papers on lottery,
//! stride and earliest eligible virtual deadline, and Liu and Layland.

use coros::kernel::{Policy, SchedParams};
use coros::policy::{
    Edf, Eevdf, Fair, Fifo, Lottery, Mlfq, OnWait, Priority, RoundRobin, Sjf, Stcf, Stride,
};

use crate::machine::Act::{Compute, SleepUntil};
use crate::machine::{Job, Run, ms, run};

/// Checks turnaround and response of each job, and how often the CPU changed hands.
#[track_caller]
fn check<const N: usize>(
    policy: impl Policy + 'static,
    jobs: [Job; N],
    turnarounds: [u64; N],
    responses: [u64; N],
    switches: usize,
) {
    let run = run(policy, 1, &jobs);
    assert_eq!(run.turnarounds(), turnarounds, "turnarounds");
    assert_eq!(run.responses(), responses, "responses");
    assert_eq!(run.switches(), switches, "switches");
}

fn bursts<const N: usize>(lengths: [u64; N]) -> [Job; N] {
    lengths.map(Job::burst)
}

/// A long job, and two short ones that come a little later.
fn late() -> [Job; 3] {
    [
        Job::burst(100),
        Job::burst(10).at(10),
        Job::burst(10).at(10),
    ]
}

fn rr(quantum: u64) -> RoundRobin {
    RoundRobin::new(ms(quantum))
}

#[test]
fn first_in_first_out() {
    check(
        Fifo::new(),
        bursts([10, 10, 10]),
        [10, 20, 30],
        [0, 10, 20],
        2,
    );
}

#[test]
fn first_in_first_out_lets_a_convoy_form() {
    check(
        Fifo::new(),
        bursts([100, 10, 10]),
        [100, 110, 120],
        [0, 100, 110],
        2,
    );
}

#[test]
fn the_shortest_job_goes_first() {
    check(
        Sjf::new(),
        bursts([100, 10, 10]),
        [120, 10, 20],
        [20, 0, 10],
        2,
    );
    check(Sjf::new(), bursts([5, 5, 5]), [5, 10, 15], [0, 5, 10], 2);
}

#[test]
fn the_shortest_job_waits_for_the_one_that_runs() {
    check(Sjf::new(), late(), [100, 100, 110], [0, 90, 100], 2);
}

#[test]
fn the_shortest_time_to_completion_preempts() {
    check(Stcf::new(), late(), [120, 10, 20], [0, 0, 10], 3);
}

#[test]
fn round_robin() {
    check(rr(1), bursts([5, 5, 5]), [13, 14, 15], [0, 1, 2], 14);
    check(rr(2), bursts([5, 10, 15]), [13, 23, 30], [0, 2, 4], 12);
    check(
        rr(1),
        bursts([100, 200, 300]),
        [298, 499, 600],
        [0, 1, 2],
        499,
    );
}

#[test]
fn a_short_job_preempts_one_that_has_sunk() {
    let jobs = [Job::burst(180), Job::burst(20).at(100)];
    check(Mlfq::new(), jobs, [200, 20], [0, 0], 2);
}

#[test]
fn long_jobs_sink_together() {
    check(Mlfq::new(), bursts([120, 120]), [230, 240], [0, 10], 23);
}

#[test]
fn jobs_that_wait_often_stay_up() {
    let jobs = [
        Job::with_io(84, 7, 5),
        Job::with_io(42, 3, 5),
        Job::with_io(51, 4, 5),
    ];
    check(Mlfq::new(), jobs, [180, 161, 171], [0, 7, 10], 51);
}

#[test]
fn a_boost_brings_all_to_the_top() {
    let policy = Mlfq::new().boost(ms(50));
    check(
        policy,
        bursts([120, 50, 50]),
        [220, 120, 170],
        [0, 10, 20],
        17,
    );
}

#[test]
fn a_job_cannot_game_the_total_allotment() {
    let jobs = [Job::burst(180), Job::with_io(90, 9, 1)];
    let gamed = run(Mlfq::new().on_wait(OnWait::Renew), 1, &jobs);
    assert_eq!(gamed.turnarounds(), [270, 109]);
    let counted = run(Mlfq::new(), 1, &jobs);
    assert_eq!(counted.turnarounds(), [270, 250]);
}

#[test]
fn a_job_that_waits_when_its_slice_ends_has_used_it_up() {
    let jobs = [Job::burst(120), Job::with_io(120, 10, 1)];
    let run_by = |policy: Mlfq| run(policy.on_wait(OnWait::Renew), 1, &jobs).turnarounds();
    assert_eq!(run_by(Mlfq::new()), [230, 240]);

    let jobs = [Job::burst(8), Job::with_io(3, 1, 2)];
    let policy = Mlfq::new().quantum(ms(1)).on_wait(OnWait::Renew);
    check(policy, jobs, [11, 9], [0, 1], 6);
}

/// The longest time for which a job does not run, from its arrival to its end.
fn longest_wait(run: &Run, job: usize) -> usize {
    let line = run.timeline();
    let life = &line[..run.end(job) as usize];
    let waits = life.split(|on| *on == Some(job));
    waits.map(<[_]>::len).max().unwrap()
}

#[test]
fn a_boost_ends_starvation() {
    let jobs = [
        Job::burst(150),
        Job::with_io(100, 5, 5).at(100),
        Job::with_io(100, 5, 5).at(100),
    ];
    let starved = run(Mlfq::new().on_wait(OnWait::Renew), 1, &jobs);
    assert_eq!(starved.turnarounds(), [350, 195, 200]);
    assert_eq!(starved.used(0, 300) - starved.used(0, 100), ms(0));
    assert_eq!(longest_wait(&starved, 0), 200);

    let policy = Mlfq::new().on_wait(OnWait::Renew).boost(ms(50));
    let boosted = run(policy, 1, &jobs);
    assert_eq!(boosted.turnarounds(), [310, 245, 250]);
    assert_eq!(boosted.used(0, 300) - boosted.used(0, 100), ms(40));
    assert_eq!(longest_wait(&boosted, 0), 40);
}

#[test]
fn waits_overlap_with_work() {
    let second = Job::burst(50);
    let busy = Job::new([Compute(90)]);
    let apart = run(Fifo::new(), 1, &[busy, second.clone()]);
    assert_eq!(apart.turnarounds(), [90, 140]);
    // Each of its bursts is guessed to be just under 10 ms: so also the last one is shorter than the 10 ms
    // that the other has left by then, which an equal one would not be.
    let waiting = Job::with_io(50, 10, 10);
    let overlapped = run(Stcf::new().first_guess(ms(9)), 1, &[waiting, second]);
    assert_eq!(overlapped.turnarounds(), [90, 100]);
}

fn weighing(length: u64, weight: u32) -> Job {
    Job::burst(length).claim(SchedParams::new().weight(weight))
}

#[test]
fn a_lottery_is_won_by_whose_ticket_is_drawn() {
    let draws = [
        511_275, 404_934, 783_799, 303_313, 476_597, 583_382, 908_113, 504_687, 281_838, 755_804,
        618_369, 250_506,
    ];
    let policy = Lottery::with_draws(draws, 0).quantum(ms(1));
    let run = run(policy, 1, &[weighing(8, 75), weighing(4, 25)]);
    assert_eq!(run.order(), [1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
    assert_eq!(run.turnarounds(), [12, 6]);
}

#[test]
fn strides_are_even() {
    let jobs = [weighing(20, 100), weighing(20, 50), weighing(40, 250)];
    let run = run(Stride::new().quantum(ms(1)), 1, &jobs);
    let order = run.order();
    assert_eq!(order[..8], [0, 1, 2, 2, 2, 0, 2, 2]);
    assert_eq!(order[8..16], order[..8]);
    assert_eq!(order[16..24], order[..8]);
}

#[test]
fn a_latency_is_shared_by_weight() {
    let run = run(Fair::new(), 1, &[weighing(100, 3121), weighing(100, 1024)]);
    let lengths = run.stays[..2]
        .iter()
        .map(|stay| (stay.to - stay.from).as_micros());
    assert_eq!(lengths.collect::<Vec<_>>(), [36_141, 11_858]);
}

#[test]
fn virtual_deadlines_alternate() {
    let claim = |request| SchedParams::new().weight(2).request(ms(request));
    let jobs = [
        Job::burst(8).claim(claim(2)),
        Job::burst(8).at(1).claim(claim(1)),
    ];
    let run = run(Eevdf::new().quantum(ms(1)), 1, &jobs);
    assert_eq!(run.order()[..8], [0, 1, 0, 1, 0, 1, 0, 1]);
}

/// A task that computes so long in each of its periods, for 35 ms.
fn periodic(work: u64, period: u64) -> Job {
    let releases = (0..35).step_by(period as usize);
    let acts: Vec<_> = releases
        .flat_map(|release| [SleepUntil(release), Compute(work)])
        .collect();
    Job::new(acts).claim(SchedParams::new().period(ms(period)))
}

/// When a periodic job is late for the first time: the end of that period.
fn first_miss(run: &Run, job: usize, work: u64, period: u64) -> Option<u64> {
    let ends = (period..=35).step_by(period as usize);
    let mut due = ends.zip(1..);
    due.find(|(end, releases)| run.used(job, *end) < ms(work * releases))
        .map(|(end, _)| end)
}

#[test]
fn the_earliest_deadline_first_misses_none() {
    let run = run(Edf::new(), 1, &[periodic(2, 5), periodic(4, 7)]);
    assert_eq!(first_miss(&run, 0, 2, 5), None);
    assert_eq!(first_miss(&run, 1, 4, 7), None);
    assert_eq!(
        run.timeline().iter().flatten().count(),
        34,
        "34 of 35 ms are used"
    );
}

#[test]
fn fixed_priorities_miss_a_deadline_at_the_same_load() {
    let jobs = [periodic(2, 5), periodic(4, 7)];
    let run = run(Priority::rate_monotonic(), 1, &jobs);
    assert_eq!(first_miss(&run, 0, 2, 5), None);
    assert_eq!(first_miss(&run, 1, 4, 7), Some(7));
}
