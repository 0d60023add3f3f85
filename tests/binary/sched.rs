//! `coros sched`: known answers for each policy, as JSON tells them.

use serde_json::Value;

use crate::run;

/// The figures of one policy.
struct Figures(Value);

/// Simulates with JSON as the output; one line for each policy.
#[track_caller]
pub fn simulated(arguments: &str) -> Vec<Value> {
    let mut all = vec!["sched", "--json"];
    all.extend(arguments.split_whitespace());
    let said = run(&all);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{arguments}");
    let lines = said.out.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect()
}

#[track_caller]
fn figures(arguments: &str) -> Figures {
    let mut simulated = simulated(arguments);
    assert_eq!(simulated.len(), 1);
    Figures(simulated.remove(0))
}

impl Figures {
    fn of_jobs(&self, figure: &str) -> Vec<u64> {
        let jobs = self.0["jobs"].as_array().expect("jobs are a list");
        let numbers = jobs.iter().map(|job| job[figure].as_u64());
        numbers
            .map(|number| number.expect("a whole number"))
            .collect()
    }

    /// Turnarounds, responses, and the switches.
    #[track_caller]
    fn are(&self, turnarounds: &[u64], responses: &[u64], switches: u64) {
        assert_eq!(self.of_jobs("turnaround"), turnarounds);
        assert_eq!(self.of_jobs("response"), responses);
        assert_eq!(self.0["switches"], switches);
    }

    /// Mean turnaround, response and waiting, to two digits.
    #[track_caller]
    fn on_average(&self, expected: [f64; 3]) {
        let names = ["turnaround", "response", "waiting"];
        let averages = names.map(|name| self.0["averages"][name].as_f64().expect("a number"));
        for (average, expected) in averages.iter().zip(expected) {
            assert!((average - expected).abs() < 0.005, "{averages:?}");
        }
    }

    /// Who ran, in the order of the timeline.
    fn order(&self) -> Vec<u64> {
        let pieces = self.0["timeline"].as_array().expect("a list");
        pieces
            .iter()
            .map(|piece| piece[3].as_u64().expect("a job"))
            .collect()
    }
}

#[test]
fn fifo_runs_each_job_to_its_end() {
    let equal = figures("--policy fifo --jobs 10,10,10");
    equal.are(&[10, 20, 30], &[0, 10, 20], 2);
    equal.on_average([20.0, 10.0, 10.0]);
    let convoy = figures("--policy fifo --jobs 100,10,10");
    convoy.are(&[100, 110, 120], &[0, 100, 110], 2);
    convoy.on_average([110.0, 70.0, 70.0]);
}

#[test]
fn sjf_runs_the_shortest_first_but_takes_no_cpu_away() {
    let together = figures("--policy sjf --jobs 100,10,10");
    together.are(&[120, 10, 20], &[20, 0, 10], 2);
    together.on_average([50.0, 10.0, 10.0]);
    let late = figures("--policy sjf --jobs 100,10@10,10@10");
    late.are(&[100, 100, 110], &[0, 90, 100], 2);
    late.on_average([103.33, 63.33, 63.33]);
    figures("--policy sjf --jobs 5,5,5").are(&[5, 10, 15], &[0, 5, 10], 2);
}

#[test]
fn stcf_takes_the_cpu_away_for_who_needs_less() {
    let late = figures("--policy stcf --jobs 100,10@10,10@10");
    late.are(&[120, 10, 20], &[0, 0, 10], 3);
    late.on_average([50.0, 3.33, 10.0]);
    // At time 2 both need 3 more, whichever is first on the list.
    figures("--policy stcf --jobs 5,3@2").are(&[5, 6], &[0, 3], 1);
    figures("--policy stcf --jobs 3@2,5").are(&[6, 5], &[3, 0], 1);
}

#[test]
fn rr_lets_each_run_for_a_quantum() {
    let short = figures("--policy rr --jobs 5,5,5");
    short.are(&[13, 14, 15], &[0, 1, 2], 14);
    short.on_average([14.0, 1.0, 9.0]);
    figures("--policy rr --quantum 2 --jobs 5,10,15").are(&[13, 23, 30], &[0, 2, 4], 12);
    let long = figures("--policy rr --quantum 1 --jobs 100,200,300");
    long.are(&[298, 499, 600], &[0, 1, 2], 499);
    long.on_average([465.67, 1.0, 265.67]);
}

#[test]
fn mlfq_sinks_long_jobs_and_lifts_them_at_a_boost() {
    figures("--policy mlfq --jobs 180,20@100").are(&[200, 20], &[0, 0], 2);
    figures("--policy mlfq --jobs 120,120").are(&[230, 240], &[0, 10], 23);
    let boosted = figures("--policy mlfq --jobs 120,50,50 --boost 50");
    boosted.are(&[220, 120, 170], &[0, 10, 20], 17);
    let mix = figures("--policy mlfq --queues 3 --quantum 10 --jobs 84/7:5,42/3:5,51/4:5");
    mix.are(&[180, 161, 171], &[0, 7, 10], 51);
    mix.on_average([170.67, 5.67, 111.67]);
}

#[test]
fn mlfq_cannot_be_gamed_unless_a_wait_renews_the_allotment() {
    let jobs = "--policy mlfq --jobs 180,90/9:1";
    assert_eq!(figures(jobs).of_jobs("turnaround"), [270, 250]);
    let gamed = figures(&format!("{jobs} --stay-on-io"));
    assert_eq!(gamed.of_jobs("turnaround"), [270, 109]);
    // A wait at the very end of a slice comes too late: the slice is used up.
    let late = figures("--policy mlfq --jobs 120,120/10:1 --stay-on-io");
    assert_eq!(late.of_jobs("turnaround"), [230, 240]);
    let smallest = "--policy mlfq --quantum 1 --allotment 1 --stay-on-io --jobs 8,3/1:2";
    assert_eq!(figures(smallest).of_jobs("turnaround"), [11, 9]);
}

#[test]
fn mlfq_starves_a_long_job_unless_there_is_a_boost() {
    let jobs = "--policy mlfq --stay-on-io --jobs 150,100@100/5:5,100@100/5:5";
    assert_eq!(figures(jobs).of_jobs("turnaround"), [350, 195, 200]);
    let boosted = figures(&format!("{jobs} --boost 50"));
    assert_eq!(boosted.of_jobs("turnaround"), [310, 245, 250]);
}

#[test]
fn an_io_overlaps_with_the_work_of_others() {
    let overlapping = figures("--policy rr --quantum 10 --jobs 50/10:10,50");
    assert_eq!(overlapping.of_jobs("blocked"), [40, 0]);
    assert_eq!(overlapping.of_jobs("end"), [90, 100]);
    let overlapping = figures("--policy stcf --jobs 50/10:10,51");
    assert_eq!(overlapping.of_jobs("end"), [90, 101]);
}

#[test]
fn lottery_is_won_by_the_draws_that_are_given() {
    let draws =
        "511275,404934,783799,303313,476597,583382,908113,504687,281838,755804,618369,250506";
    let drawn = figures(&format!(
        "--policy lottery --jobs 8,4 --weights 75,25 --draws {draws}"
    ));
    assert_eq!(drawn.of_jobs("end"), [12, 6]);
    assert_eq!(drawn.order(), [1, 0, 1, 0, 1, 0]);
}

#[test]
fn lottery_repeats_itself_with_the_same_seed_alone() {
    let with = |seed| simulated(&format!("--policy lottery --jobs 50,50,50 --seed {seed}"));
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
}

#[test]
fn stride_shares_by_weights() {
    let shared = figures("--policy stride --jobs 20,20,20 --weights 100,50,250");
    assert_eq!(shared.order()[..6], [0, 1, 2, 0, 2, 0]);
}

#[test]
fn priorities_say_who_is_first() {
    let urgent = figures("--policy priority --jobs 5,5,5 --priorities -1,0,7");
    assert_eq!(urgent.order(), [2, 1, 0]);
}

#[test]
fn edf_keeps_deadlines_that_rate_monotonic_misses() {
    // (2 of each 5) and (4 of each 7), up to time 14.
    let jobs = "--jobs 2,4,2@5,4@7,2@10 --deadlines 5,7,5,7,5 --periods 5,7,5,7,5";
    let edf = figures(&format!("--policy edf {jobs}")).of_jobs("turnaround");
    assert!(edf[1] <= 7 && edf[3] <= 7, "{edf:?}");
    let rm = figures(&format!("--policy rm {jobs}")).of_jobs("turnaround");
    assert!(rm[1] > 7, "{rm:?}");
}

#[test]
fn eevdf_runs_the_earliest_deadline_of_who_may() {
    let jobs = "--policy eevdf --jobs 4,4@1 --weights 2,2 --requests 2,1";
    assert_eq!(figures(jobs).order(), [0, 1, 0, 1, 0, 1, 0, 1]);
}

#[test]
fn several_cpus_work_at_once() {
    let four = figures("--policy fifo --jobs 5,5,5,5,5 --cpus 4");
    assert_eq!(four.of_jobs("end"), [5, 5, 5, 5, 10]);
    let pieces = four.0["timeline"].as_array().expect("a list");
    let cpus: Vec<_> = pieces
        .iter()
        .map(|piece| piece[2].as_u64().expect("a CPU"))
        .collect();
    assert_eq!(cpus, [0, 1, 2, 3, 0]);
    assert_eq!(four.0["switches"], 1);
}

#[test]
fn a_switch_takes_the_time_that_it_costs() {
    let costly = figures("--policy rr --jobs 2,2 --switch-cost 1");
    assert_eq!(costly.of_jobs("end"), [5, 7]);
    assert_eq!(costly.0["switches"], 3, "switching is no idling");
}

#[test]
fn idling_counts_as_a_switch_up_to_the_last_work() {
    let idle = figures("--policy fifo --jobs 1@2,1@5");
    assert_eq!(idle.0["switches"], 3);
    assert_eq!(idle.of_jobs("response"), [0, 0]);
}

/// The figures of the guide's errata.
#[test]
fn eevdf_knows_weights_and_round_robin_does_not() {
    let ends = |policy| {
        let jobs = "--jobs 30,30 --weights 2,1";
        figures(&format!("--policy {policy} {jobs}")).of_jobs("turnaround")
    };
    assert_eq!((ends("rr"), ends("eevdf")), (vec![59, 60], vec![45, 60]));
}
