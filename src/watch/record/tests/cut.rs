//! What was broken off is read up to there, and says so.

use proptest::prelude::*;

use super::draw::events;
use super::lines::{BIRTH, HEADER, TURN, sealed};
use super::recorded;
use crate::watch::record::{Cut, Recovered};

/// What is left of a recording, and of its events, after so many of its bytes.
fn cut_off(bytes: &[u8], length: usize) -> Recovered {
    Recovered::read(&bytes[..length]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_beginning_has_the_first_events_and_says_where_it_ends(events in events(), at: prop::sample::Index) {
        let bytes = recorded(&events);
        let length = HEADER.len() + at.index(bytes.len() - HEADER.len());
        let left = cut_off(&bytes, length);
        let cut = left.cut().expect("it has no end mark");
        prop_assert_eq!(left.events(), &events[..left.events().len()]);
        prop_assert_eq!(cut.events, left.events().len() as u64);
        let lines = bytes[..length].iter().filter(|byte| **byte == b'\n').count() as u64;
        prop_assert_eq!((cut.line, cut.half_line), (lines + 1, bytes[length - 1] != b'\n'));
    }

    #[test]
    fn what_is_whole_is_recovered_as_such(events in events()) {
        let recovered = Recovered::read(&recorded(&events)[..]).unwrap();
        prop_assert_eq!((recovered.cut(), recovered.events()), (None, &events[..]));
    }
}

#[test]
fn a_cut_tells_the_last_event_and_turn() {
    let whole = sealed(&[HEADER, BIRTH, TURN]);
    let end = whole.find("{\"end").unwrap();
    for (length, half_line) in [(end, false), (end + 5, true), (whole.len() - 1, true)] {
        let cut = cut_off(whole.as_bytes(), length).cut();
        let expected = Cut {
            line: 4,
            half_line,
            events: 2,
            turn: 7,
        };
        assert_eq!(cut, Some(expected));
    }
}

#[test]
fn what_is_half_a_line_may_be_anything() {
    let whole = sealed(&[HEADER, BIRTH]);
    let end = whole.find("{\"end").unwrap();
    let bytes = [&whole.as_bytes()[..end], b"\xff\xc3"].concat();
    assert!(
        cut_off(&bytes, bytes.len())
            .cut()
            .is_some_and(|cut| cut.half_line)
    );
}

#[test]
fn what_is_damaged_otherwise_is_not_recovered() {
    let whole = sealed(&[HEADER, BIRTH, TURN]);
    for damaged in [
        "",
        "{\"recording",
        &whole.replace("main", "Main"),
        &whole.replace("birth", "berth"),
    ] {
        assert_eq!(Recovered::read(damaged.as_bytes()).unwrap_err().cut, None);
    }
}
