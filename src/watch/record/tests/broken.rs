//! A writer that fails ends the recording, and nothing else.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::{Recorder, read};
use crate::kernel::{Event, Observer};
use crate::watch::record::LONGEST_LINE;

/// Takes so many bytes, then says that it is full.
#[derive(Clone)]
struct Disk(Rc<Cell<usize>>);

impl io::Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0.get());
        self.0.set(self.0.get() - taken);
        match taken {
            0 => Err(io::Error::new(io::ErrorKind::StorageFull, "full")),
            taken => Ok(taken),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn turn(number: u64) -> Event {
    let text = format!(
        r#"{{"turn":{{"turn":{number},"time":0,"tid":1,"did":{{"waits":"Park"}},"ready":0}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

#[test]
fn an_error_is_kept_and_told_each_time() {
    let mut recorder = Recorder::new(Disk(Rc::new(Cell::new(100_000))));
    (1..=2000).for_each(|number| recorder.observe(&turn(number)));
    recorder.pause();
    for _ in 0..2 {
        let error = recorder.finish().unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string()),
            (io::ErrorKind::StorageFull, "full".to_owned())
        );
    }
}

#[test]
fn an_error_at_the_end_mark_is_told_too() {
    let mut recorder = Recorder::new(Disk(Rc::new(Cell::new(50))));
    recorder.observe(&turn(1));
    assert!(recorder.finish().is_err());
}

#[test]
fn an_error_is_not_followed_by_a_later_part() {
    let room = Rc::new(Cell::new(0));
    let mut recorder = Recorder::new(Disk(Rc::clone(&room)));
    recorder.pause();
    room.set(1000);
    recorder.observe(&turn(1));
    recorder.pause();
    drop(recorder);
    assert_eq!(room.get(), 1000);
}

/// Takes the header, and panics whenever it is asked again.
#[derive(Default)]
struct Trap {
    is_set: bool,
}

impl io::Write for Trap {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(!self.is_set, "trapped");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        assert!(!self.is_set, "trapped");
        self.is_set = true;
        Ok(())
    }
}

#[test]
fn a_writer_that_panicked_is_not_asked_again() {
    let mut recorder = Recorder::new(Trap::default());
    let paused = catch_unwind(AssertUnwindSafe(|| recorder.pause()));
    assert!(paused.is_err());
    let error = recorder.finish().unwrap_err();
    assert_eq!(error.to_string(), "the writer panicked before");
    drop(recorder);
}

#[test]
fn what_no_reader_would_accept_is_refused_and_what_came_before_is_kept() {
    let (mut recorder, memory) = Recorder::in_memory();
    recorder.observe(&turn(7));
    recorder.observe(&turn(7));
    recorder.observe(&turn(8));
    let error = recorder.finish().unwrap_err();
    assert_eq!(error.to_string(), "turn 7 cannot come after turn 7");
    let damage = read(&memory.bytes()).unwrap_err();
    assert_eq!(damage.line, 3);
    assert!(damage.reason.contains("after event 1, turn 7"), "{damage}");
}

#[test]
fn an_event_that_no_line_can_hold_is_refused() {
    let (mut recorder, _) = Recorder::in_memory();
    let Event::Turn(mut step) = turn(1) else {
        panic!()
    };
    step.with = "x".repeat(LONGEST_LINE);
    recorder.observe(&Event::Turn(step));
    let said = recorder.finish().unwrap_err().to_string();
    assert!(
        said.starts_with("an event takes ") && said.ends_with("bytes, more than a line may have")
    );
}

#[test]
fn what_comes_after_the_end_is_an_error() {
    let (mut recorder, memory) = Recorder::in_memory();
    recorder.observe(&turn(1));
    assert_eq!(recorder.finish().unwrap(), 1);
    assert_eq!(recorder.finish().unwrap(), 1, "it may be asked again");
    recorder.observe(&turn(2));
    assert_eq!(
        recorder.finish().unwrap_err().to_string(),
        "it was finished before"
    );
    drop(recorder);
    assert_eq!(
        read(&memory.bytes()).unwrap().events(),
        [turn(1)],
        "what is there stays whole"
    );
}
