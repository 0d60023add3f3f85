//! The examples of tasks and their calls.

use crate::prints;

#[test]
fn one_task_runs_by_hand_from_trap_to_trap() {
    prints(
        "one_task",
        "\
task: the sum is 1
main: Trapped(\"Yield\")
task: the sum is 3
main: Trapped(\"Yield\")
task: the sum is 6
main: Trapped(\"Yield\")
main: Ended(Returned)
main: Ended(Returned)
",
    );
}

#[test]
fn two_endless_tasks_take_turns_until_main_has_seen_enough() {
    prints(
        "two_endless",
        "\
ping
pong
ping
pong
ping
pong
main has seen enough
pong is unwound
ping is unwound
",
    );
}

#[test]
fn a_slow_task_does_not_hold_up_a_short_one() {
    prints(
        "slow_and_short",
        "\
short: step 1
short: step 2
short: step 3
short: done
slow: 1 h
slow: 2 h
slow: 3 h
",
    );
}

#[test]
fn the_longer_of_two_tasks_goes_on_alone() {
    prints(
        "different_lengths",
        "\
short: 1 of 2
long: 1 of 5
short: 2 of 2
long: 2 of 5
long: 3 of 5
long: 4 of 5
long: 5 of 5
2 and 5 rounds
9 turns; 2 tasks: 2 returned, 0 panicked, 0 killed
",
    );
}

#[test]
fn three_tasks_ask_before_the_first_reads_its_answer() {
    prints(
        "get_tid",
        "\
a task asks
a task asks
a task asks
I am task 1
I am task 2
I am task 3
",
    );
}

#[test]
fn a_new_task_runs_before_its_parent_reads_the_reply() {
    prints(
        "new_task",
        "\
born; generations to come: 3
born; generations to come: 2
made task 2
born; generations to come: 1
made task 3
born; generations to come: 0
made task 4
7 turns; 4 tasks: 4 returned, 0 panicked, 0 killed
",
    );
}

#[test]
fn two_wait_for_the_same_task_and_both_learn_how_it_ended() {
    prints(
        "wait_task",
        "\
worker: step 1
worker: step 2
worker: step 3
parent: the worker returned
friend: the worker returned
parent: no such task: 2 (it has ended, or is another scheduler's)
parent: the friend has ended too, but its handle says: see you
",
    );
}

#[test]
fn a_killed_task_is_unwound_before_its_killer_goes_on() {
    prints(
        "kill_task",
        "\
I'm the child, 2
I'm the child, 2
I'm the child, 2
I'm the child, 2
I'm the child, 2
parent: that will do
child: the lamp is back in its place
parent: it is gone
parent: no such task: 2 (it has ended, or is another scheduler's)
parent: no such task: 2 (it has ended, or is another scheduler's)
",
    );
}

#[test]
fn a_panic_ends_its_own_task_alone() {
    prints(
        "crash",
        "\
reckless: what could go wrong?
careful: step 1
careful: step 2
parent: it said: that could
careful: step 3
parent: 3 steps came to a good end
9 turns; 3 tasks: 2 returned, 1 panicked, 0 killed
",
    );
}

#[test]
fn a_call_of_ones_own_waits_and_passes_its_place_on_when_killed() {
    prints(
        "own_call",
        "\
task 2: at the gate
task 3: at the gate
task 4: at the gate
task 5: at the gate
task 6: at the gate
task 5: killed in the queue
task 2: inside
task 3: inside
task 2: leaves
gate: the place goes to task 4
task 4: killed before I could enter
gate: the place goes to task 6
task 3: leaves
gate: the place is free
task 6: inside
task 6: leaves
gate: the place is free
2 places are free
",
    );
}
