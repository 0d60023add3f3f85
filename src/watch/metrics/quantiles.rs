//! Quantiles of times: exact while there are few, and to one part in a hundred when there are many.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::devices::nanoseconds;

/// As many are kept as they are.
const EXACT: usize = 1000;

/// Decimal digits to which many are kept.
const DIGITS: u8 = 2;

/// Times, of which one asks for quantiles.
pub(super) enum Quantiles {
    Exact(Vec<u64>),
    Rough(Box<Histogram<u32>>),
}

impl Default for Quantiles {
    fn default() -> Self {
        Self::Exact(Vec::new())
    }
}

impl Quantiles {
    pub(super) fn add(&mut self, time: Duration) {
        let nanos = nanoseconds(time);
        match self {
            Self::Exact(times) if times.len() < EXACT => times.push(nanos),
            Self::Exact(times) => {
                let mut rough = Histogram::new(DIGITS).expect("so many digits can be kept");
                times.iter().for_each(|time| rough.saturating_record(*time));
                *self = Self::Rough(Box::new(rough));
                self.add(time);
            }
            // What is beyond any clock's reach is not worth a failure.
            Self::Rough(rough) => _ = rough.record(nanos),
        }
    }

    /// The time that so many per cent do not exceed, by the nearest rank; `None` if there are none.
    pub(super) fn per_cent(&self, per_cent: usize) -> Option<Duration> {
        let nanos = match self {
            Self::Exact(times) => {
                let mut times = times.clone();
                times.sort_unstable();
                let rank = (times.len() * per_cent).div_ceil(100).max(1);
                *times.get(rank - 1)?
            }
            Self::Rough(rough) => rough.value_at_percentile(per_cent as f64),
        };
        Some(Duration::from_nanos(nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: impl Iterator<Item = u64>) -> Quantiles {
        let mut quantiles = Quantiles::default();
        times.for_each(|time| quantiles.add(Duration::from_nanos(time)));
        quantiles
    }

    fn nanos(quantiles: &Quantiles, per_cent: usize) -> Option<u64> {
        quantiles
            .per_cent(per_cent)
            .map(|time| time.as_nanos() as u64)
    }

    #[test]
    fn few_times_have_exact_quantiles_by_the_nearest_rank() {
        assert_eq!(nanos(&of([].into_iter()), 50), None);
        let hundred = of((1..=100).rev());
        assert_eq!(nanos(&hundred, 50), Some(50));
        assert_eq!(nanos(&hundred, 99), Some(99));
        assert_eq!(nanos(&of([7].into_iter()), 99), Some(7));
        assert_eq!(nanos(&of([1, 2, 3].into_iter()), 50), Some(2));
    }

    #[test]
    fn many_times_have_quantiles_to_one_part_in_a_hundred() {
        let many = of((1..=100_000).map(|n| n * 1000));
        assert!(matches!(many, Quantiles::Rough(_)));
        for (per_cent, exact) in [(50, 50_000_000.0), (99, 99_000_000.0)] {
            let rough = nanos(&many, per_cent).unwrap() as f64;
            assert!((rough / exact - 1.0).abs() < 0.01, "{rough} for {exact}");
        }
    }

    #[test]
    fn a_time_beyond_all_clocks_does_no_harm() {
        let many = of((0..2000).map(|_| u64::MAX));
        assert!(nanos(&many, 50).is_some());
    }
}
