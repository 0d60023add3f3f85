//! `coros show`: pictures of recordings, and what is said to files that are none.

use std::fs;

use crate::{Folder, Said, fits, run, text};

/// Records a program, and gives the file.
#[track_caller]
fn recorded(folder: &Folder, program: &str) -> String {
    let file = text(&folder.0.join(program));
    let said = run(&["run", program, "--record", &file]);
    assert_ne!(said.code, Some(2), "{}", said.err);
    file
}

#[track_caller]
fn shown(file: &str, format: &str) -> String {
    let said = run(&["show", file, "--as", format]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    said.out
}

#[test]
fn text_is_the_chart_that_gantt_draws() {
    let folder = Folder::new();
    let file = recorded(&folder, "jobs");
    let drawn = run(&["run", "jobs", "--gantt"]).out;
    let text = shown(&file, "text");
    assert!(drawn.ends_with(&format!("\n{text}")), "{drawn}{text}");
    assert_eq!(run(&["show", &file]).out, text, "it is the default");
    fits(&text);
}

#[test]
fn svg_is_the_chart_for_a_page() {
    let folder = Folder::new();
    let svg = shown(&recorded(&folder, "jobs"), "svg");
    assert!(
        svg.contains("<svg") && svg.trim_end().ends_with("</svg>"),
        "{svg}"
    );
    assert!(svg.contains("report"), "{svg}");
}

#[test]
fn perfetto_is_json_with_the_names_of_tasks() {
    let folder = Folder::new();
    let trace = shown(&recorded(&folder, "jobs"), "perfetto");
    let trace: serde_json::Value = serde_json::from_str(&trace).expect("it is JSON");
    let events = trace["traceEvents"].as_array().expect("a list");
    assert!(events.iter().any(|event| event["name"] == "1 report"));
}

#[test]
fn dot_and_graph_show_who_waits_for_whom_at_the_end() {
    let folder = Folder::new();
    let file = recorded(&folder, "deadlock");
    let dot = shown(&file, "dot");
    assert!(dot.starts_with("digraph"), "{dot}");
    for name in ["left", "right", "fork", "knife"] {
        assert!(dot.contains(name), "no {name} in {dot}");
    }
    let graph = shown(&file, "graph");
    assert!(graph.contains("<svg") && graph.contains("knife"), "{graph}");
}

#[test]
fn a_picture_is_written_to_the_file_that_is_named() {
    let folder = Folder::new();
    let file = recorded(&folder, "jobs");
    let picture = text(&folder.0.join("picture"));
    let said = run(&["show", &file, "--as", "svg", "-o", &picture]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
    let written = fs::read_to_string(&picture).expect("it was written");
    assert_eq!(written, shown(&file, "svg"));
    let nowhere = format!("{file}/picture");
    let reason = fails(run(&["show", &file, "-o", &nowhere]));
    assert!(
        reason.starts_with(&format!("error: cannot write {nowhere}: ")),
        "{reason}"
    );
}

/// The one line that was said.
#[track_caller]
fn fails(said: Said) -> String {
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    said.err
}

#[test]
fn a_damaged_recording_is_told_by_file_and_line() {
    let folder = Folder::new();
    let whole = fs::read_to_string(recorded(&folder, "hello")).expect("it was written");
    let lines: Vec<_> = whole.lines().collect();
    let last = lines.len();
    let garbled = whole.replacen("\"birth\"", "\"berth\"", 1);
    let garbled_at = 1 + lines
        .iter()
        .position(|line| line.contains("\"birth\""))
        .expect("one");
    let changed = whole.replacen("\"tid\":1", "\"tid\":7", 1);
    for (content, line) in [
        (&garbled, garbled_at),
        (&changed, last),
        (&"no recording\n".to_owned(), 1),
    ] {
        let file = folder.file("damaged", content);
        let reason = fails(run(&["show", &file]));
        let place = reason.strip_prefix(&format!("error: {file}:"));
        let number = place.and_then(|place| place.split(':').next());
        let number: usize = number
            .and_then(|number| number.parse().ok())
            .expect(&reason);
        assert!(number == line, "{reason} for line {line}");
    }
}

#[test]
fn an_unreadable_recording_is_named() {
    let folder = Folder::new();
    let missing = text(&folder.0.join("missing"));
    for file in [&missing, &text(&folder.0)] {
        let reason = fails(run(&["show", file]));
        assert!(reason.contains(file.as_str()), "{reason}");
    }
}

#[test]
fn an_unknown_format_is_answered_with_those_that_exist() {
    let said = run(&["show", "file", "--as", "gif"]);
    assert_eq!(said.code, Some(2));
    let expected = "error: --as: 'gif' is none of text, svg, perfetto, dot, graph\n";
    assert_eq!(said.err, expected);
}

#[test]
fn a_picture_does_not_take_the_place_of_its_recording() {
    let folder = Folder::new();
    let file = recorded(&folder, "jobs");
    let before = fs::read(&file).expect("it is there");
    let said = run(&["show", &file, "--as", "svg", "-o", &file]);
    let error = format!("error: --output: {file} is the recording itself; give another file\n");
    assert_eq!((said.code, said.err), (Some(1), error));
    assert_eq!(fs::read(&file).expect("it is there"), before);
}

#[test]
fn a_recording_that_was_broken_off_is_shown_up_to_there_and_a_line_says_so() {
    let folder = Folder::new();
    let whole = fs::read_to_string(recorded(&folder, "jobs")).expect("it was written");
    let lines: Vec<_> = whole.lines().collect();
    let last = lines.len();
    let unmarked = lines[..last - 1].join("\n") + "\n";
    let half = format!("{unmarked}{{\"end\":");
    let middle = lines[..last / 2].join("\n");
    let cuts = [
        (&unmarked, last, "before this line", "what comes before\n"),
        (
            &half,
            last,
            "in the middle of this line",
            "this line is left out\n",
        ),
        (
            &middle,
            last / 2,
            "in the middle of this line",
            "this line is left out\n",
        ),
    ];
    for (content, line, place, end) in cuts {
        let file = folder.file("cut", content);
        for format in ["text", "svg", "perfetto", "dot", "graph"] {
            let said = run(&["show", &file, "--as", format]);
            assert_eq!(said.code, Some(0), "{}", said.err);
            let told =
                format!("note: {file}:{line}: the recording breaks off {place}, after event ");
            assert!(
                said.err.starts_with(&told) && said.err.ends_with(end),
                "{}",
                said.err
            );
            assert_eq!(said.err.lines().count(), 1, "{}", said.err);
            assert!(!said.out.is_empty());
        }
    }
    let drawn = run(&["show", &folder.file("cut", &unmarked)]).out;
    assert_eq!(drawn, shown(&folder.file("whole", &whole), "text"));
}

#[test]
fn a_recording_without_an_event_is_shown_as_empty() {
    let folder = Folder::new();
    let file = folder.file("cut", "{\"recording\":{\"of\":\"coros\",\"version\":1}}\n");
    let said = run(&["show", &file]);
    assert_eq!(said.code, Some(0));
    assert!(
        said.err
            .contains(":2: the recording breaks off before this line, before the first event")
    );
}
