//! What is said of recordings that are damaged.

use std::io::{self, BufReader, Read};

use super::lines::{BIRTH, DEATH, HEADER, TURN, sealed};
use super::{Damage, Recording, read};
use crate::watch::record::LONGEST_LINE;

fn said(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().to_string()
}

/// What is changed in a recording of a birth, a turn and a death, and what is said of it then.
const CHANGES: [(&str, &str, &str); 7] = [
    (
        HEADER,
        "{}",
        "line 1: this is no recording: its first line is no header of one",
    ),
    (
        "coros",
        "curio",
        "line 1: this is no recording: its first line is no header of one",
    ),
    (
        "\"version\":1",
        "\"version\":2,\"more\":[]",
        "line 1: this recording is of version 2 of the format; only version 1 can be read",
    ),
    (
        "\"events\":3",
        "\"events\":4",
        "line 5: by the end mark there are 4 events, but there are 3",
    ),
    (
        "\"events\":3",
        "\"events\": 3",
        "line 5: the end mark is not as it was written",
    ),
    (
        "crc32",
        "crc64",
        "line 5: this is no end mark: unknown field `crc64`, expected `events` or `crc32`, at column 26",
    ),
    (
        "main",
        "Main",
        "line 5: the checksum of all lines before is ",
    ),
];

#[test]
fn every_change_is_told_by_its_line_and_reason() {
    let whole = sealed(&[HEADER, BIRTH, TURN, DEATH]);
    assert!(read(whole.as_bytes()).is_ok());
    for (from, to, expected) in CHANGES {
        let told = said(&whole.replace(from, to));
        assert!(told.starts_with(expected), "{told}");
    }
}

/// How many lines are left, whether the last has its end, and what is said then.
const CUTS: [(usize, &str, &str); 6] = [
    (
        0,
        "",
        "line 1: the file is empty, and not even the header of a recording is there",
    ),
    (1, "", "line 1: the recording breaks off after its header"),
    (
        1,
        "\n",
        "line 2: the recording breaks off before this line, before the first event: it has no end mark",
    ),
    (
        2,
        "\n",
        "line 3: the recording breaks off before this line, after event 1: it has no end mark",
    ),
    (
        4,
        "",
        "line 4: the recording breaks off in the middle of this line, after event 2, turn 7: it has no end mark",
    ),
    (
        5,
        "",
        "line 5: the recording breaks off in the middle of this line, after event 3, turn 7: it has no end mark",
    ),
];

#[test]
fn every_cut_is_told_by_where_it_is() {
    let whole = sealed(&[HEADER, BIRTH, TURN, DEATH]);
    let lines: Vec<_> = whole.lines().collect();
    for (left, end, expected) in CUTS {
        assert_eq!(said(&(lines[..left].join("\n") + end)), expected);
    }
}

#[test]
fn nothing_follows_the_end_mark() {
    let whole = sealed(&[HEADER, BIRTH]);
    for more in ["\n", "x", BIRTH, &whole] {
        let told = said(&format!("{whole}{more}"));
        assert_eq!(told, "line 4: there is something after the end mark");
    }
}

/// Lines after a birth and a turn, in a recording that is whole otherwise, and what is said of them.
const WRONG: [(&str, &str); 9] = [
    (TURN, "turn 7 cannot come after turn 7"),
    (
        r#"{"join":{"time":4,"tid":1}}"#,
        "time 4ns cannot come after time 5ns",
    ),
    (
        r#"{"place":[1,"src/x.rs",3]}"#,
        "place 1 is defined where place 0 is due",
    ),
    (
        "",
        "this is no event: EOF while parsing a value, at column 0",
    ),
    (
        "once upon a time",
        "this is no event: expected value, at column 1",
    ),
    (
        HEADER,
        "this is no event: unknown variant `recording`, expected one of `start`, `turn`, ",
    ),
    (
        r#"{"death":{"time":5,"tid":1,"cpu":1,"exit":"killed"}}"#,
        "this is no event: unknown field `cpu`, expected one of `time`, `tid`, `exit`, at column 32; was it written by a newer version?",
    ),
    (
        r#"{"death":{"time":5,"tid":1}}"#,
        "this is no event: missing field `exit`, at column 27",
    ),
    (
        r#"{"death":{"time":5,"tid":-1,"exit":"killed"}}"#,
        "this is no event: invalid value: integer `-1`, expected u64, at column 27",
    ),
];

fn said_of(line: &str) -> String {
    said(&sealed(&[HEADER, BIRTH, TURN, line]))
}

#[test]
fn every_line_that_is_no_event_is_told_by_what_is_wrong_with_it() {
    for (line, expected) in WRONG {
        let told = said_of(line);
        assert!(told.starts_with(&format!("line 4: {expected}")), "{told}");
    }
}

#[test]
fn a_place_is_defined_before_it_is_used() {
    let turn = TURN.replace("\"turn\":7", "\"turn\":8");
    let there = turn.replace("\"ready\"", "\"place\":0,\"ready\"");
    assert_eq!(
        said_of(&there),
        "line 4: place 0 is not defined before this line"
    );
    let place = r#"{"place":[0,"src/x.rs",3]}"#;
    assert!(read(sealed(&[HEADER, BIRTH, TURN, place, &there]).as_bytes()).is_ok());
}

#[test]
fn a_reason_is_clipped_and_obeyed_by_no_terminal() {
    let Damage { reason, .. } =
        read(sealed(&[HEADER, &format!("{{\"\\u001b[2J{}\":0}}", "x".repeat(5000))]).as_bytes())
            .unwrap_err();
    assert!(reason.contains("unknown variant `\u{fffd}[2Jxxx") && reason.ends_with("xx…"));
    assert_eq!(reason.chars().count(), 201);
}

#[test]
fn a_line_that_is_no_text_is_told_by_the_byte() {
    let mut bytes = sealed(&[HEADER, BIRTH]).into_bytes();
    bytes[HEADER.len() + 3] = 0xff;
    assert_eq!(
        read(&bytes).unwrap_err().to_string(),
        "line 2: it is not UTF-8 from byte 3 on"
    );
}

#[test]
fn a_line_without_end_is_not_read_to_its_end() {
    let endless = BufReader::new(HEADER.as_bytes().chain(&b"\n"[..]).chain(io::repeat(b'x')));
    let said = Recording::read(endless).unwrap_err().to_string();
    assert_eq!(
        said,
        format!("line 2: it is longer than {LONGEST_LINE} bytes, and no line of a recording is")
    );
}
