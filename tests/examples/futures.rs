//! The examples of futures, and of several cores.

use crate::prints;

#[test]
fn tasks_wait_for_futures_and_futures_for_tasks() {
    prints(
        "futures",
        "\
a future said 5
both are done: 3 and 1
the squares of the even ones: [4, 16, 36]
their sum: 56
one that never ends: timed out: a wait was broken off since its time was over
",
    );
}

#[test]
fn requests_are_answered_in_the_servers_order() {
    prints(
        "network_request",
        "\
asked for /users
asked for /orders
asked for /prices
200 OK, /orders
200 OK, /prices
200 OK, /users
all is answered
",
    );
}

#[test]
fn a_consumer_on_another_core_gets_all() {
    prints(
        "two_cores",
        "\
core 1 has received all: 499500
core 0 answers core 1
results: [0, 499500]
",
    );
}
