//! Numbers on the command line.

use std::ops::RangeInclusive;

use crate::fit::clip;

/// The rates that a clock can have.
const SLOWEST: f64 = 0.000_001;
const FASTEST: f64 = 1_000_000.0;

/// A parser of one whole number in this range.
pub fn whole<T: TryFrom<i128>>(
    range: RangeInclusive<i128>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.trim().parse().ok();
        let number = number.filter(|number| range.contains(number));
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| {
                let (text, first, last) = (short(text), range.start(), range.end());
                format!("'{text}' is no whole number from {first} to {last}")
            })
    }
}

/// Reads how fast a clock goes against that on the wall.
pub fn rate(text: &str) -> Result<f64, String> {
    let rate = text.trim().parse().ok();
    rate.filter(|rate| (SLOWEST..=FASTEST).contains(rate))
        .ok_or_else(|| {
            let text = short(text);
            format!("'{text}' is no number from {SLOWEST} to {FASTEST}")
        })
}

/// What is said of a wrong text, in case it is very long.
pub fn short(text: &str) -> String {
    clip(text, 24)
}

#[cfg(test)]
mod tests {
    use super::{rate, whole};

    #[test]
    fn a_rate_that_no_clock_can_have_is_refused() {
        assert_eq!(rate("0.5"), Ok(0.5));
        for wrong in ["0", "-1", "NaN", "inf", "1e7", ""] {
            let error = rate(wrong).unwrap_err();
            assert_eq!(
                error,
                format!("'{wrong}' is no number from 0.000001 to 1000000")
            );
        }
    }

    #[test]
    fn a_number_out_of_range_is_refused_with_the_range() {
        assert_eq!(whole::<u32>(1..=1024)("1024"), Ok(1024));
        let error = whole::<u32>(1..=1024)("0").unwrap_err();
        assert_eq!(error, "'0' is no whole number from 1 to 1024");
    }
}
