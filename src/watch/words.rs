//! Words for tables and findings, short enough for their columns.

use std::time::Duration;

use crate::kernel::Tid;

/// Units of time below the hour, with their nanoseconds.
const UNITS: [(&str, u128); 3] = [("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000)];

/// How messages call a task.
pub(super) fn title(tid: Tid, name: &str) -> String {
    match name {
        "" => format!("task {tid}"),
        name => format!("task {tid} '{name}'"),
    }
}

/// A task in a table: its number, and its name if it has one.
pub(super) fn who(tid: Tid, name: &str, width: usize) -> String {
    clip(format!("{tid} {name}").trim_end(), width)
}

/// A text in at most so many columns; what would spoil a table is replaced.
pub(super) fn clip(text: &str, width: usize) -> String {
    let plain = text.chars().map(|c| if c.is_control() { '?' } else { c });
    match text.chars().count() > width {
        true => plain.take(width.saturating_sub(1)).chain(['…']).collect(),
        false => plain.collect(),
    }
}

/// A duration in at most 7 columns, cut off and not rounded: what did not quite happen did not.
pub(super) fn short(time: Duration) -> String {
    let nanos = time.as_nanos();
    let (seconds, hours) = (time.as_secs(), time.as_secs() / 3600);
    match seconds {
        _ if nanos < 1000 => format!("{nanos}ns"),
        0..1_000_000 => in_unit(nanos),
        _ if hours < 1_000_000 => format!("{hours}h"),
        _ if hours / 8766 < 1_000_000 => format!("{}y", hours / 8766),
        _ => ">1e6y".to_owned(),
    }
}

fn in_unit(nanos: u128) -> String {
    let fits = |unit: &&(&str, u128)| nanos >= unit.1;
    let (word, unit) = UNITS.iter().find(fits).expect("a microsecond at least");
    let (whole, hundredths) = (nanos / unit, nanos % unit * 100 / unit);
    let digits = match whole {
        0..100 => format!("{whole}.{hundredths:02}"),
        100..10_000 => format!("{whole}.{}", hundredths / 10),
        _ => return format!("{whole}{word}"),
    };
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{digits}{word}")
}

/// A duration in at most 7 columns, or a dash.
pub(super) fn short_or_dash(time: Option<Duration>) -> String {
    time.map_or_else(|| "-".to_owned(), short)
}

/// A count in at most 5 columns, cut off.
pub(super) fn count(count: u64) -> String {
    match count {
        0..100_000 => count.to_string(),
        100_000..10_000_000 => format!("{}k", count / 1000),
        10_000_000..10_000_000_000 => format!("{}M", count / 1_000_000),
        10_000_000_000..10_000_000_000_000 => format!("{}G", count / 1_000_000_000),
        _ => ">10T".to_owned(),
    }
}

/// Whether these words of a `Hold` or of what a task is parked on name a lock: what is not to be kept
/// for long, and is let go of by the task that took it. A permit may be kept, and handed on.
pub(super) fn name_a_lock(words: &str) -> bool {
    let bare = words.strip_prefix("a ").unwrap_or(words);
    let locks = ["mutex", "reentrant lock", "read-write lock"];
    locks.iter().any(|lock| bare.starts_with(lock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_fits_its_column() {
        let mut nanos = 1u64;
        for _ in 0..64 {
            for near in [nanos - 1, nanos, nanos.saturating_mul(10).saturating_sub(1)] {
                let text = short(Duration::from_nanos(near));
                assert!(text.chars().count() <= 7, "{text}");
            }
            nanos = nanos.saturating_mul(2);
        }
        assert!(short(Duration::MAX).len() <= 7);
    }

    #[test]
    fn durations_are_cut_off_and_bare_of_noughts() {
        let text = |nanos| short(Duration::from_nanos(nanos));
        assert_eq!(text(0), "0ns");
        assert_eq!(text(1_500), "1.5µs");
        assert_eq!(text(999_999), "999.9µs");
        assert_eq!(text(20_000_000), "20ms");
        assert_eq!(text(3_600_000_000_000), "3600s");
    }

    #[test]
    fn every_count_fits_its_column() {
        for power in 0..64 {
            assert!(count(1 << power).len() <= 5, "2^{power}");
        }
    }

    #[test]
    fn a_name_spoils_no_table() {
        assert_eq!(clip("a\nb", 5), "a?b");
        assert_eq!(clip("abcdef", 5), "abcd…");
    }
}
