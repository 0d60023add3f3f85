//! The steps of the guide's first chapter, as far as it does not show them.

use crate::prints;

#[test]
fn a_task_without_a_trap_keeps_the_cpu_to_its_end() {
    prints(
        "step1 broken",
        "\
main: nothing has run yet
first: 1
first: 2
second: 1
second: 2
main: each has had one turn
",
    );
}

#[test]
fn a_rude_task_takes_more_than_its_turn() {
    prints(
        "step2 broken",
        "\
ping
pong
pong
pong
ping
pong
pong
pong
",
    );
}

#[test]
fn a_scheduler_that_is_blind_to_ends_never_ends() {
    prints(
        "step3 broken",
        "\
short: 1
long: 1
long: 2
long: 3
main: 1000 turns
",
    );
}

#[test]
fn a_task_dies_once() {
    prints(
        "step5 broken",
        "\
child: I am task 2
child: I am task 2
child: I am task 2
child: my diary is closed
parent: task 2 is killed
parent: no such task: 2 (it has ended, or is another scheduler's)
",
    );
}

#[test]
fn who_blocks_the_thread_blocks_all() {
    prints(
        "step7 broken",
        "\
reader: I wait
reader: in 50ms no letter, and no other had a turn
reader: I wait
writer: line 1
writer: line 2
writer: line 3
reader: \"hello\"
",
    );
}

#[test]
fn a_slow_guest_holds_up_who_comes_after() {
    prints(
        "step8 broken",
        "\
quick: no answer
slow: you said \"slow\"
",
    );
}
