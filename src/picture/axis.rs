//! Round numbers on axes.

use std::time::Duration;

use super::timeline::Axis;

/// What the numbers at ticks begin with, as tenths.
pub(super) const ROUND: &[u64] = &[10, 20, 50];
/// What lengths of a column begin with, as tenths: ten of them are round enough.
pub(super) const FAIR: &[u64] = &[10, 15, 20, 25, 30, 40, 50, 60, 80];

/// The smallest whole number that is at least so much, and is one of these times a power of ten.
pub(super) fn round_up(least: u64, digits: &[u64]) -> u64 {
    let powers = std::iter::successors(Some(1u64), |power| power.checked_mul(10));
    let products = powers.flat_map(|power| {
        let tenths = digits
            .iter()
            .filter_map(move |digit| power.checked_mul(*digit));
        tenths.filter(|tenths| tenths % 10 == 0)
    });
    products
        .map(|tenths| tenths / 10)
        .find(|round| *round >= least)
        .unwrap_or(u64::MAX)
}

/// The multiples of `step` from `begin` to `end`.
pub(super) fn ticks(begin: u64, end: u64, step: u64) -> impl Iterator<Item = u64> {
    let first = begin.div_ceil(step.max(1)).checked_mul(step.max(1));
    std::iter::successors(first, move |at| at.checked_add(step.max(1)))
        .take_while(move |at| *at <= end)
}

/// A position, in words.
pub(super) fn label(axis: Axis, at: u64) -> String {
    match axis {
        Axis::Time if at > 0 => format!("{:?}", Duration::from_nanos(at)),
        _ => at.to_string(),
    }
}

/// A length, in words.
pub(super) fn length(axis: Axis, length: u64) -> String {
    match (axis, length) {
        (Axis::Time, _) => label(axis, length),
        (Axis::Turns, 1) => "1 turn".to_owned(),
        (Axis::Turns, _) => format!("{length} turns"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_one_two_or_five() {
        let rounded = [0, 1, 2, 3, 6, 11, 501, u64::MAX].map(|least| round_up(least, ROUND));
        assert_eq!(rounded, [1, 1, 2, 5, 10, 20, 1000, u64::MAX]);
        let fair = [1, 2, 9, 11, 21, 100_001].map(|least| round_up(least, FAIR));
        assert_eq!(fair, [1, 2, 10, 15, 25, 150_000]);
    }

    #[test]
    fn ticks_end_where_numbers_do() {
        assert_eq!(ticks(3, 12, 5).collect::<Vec<_>>(), [5, 10]);
        assert_eq!(ticks(0, 10, 5).collect::<Vec<_>>(), [0, 5, 10]);
        assert_eq!(ticks(u64::MAX - 1, u64::MAX, 4).count(), 0);
        assert_eq!(ticks(1, u64::MAX, u64::MAX).count(), 1);
    }
}
