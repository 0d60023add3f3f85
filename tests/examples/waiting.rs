//! The examples of waiting: broken off, in groups, at locks, barriers and channels.

use crate::prints;

#[test]
fn a_timeout_breaks_off_the_wait_that_it_finds() {
    prints(
        "timeout",
        "\
60 s for a visit
door 1 opens
door 2 opens
door 3 opens
all 3 doors have opened
4 s for a visit
door 1 opens
door 2 opens
timed out: a wait was broken off since its time was over
",
    );
}

#[test]
fn a_cancelled_task_cleans_up_under_a_shield() {
    prints(
        "cancel_and_cleanup",
        "\
writer: page 1
writer: page 2
writer: page 3
parent: lights out
writer: the wait was cancelled by task 1: it is late
writer: without a shield I cannot even wait for the ink to dry
writer: the ink is dry, the diary is closed
parent: good night
",
    );
}

#[test]
fn a_group_lends_to_its_members_and_leaves_none_behind() {
    prints(
        "group",
        "\
[\"stack\", \"heap\", \"queue\"] have [5, 4, 5] letters
patient: the wait was cancelled by task 6: task 6 failed: invalid float literal
the group failed: task 6 failed: invalid float literal
9 turns; 6 tasks: 6 returned, 0 panicked, 0 killed
",
    );
}

#[test]
fn a_deadlock_is_named_and_does_not_hang() {
    prints(
        "deadlock",
        "\
Each takes another first:
stuck: no task is ready and no timer is set; 2 left
  task 1 'Plato' is waiting in Lock(mutex 'knife')
    since 0ns at examples/deadlock.rs:17:26
  task 2 'Hypatia' is waiting in Lock(mutex 'fork')
    since 0ns at examples/deadlock.rs:17:26
  cycle: task 1 'Plato' waits for mutex 'knife' held by task 2 'Hypatia'
         task 2 'Hypatia' waits for mutex 'fork' held by task 1 'Plato'
Both take the fork first:
Plato: I eat
Hypatia: I eat
",
    );
}

#[test]
fn at_a_barrier_the_fast_wait_for_the_slow() {
    prints(
        "barrier",
        "\
hare: lap 1 is over at 1 min
dog: lap 1 is over at 2 min
tortoise: lap 1 is over at 90 min
tortoise: I was the last
hare: lap 2 is over at 91 min
dog: lap 2 is over at 92 min
tortoise: lap 2 is over at 180 min
tortoise: I was the last
",
    );
}

#[test]
fn a_full_channel_holds_its_producer_back() {
    prints(
        "producer_consumer",
        "\
baker: loaf 1 is on the shelf, which holds 1
baker: loaf 2 is on the shelf, which holds 2
guest: takes loaf 1
baker: loaf 3 is on the shelf, which holds 2
guest: takes loaf 2
baker: loaf 4 is on the shelf, which holds 2
guest: takes loaf 3
baker: loaf 5 is on the shelf, which holds 2
baker: that was the last
guest: takes loaf 4
guest: takes loaf 5
guest: the bakery is closed
",
    );
}

#[test]
fn a_select_takes_whatever_comes_first() {
    prints(
        "select",
        "\
server: tick
server: sweep
server: tick
server: cook
server: tick
server: wash up
server: the end
",
    );
}

#[test]
fn a_pipeline_ends_stage_by_stage() {
    prints(
        "channels_pipeline",
        "\
source: to be or
source: not to be
sink: TO
sink: BE
sink: OR
sink: TO
sink: BE
sink: no task is left upstream
",
    );
}
