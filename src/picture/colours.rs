//! Colours for neighbours: told apart in grey, and by the colour-blind.

/// The palette of Okabe and Ito, dark and light by turns; black is left to text.
const FILLS: [&str; 8] = [
    "#0072b2", "#f0e442", "#009e73", "#e69f00", "#882255", "#56b4e9", "#d55e00", "#cc79a7",
];

/// What is wrong, or ended so.
pub(super) const ALARM: &str = "#c00000";

/// The fill of the lane at this place.
pub(super) fn fill(lane: usize) -> &'static str {
    FILLS[lane % FILLS.len()]
}

/// What can be read on that.
pub(super) fn ink(lane: usize) -> &'static str {
    match lane % FILLS.len() {
        0 | 2 | 4 | 6 => "#ffffff",
        _ => "#000000",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of the accessibility guidelines (WCAG).
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let level = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
            let level = f64::from(level) / 255.0;
            match level <= 0.04045 {
                true => level / 12.92,
                false => ((level + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        (one / other).max(other / one)
    }

    #[test]
    fn neighbours_differ_in_grey() {
        for lane in 0..FILLS.len() {
            let differ = contrast(fill(lane), fill(lane + 1));
            assert!(differ > 1.25, "{lane}: {differ}");
        }
    }

    #[test]
    fn labels_can_be_read_on_their_fills() {
        for lane in 0..FILLS.len() {
            let differ = contrast(fill(lane), ink(lane));
            assert!(differ > 3.0, "{lane}: {differ}");
        }
    }
}
