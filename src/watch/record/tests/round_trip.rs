//! What is read is what was written.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::draw::{KINDS, events, in_order, lot};
use super::{read, recorded};
use crate::kernel::Event;

proptest! {
    #[test]
    fn what_is_read_is_what_was_written(events in events()) {
        let bytes = recorded(&events);
        let recording = read(&bytes).unwrap();
        prop_assert_eq!(recording.events(), &events[..]);
        prop_assert_eq!(recorded(recording.events()), bytes, "and is written the same way again");
    }

    #[test]
    fn an_event_by_itself_is_written_and_read_by_serde_too(lot in lot(0..KINDS)) {
        let [event]: [Event; 1] = in_order(&[lot]).try_into().unwrap();
        let text = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }

    #[test]
    fn the_line_of_an_event_says_what_serde_says(lot in lot(0..KINDS)) {
        let [event]: [Event; 1] = in_order(&[lot]).try_into().unwrap();
        let text = String::from_utf8(recorded(std::slice::from_ref(&event))).unwrap();
        // The end mark comes after it.
        let line = text.lines().rev().nth(1).unwrap();
        let said = serde_json::from_str(line).unwrap();
        let by_serde = serde_json::to_value(&event).unwrap();
        prop_assert_eq!(without_place(said), without_place(by_serde));
    }
}

#[test]
fn every_kind_of_event_is_drawn_and_reads_back() {
    let mut runner = TestRunner::deterministic();
    for kind in 0..KINDS {
        for _ in 0..50 {
            let lot = lot(Just(kind)).new_tree(&mut runner).unwrap().current();
            let events = in_order(&[lot]);
            assert_eq!(number_of(&events[0]), kind);
            assert_eq!(read(&recorded(&events)).unwrap().events(), events);
        }
    }
}

/// A turn's place is a number in the one, and spelled out in the other.
fn without_place(mut event: Value) -> Value {
    if let Some(Value::Object(turn)) = event.get_mut("turn") {
        turn.remove("place");
    }
    event
}

/// Which kind it is. A kind that is new does not compile here, and then is to be drawn, too.
fn number_of(event: &Event) -> u8 {
    match event {
        Event::Turn(_) => 0,
        Event::Birth(_) => 1,
        Event::Death(_) => 2,
        Event::Wake(_) => 3,
        Event::Timer(_) => 4,
        Event::Interrupt(_) => 5,
        Event::Slice(_) => 6,
        Event::Hold(_) => 7,
        Event::Length(_) => 8,
        Event::Join(_) => 9,
        Event::Claimed(_) => 10,
        Event::InForce(_) => 11,
        Event::JobControl(_) => 12,
        Event::Deadlock(_) => 13,
        Event::Dropped(_) => 14,
        Event::Start(_) => 15,
    }
}
