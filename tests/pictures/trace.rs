//! Whether a text is a trace that viewers take: the rules of the Trace Event Format.

use std::collections::BTreeMap;

use serde_json::Value;

/// A track, by its process and its thread.
type Track = (u64, u64);

/// What was in a trace, by phases.
pub type Counts = BTreeMap<String, usize>;

/// Reads a trace; gives how many events there are of each phase.
///
/// # Panics
///
/// If it breaks a rule.
pub fn check(trace: &str) -> Counts {
    let trace: Value = serde_json::from_str(trace).expect("it is JSON");
    let events = trace["traceEvents"].as_array().expect("a list of events");
    let (mut counts, mut slices) = (Counts::new(), BTreeMap::<Track, Vec<(f64, f64)>>::new());
    let (mut latest, mut flows) = (BTreeMap::new(), BTreeMap::<u64, Vec<&Value>>::new());
    for event in events {
        let phase = text(event, "ph");
        *counts.entry(phase.to_owned()).or_default() += 1;
        assert!(!text(event, "name").is_empty(), "{event}");
        let track = (whole(event, "pid"), whole(event, "tid"));
        if phase == "M" {
            check_metadata(event);
            continue;
        }
        let at = number(event, "ts");
        let before = latest.insert(track, at).unwrap_or(0.0);
        assert!(before <= at, "times ascend on a track: {event}");
        match phase {
            "X" => slices
                .entry(track)
                .or_default()
                .push((at, number(event, "dur"))),
            "s" | "f" => flows.entry(whole(event, "id")).or_default().push(event),
            "i" => assert!(["t", "p", "g"].contains(&text(event, "s")), "{event}"),
            "C" => assert!(event["args"]["value"].is_u64(), "{event}"),
            other => panic!("phase {other:?} is not used: {event}"),
        }
    }
    slices.values().for_each(|slices| check_nesting(slices));
    flows.values().for_each(|ends| check_flow(ends, &slices));
    counts
}

fn text<'e>(event: &'e Value, key: &str) -> &'e str {
    event[key]
        .as_str()
        .unwrap_or_else(|| panic!("no {key}: {event}"))
}

fn whole(event: &Value, key: &str) -> u64 {
    event[key]
        .as_u64()
        .unwrap_or_else(|| panic!("no {key}: {event}"))
}

fn number(event: &Value, key: &str) -> f64 {
    let number = event[key]
        .as_f64()
        .unwrap_or_else(|| panic!("no {key}: {event}"));
    assert!(number.is_finite() && number >= 0.0, "{event}");
    number
}

fn check_metadata(event: &Value) {
    let args = &event["args"];
    match text(event, "name") {
        "process_name" | "thread_name" => assert!(args["name"].is_string(), "{event}"),
        "process_sort_index" | "thread_sort_index" => {
            assert!(args["sort_index"].is_u64(), "{event}");
        }
        other => panic!("no metadata goes by {other}"),
    }
}

/// The pieces of a track follow each other. Large times are rounded where they are read.
fn check_nesting(slices: &[(f64, f64)]) {
    for pair in slices.windows(2) {
        let (end, next) = (pair[0].0 + pair[0].1, pair[1].0);
        assert!(end <= next + 1e-6 + next * 1e-12, "{pair:?} overlap");
    }
}

/// A flow has a start and an end, not before it, and both are in a slice of their track.
fn check_flow(ends: &[&Value], slices: &BTreeMap<Track, Vec<(f64, f64)>>) {
    let phases: Vec<_> = ends.iter().map(|end| text(end, "ph")).collect();
    assert!(phases == ["s", "f"] || phases == ["f", "s"], "{ends:?}");
    let at = |phase| {
        let end = ends.iter().find(|end| end["ph"] == phase).unwrap();
        number(end, "ts")
    };
    assert!(at("s") <= at("f"), "{ends:?}");
    for end in ends {
        assert!(!text(end, "cat").is_empty());
        let (track, at) = ((whole(end, "pid"), whole(end, "tid")), number(end, "ts"));
        let is_in = |slice: &(f64, f64)| slice.0 == at || slice.0 < at && at < slice.0 + slice.1;
        let begun = slices[&track].partition_point(|slice| slice.0 <= at);
        let near = &slices[&track][begun.saturating_sub(4)..begun];
        assert!(near.iter().any(is_in), "{end} is in no slice");
    }
}
