//! No damage goes unnoticed: whatever is changed, there is a line and a reason.

use proptest::prelude::*;

use super::draw::events;
use super::{Damage, read, recorded};

/// Checks that a changed recording is refused, with a line that it has, or the one after its last.
fn is_refused(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Err(Damage { line, reason, .. }) = read(bytes) else {
        return Err(TestCaseError::fail(format!(
            "accepted: {}",
            String::from_utf8_lossy(bytes)
        )));
    };
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').count() as u64;
    prop_assert!(
        (1..=lines + 1).contains(&line),
        "line {line} of {lines}: {reason}"
    );
    prop_assert!(!reason.is_empty() && !reason.contains('\n') && reason.len() < 1000);
    Ok(())
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_byte_that_was_changed_is_noticed(events in events(), at: prop::sample::Index, flip in 1..=255u8) {
        let mut bytes = recorded(&events);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        is_refused(&bytes)?;
    }

    #[test]
    fn a_file_that_was_cut_off_is_noticed(events in events(), at: prop::sample::Index) {
        let bytes = recorded(&events);
        is_refused(&bytes[..at.index(bytes.len())])?;
    }

    #[test]
    fn a_line_that_is_gone_is_noticed(events in events(), at: prop::sample::Index) {
        let bytes = recorded(&events);
        let mut lines = lines(&bytes);
        lines.remove(at.index(lines.len()));
        is_refused(&lines.concat())?;
    }

    #[test]
    fn a_line_that_is_there_twice_is_noticed(events in events(), from: prop::sample::Index, to: prop::sample::Index) {
        let bytes = recorded(&events);
        let mut lines = lines(&bytes);
        let twice = lines[from.index(lines.len())];
        lines.insert(to.index(lines.len() + 1), twice);
        is_refused(&lines.concat())?;
    }

    #[test]
    fn lines_that_changed_places_are_noticed(events in events(), one: prop::sample::Index, other: prop::sample::Index) {
        let bytes = recorded(&events);
        let mut lines = lines(&bytes);
        let (one, way) = (one.index(lines.len()), other.index(lines.len() - 1));
        let other = (one + 1 + way) % lines.len();
        prop_assume!(lines[one] != lines[other]);
        lines.swap(one, other);
        is_refused(&lines.concat())?;
    }

    #[test]
    fn bytes_that_were_put_in_are_noticed(
        events in events(),
        at: prop::sample::Index,
        more in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let mut bytes = recorded(&events);
        let at = at.index(bytes.len() + 1);
        bytes.splice(at..at, more);
        is_refused(&bytes)?;
    }

    #[test]
    fn noise_is_no_recording(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        is_refused(&bytes)?;
    }

    #[test]
    fn noise_after_a_header_is_no_recording(lines in prop::collection::vec("[ -~]{0,30}", 0..5)) {
        let header = "{\"recording\":{\"of\":\"coros\",\"version\":1}}\n";
        is_refused([header, &lines.join("\n")].concat().as_bytes())?;
    }
}

#[test]
fn a_short_file_that_is_cut_off_anywhere_is_noticed() {
    let bytes = recorded(&[]);
    for length in 0..bytes.len() {
        is_refused(&bytes[..length]).unwrap();
    }
    assert!(read(&bytes).is_ok());
}
