//! The examples of the network: server and clients in one program.

use crate::prints;

#[test]
fn a_socket_of_std_stops_the_ticker() {
    prints(
        "echo_blocking",
        "\
the ticker ticks
while the server was in accept: 0 ticks
while the server was in read: 0 ticks
the guest heard: is anybody there?
the ticker ticks again
",
    );
}

#[test]
fn guests_who_say_nothing_hold_up_neither_ticker_nor_server() {
    prints(
        "echo",
        "\
tick 1
tick 2
tick 3
echo: hello, this is Ada
echo: hello, this is Grace
echo: hello, this is Barbara
",
    );
}

#[test]
fn whatever_a_guest_says_all_others_hear() {
    prints(
        "chat",
        "\
Ann hears * what is your name?
Ann hears * here are: Ann
Bob hears * what is your name?
Bob hears * here are: Ann, Bob
Ann hears * Bob has come
Bob hears Ann: good evening
Ann hears * what is your name?
Ann hears * Ann is here already; and you?
Anna hears * here are: Ann, Anna, Bob
Bob hears * Anna has come
Ann hears * Anna has come
Ann hears Bob: I have to go
Anna hears Bob: I have to go
Anna hears * Bob has left
",
    );
}

#[test]
fn each_port_is_found_as_it_is_by_few_attempts_at_a_time() {
    prints(
        "port_scanner",
        "\
door 1 is Open, and was found Open
door 2 is Closed, and was found Closed
door 3 is Open, and was found Open
door 4 is Silent, and was found Silent
door 5 is Closed, and was found Closed
door 6 is Open, and was found Open
door 7 is Silent, and was found Silent
3 attempts at a time
",
    );
}

#[test]
fn rustls_works_over_the_streams_of_tasks() {
    prints(
        "tls",
        "\
/one, asked for by TLSv1_3
/two, asked for by TLSv1_3
/three, asked for by TLSv1_3
a client without trusted roots: invalid peer certificate: UnknownIssuer
",
    );
}

#[test]
fn tungstenite_works_over_the_streams_of_tasks() {
    prints(
        "websocket",
        "\
who goes there
it is me
café 日本語
",
    );
}

#[test]
fn who_asks_with_a_timeout_waits_for_no_server_for_ever() {
    prints(
        "slow_server",
        "\
one after the other, each with a time of its own:
  dripping: timed out: a wait was broken off since its time was over
  never: timed out: a wait was broken off since its time was over
  prompt: here you are
all at once, with one time for all:
  prompt: here you are
  dripping: the wait was cancelled by task 1: the time is over
  never: the wait was cancelled by task 1: the time is over
the first that answers:
  prompt: here you are
",
    );
}

#[test]
fn the_web_server_answers_what_was_asked_in_that_order() {
    prints(
        "web",
        "\
GET / HTTP/1.1                       200 OK, 323 bytes
HEAD /style.css HTTP/1.1             200 OK, 98 bytes
GET /hello%20world.txt HTTP/1.1      200 OK, 13 bytes
GET /nowhere HTTP/1.1                404 Not Found, 14 bytes
GET /../main.rs HTTP/1.1             404 Not Found, 14 bytes
GET /%2e%2e/main.rs HTTP/1.1         404 Not Found, 14 bytes
POST / HTTP/1.1                      405 Method Not Allowed, 23 bytes
what?                                400 Bad Request, 16 bytes
",
    );
}
