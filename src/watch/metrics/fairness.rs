//! Fairness, as one number.

/// Jain's fairness index of what several got: from 1 / n, if one of n got all, to 1, if all got the
/// same; also 1 if there are none, or none got anything. What is not above 0 counts as 0.
///
/// (R. Jain, D. Chiu, W. Hawe: A Quantitative Measure of Fairness and Discrimination, 1984.)
///
/// ```
/// use coros::watch::jain;
///
/// assert_eq!(jain(&[3.0, 3.0, 3.0]), 1.0);
/// assert_eq!(jain(&[1.0, 0.0, 0.0, 0.0]), 0.25);
/// assert_eq!(jain(&[]), 1.0);
/// ```
#[must_use]
pub fn jain(shares: &[f64]) -> f64 {
    let most = shares.iter().copied().fold(0.0, f64::max);
    let mut fairness = Fairness::default();
    for share in shares {
        // Against the greatest, so that no square is too big to be counted.
        fairness.add(if most > 0.0 && most.is_finite() {
            share / most
        } else {
            0.0
        });
    }
    fairness.index()
}

/// What is kept of many shares to know how fair they are.
#[derive(Clone, Copy, Default)]
pub(super) struct Fairness {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Fairness {
    pub(super) fn add(&mut self, share: f64) {
        let share = share.max(0.0);
        self.count += 1.0;
        self.sum += share;
        self.squares += share * share;
    }

    pub(super) fn index(&self) -> f64 {
        match self.squares > 0.0 {
            true => self.sum * self.sum / (self.count * self.squares),
            false => 1.0,
        }
    }
}
