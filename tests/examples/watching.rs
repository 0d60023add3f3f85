//! The examples of watching tasks.

use crate::prints;

#[test]
fn metrics_tell_one_policy_from_another() {
    prints(
        "metrics",
        "\
fifo:
task              response turnaround waiting     cpu blocked given taken missed
1 long                 0ns       24ms     0ns    24ms     0ns     1     0      0
2 short               24ms       27ms    24ms     3ms     0ns     1     0      0
3 shorter             27ms       29ms    27ms     2ms     0ns     1     0      0
CPU 0: busy 29ms, 2 switches, 3 pieces
3 tasks, 3 ended, in 29ms: 103.448 a second; CPUs used to 100.0 %
mean turnaround 26.66ms, response 17ms, waiting 17ms; longest wait 27ms
wake to turn - (p50), - (p99); fairness 0.476; deadlines missed 0
switches: 3 voluntary (a CPU given up), 0 forced (a CPU taken away)

rr:
task              response turnaround waiting     cpu blocked given taken missed
1 long                 0ns       29ms     5ms    24ms     0ns     1     5      0
2 short                4ms        7ms     4ms     3ms     0ns     1     0      0
3 shorter              7ms        9ms     7ms     2ms     0ns     1     0      0
CPU 0: busy 29ms, 3 switches, 4 pieces
3 tasks, 3 ended, in 29ms: 103.448 a second; CPUs used to 100.0 %
mean turnaround 15ms, response 3.66ms, waiting 5.33ms; longest wait 7ms
wake to turn - (p50), - (p99); fairness 0.476; deadlines missed 0
switches: 3 voluntary (a CPU given up), 5 forced (a CPU taken away)
",
    );
}

#[test]
fn whoever_blocks_holds_everybody_up_and_whoever_sleeps_nobody() {
    prints(
        "blocking",
        "\
asleep:
   2 s: one, lap 1
   2 s: two, lap 1
   4 s: one, lap 2
   4 s: two, lap 2
   6 s: one, lap 3
   6 s: two, lap 3
blocked:
   4 s: one, lap 1
   4 s: two, lap 1
   8 s: one, lap 2
   8 s: two, lap 2
  12 s: one, lap 3
  12 s: two, lap 3
",
    );
}

#[test]
fn two_cpus_do_the_same_work_in_half_the_time() {
    prints(
        "parallelism",
        "\
1 CPU(s), 12 s:
  CPU 0: ABCABCABCABC
2 CPU(s), 6 s:
  CPU 0: ACBACB
  CPU 1: BACBAC
",
    );
}
