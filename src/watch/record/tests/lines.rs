//! The very lines of a recording.

use super::{Recorder, read, recorded};
use crate::kernel::{Event, Observer};
use crate::watch::record::Events;

pub(super) const HEADER: &str = r#"{"recording":{"of":"coros","version":1}}"#;
pub(super) const BIRTH: &str = r#"{"birth":{"time":0,"tid":1,"name":"main"}}"#;
pub(super) const TURN: &str =
    r#"{"turn":{"turn":7,"time":5,"tid":1,"did":{"waits":"Park"},"ready":0}}"#;
pub(super) const DEATH: &str = r#"{"death":{"time":5,"tid":1,"exit":"returned"}}"#;

/// A recording of these lines, with the end mark that belongs to them.
pub(super) fn sealed(lines: &[&str]) -> String {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let events = lines[1..]
        .iter()
        .filter(|line| !line.starts_with("{\"place"))
        .count();
    let sum = crc32fast::hash(text.as_bytes());
    format!("{text}{{\"end\":{{\"events\":{events},\"crc32\":{sum}}}}}\n")
}

fn event(text: &str) -> Event {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_recording_is_these_lines() {
    let turn = r#"{"turn":{"turn":8,"time":6,"took":1,"cpu":2,"tid":1,"name":"main",
        "candidates":[1,[2,"3"]],"why":"lowest key","with":"1","did":{"asked":["GetTid","1"]},
        "place":{"file":"src/main.rs","line":7},"on":"gate","holders":[2],"woke":[3],
        "ended":[{"tid":4,"name":"four","exit":{"panicked":"oh"}}],"ready":5}}"#;
    let events = [BIRTH, TURN, turn].map(event);
    let expected = sealed(&[
        HEADER,
        BIRTH,
        // The birth gave it a name, and in this turn it has none.
        r#"{"turn":{"turn":7,"time":5,"tid":1,"name":"","did":{"waits":"Park"},"ready":0}}"#,
        r#"{"place":[0,"src/main.rs",7]}"#,
        concat!(
            r#"{"turn":{"turn":8,"time":6,"took":1,"cpu":2,"tid":1,"candidates":[1,[2,"3"]],"#,
            r#""why":"lowest key","with":"1","did":{"asked":["GetTid","1"]},"place":0,"on":"gate","#,
            r#""holders":[2],"woke":[3],"ended":[{"tid":4,"name":"four","exit":{"panicked":"oh"}}],"ready":5}}"#
        ),
    ]);
    assert_eq!(String::from_utf8(recorded(&events)).unwrap(), expected);
    assert_eq!(read(expected.as_bytes()).unwrap().events(), events);
}

#[test]
fn a_start_begins_anew() {
    let start = r#"{"start":{"time":0,"clock":"virtual","seed":1,"cpus":1,"policy":"fifo"}}"#;
    let events = [start, BIRTH, TURN, start, TURN, DEATH].map(event);
    assert_eq!(read(&recorded(&events)).unwrap().events(), events);
}

#[test]
fn an_interrupt_is_read_by_its_older_word_too() {
    let wake = r#"{"wake":{"time":0,"tid":1,"cause":"interrupt"}}"#;
    let interrupt = r#"{"interrupt":{"time":0,"tid":1,"why":"cancelled"}}"#;
    for text in [wake, interrupt] {
        assert_eq!(event(&text.replace("interrupt", "signal")), event(text));
    }
}

#[test]
fn events_come_one_by_one_up_to_the_damage() {
    let whole = sealed(&[HEADER, BIRTH, TURN]);
    let cut = &whole.as_bytes()[..whole.len() - 1];
    let mut events = Events::new(cut);
    assert_eq!(events.next(), Some(Ok(event(BIRTH))));
    assert!(events.next().unwrap().is_ok());
    assert_eq!(events.next().unwrap().unwrap_err().line, 4);
    assert_eq!(events.next(), None);
}

#[test]
fn a_task_keeps_its_name_until_it_dies() {
    let (mut recorder, memory) = Recorder::in_memory();
    let named = TURN.replace("\"did\"", "\"name\":\"main\",\"did\"");
    let later = named.replace("\"turn\":7", "\"turn\":8");
    for text in [BIRTH, &named, DEATH, &later] {
        recorder.observe(&event(text));
    }
    drop(recorder);
    let text = String::from_utf8(memory.bytes()).unwrap();
    let told: Vec<_> = text.lines().map(|line| line.contains("main")).collect();
    assert_eq!(told, [false, true, false, false, true, false], "{text}");
}
