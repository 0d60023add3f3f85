//! In the chat of the examples nobody waits for the slowest, and nobody can spoil it for the others.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::peer::Server;

struct Guest(BufReader<TcpStream>);

impl Guest {
    fn enter(server: &Server, name: &str) -> Self {
        let stream = TcpStream::connect(server.address).unwrap();
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).unwrap();
        let mut guest = Self(BufReader::new(stream));
        assert_eq!(guest.hear(), "* what is your name?");
        guest.say(name);
        guest
    }

    fn say(&mut self, text: &str) {
        let line = format!("{text}\n");
        self.0.get_mut().write_all(line.as_bytes()).unwrap();
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

#[test]
fn who_reads_too_slowly_loses_lines_and_is_told_so() {
    let server = Server::start("chat", &[]);
    let mut slow = Guest::enter(&server, "Slow");
    assert_eq!(slow.hear(), "* here are: Slow");
    let mut loud = Guest::enter(&server, "Loud");
    assert_eq!(loud.hear(), "* here are: Loud, Slow");
    assert_eq!(slow.hear(), "* Loud has come");
    let mut other = Guest::enter(&server, "Other");
    assert_eq!(other.hear(), "* here are: Loud, Other, Slow");
    assert_eq!(loud.hear(), "* Other has come");
    // Far more than the buffers on the way to the slow one hold. The other one reads along, some lines
    // at a time, fewer than are kept for the slow: so it misses none.
    let words = "x".repeat(400);
    let lines = vec![words.as_str(); 16].join("\n");
    for _ in 0..2_500 {
        loud.say(&lines);
        for _ in 0..16 {
            assert_eq!(other.hear(), format!("Loud: {words}"));
        }
    }
    loud.say("the end");
    assert_eq!(other.hear(), "Loud: the end");
    let mut lines = std::iter::repeat_with(|| slow.hear());
    let told = lines.find(|line| line.starts_with("* you are slow"));
    assert!(told.unwrap().ends_with("lines are lost"));
    assert!(
        lines.any(|line| line == "Loud: the end"),
        "the newest are kept"
    );
}

#[test]
fn however_a_guest_goes_the_others_learn_of_it() {
    let server = Server::start("chat", &[]);
    let mut ann = Guest::enter(&server, "Ann");
    assert_eq!(ann.hear(), "* here are: Ann");
    drop(Guest::enter(&server, "Bob"));
    assert_eq!(ann.hear(), "* Bob has come");
    assert_eq!(ann.hear(), "* Bob has left");
    let mut wordy = Guest::enter(&server, "Wordy");
    assert_eq!(ann.hear(), "* Wordy has come");
    wordy.say(&"x".repeat(2000));
    assert_eq!(ann.hear(), "* Wordy has left");
    let mut again = Guest::enter(&server, "Wordy");
    assert_eq!(
        again.hear(),
        "* here are: Ann, Wordy",
        "the name is free again"
    );
}

#[test]
fn names_are_names_and_lines_move_no_cursor() {
    let server = Server::start("chat", &[]);
    let mut ann = Guest::enter(&server, "Ann");
    assert_eq!(ann.hear(), "* here are: Ann");
    let mut guest = Guest::enter(&server, "");
    for name in ["", "a b", "\u{1b}[2J", "abcdefghijklmnopqrstuvwxyz"] {
        assert_eq!(guest.hear(), "* a name has up to 20 letters; yours?");
        guest.say(name);
    }
    assert_eq!(guest.hear(), "* a name has up to 20 letters; yours?");
    guest.say("Ann");
    assert_eq!(guest.hear(), "* Ann is here already; and you?");
    guest.say("Zoë");
    assert_eq!(guest.hear(), "* here are: Ann, Zoë");
    assert_eq!(ann.hear(), "* Zoë has come");
    guest.say("\u{1b}[2Jboo\r");
    assert_eq!(ann.hear(), "Zoë: [2Jboo");
}
