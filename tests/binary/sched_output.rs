//! `coros sched`: what it prints, for people and for programs.

use serde_json::json;

use crate::sched::simulated;
use crate::{Folder, fits, run, typed};

#[test]
fn json_is_a_line_for_each_policy_in_the_order_asked() {
    let said = simulated("--policy rr,fifo --jobs 3/2:1,1@1");
    // Who arrives at the end of a quantum queues before the one whose quantum it is.
    let rr = json!({
        "policy": "rr",
        "jobs": [
            {
                "id": 0, "arrival": 0, "burst": 3, "first_run": 0, "end": 5,
                "turnaround": 5, "response": 0, "waiting": 2, "blocked": 1
            },
            {
                "id": 1, "arrival": 1, "burst": 1, "first_run": 1, "end": 2,
                "turnaround": 1, "response": 0, "waiting": 0, "blocked": 0
            }
        ],
        "averages": {"turnaround": 3.0, "response": 0.0, "waiting": 1.0},
        "switches": 4,
        "timeline": [[0, 1, 0, 0], [1, 2, 0, 1], [2, 3, 0, 0], [4, 5, 0, 0]]
    });
    assert_eq!((said.len(), &said[0]), (2, &rr));
    assert_eq!(said[1]["policy"], "fifo");
    let timeline = json!([[0, 2, 0, 0], [2, 3, 0, 1], [3, 4, 0, 0]]);
    assert_eq!(said[1]["timeline"], timeline);
}

#[test]
fn csv_is_a_line_for_each_job_of_each_policy() {
    let said = run(&[
        "sched", "--csv", "--policy", "fifo,sjf", "--jobs", "3/2:2,1",
    ]);
    let table = "\
policy,id,arrival,burst,first_run,end,turnaround,response,waiting,blocked
fifo,0,0,3,0,5,5,0,2,2
fifo,1,0,1,2,3,3,2,2,0
sjf,0,0,3,1,6,6,1,3,2
sjf,1,0,1,0,1,1,0,0,0
";
    assert_eq!((said.code, said.out.as_str()), (Some(0), table));
}

#[test]
fn policies_are_drawn_to_one_scale_with_a_table_below() {
    let said = run(&["sched", "--policy", "fifo,rr", "--jobs", "4,2@1/1:2"]);
    let said_so = "\
fifo
job 0  ████
job 1   ···█~~█
       0

rr
job 0  █·██·█
job 1   █~~█
       0

█ runs, ▒ runs for a part of that time, · waits for a CPU, ~ waits for I/O

         │ fifo              │ rr
      job│ end turn resp wait│ end turn resp wait
        0│   4    4    0    0│   6    6    0    2
        1│   8    7    3    5│   5    4    0    2
  average│     5.50 1.50 2.50│     5.00 0.00 2.00
 switches│   3               │   4
";
    assert_eq!((said.code, said.out.as_str()), (Some(0), said_so));
}

#[test]
fn thirteen_policies_fit_in_80_columns() {
    let all = coros::policy::NAMES.join(",");
    let said = run(&["sched", "--policy", &all, "--jobs", "10,20@5/3:2,1000@10"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    fits(&said.out);
    for name in coros::policy::NAMES {
        assert!(
            said.out.contains(&format!("│ {name}")),
            "no {name} in {}",
            said.out
        );
    }
}

#[test]
fn a_wider_chart_shows_more() {
    let columns = |width: &str| {
        let said = run(&[
            "sched", "--policy", "fifo", "--jobs", "150", "--width", width,
        ]);
        let line = said.out.lines().nth(1).expect("a chart").to_owned();
        line.matches('█').count()
    };
    assert_eq!(
        (columns("40"), columns("80"), columns("200")),
        (30, 50, 150)
    );
}

#[test]
fn jobs_are_read_from_a_file_or_from_standard_input() {
    let folder = Folder::new();
    let jobs = "# two jobs\n3/2:2 # waits\n\n1\n";
    let file = folder.file("jobs", jobs);
    let listed = run(&["sched", "--json", "--policy", "rr", "--jobs", "3/2:2,1"]);
    let read = run(&["sched", "--json", "--policy", "rr", "--jobs-file", &file]);
    assert_eq!((read.code, &read.out), (Some(0), &listed.out));
    let typed = typed(
        &["sched", "--json", "--policy", "rr", "--jobs-file", "-"],
        jobs,
    );
    assert_eq!((typed.code, &typed.out), (Some(0), &listed.out));
}

#[test]
fn ten_thousand_jobs_all_come_to_their_ends() {
    let folder = Folder::new();
    let jobs: Vec<_> = (0..10_000)
        .map(|n| format!("{}@{}/3:2", n % 7 + 1, n % 50))
        .collect();
    let file = folder.file("jobs", jobs.join("\n"));
    let said = simulated(&format!("--policy mlfq --cpus 4 --jobs-file {file}"));
    let jobs = said[0]["jobs"].as_array().expect("a list");
    let work: u64 = jobs.iter().map(|job| job["burst"].as_u64().unwrap()).sum();
    let pieces = said[0]["timeline"].as_array().expect("a list").iter();
    let length =
        |piece: &serde_json::Value| piece[1].as_u64().unwrap() - piece[0].as_u64().unwrap();
    assert_eq!(pieces.map(length).sum::<u64>(), work);
    assert_eq!(jobs.len(), 10_000);
}

#[test]
fn a_narrow_terminal_has_room_for_all() {
    for (policies, cpus) in [("rr", "1"), ("rr", "2"), ("fifo,rr,mlfq", "1")] {
        let said = run(&[
            "sched",
            "--width",
            "40",
            "--policy",
            policies,
            "--cpus",
            cpus,
            "--jobs",
            "9,5@2/2:3",
        ]);
        let widest = said.out.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(40), "{}", said.out);
        assert!(said.out.contains("~ waits for I/O"), "{}", said.out);
    }
}
