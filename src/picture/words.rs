//! Names fit to print: nothing that steers a terminal or breaks XML, and no wider than there is room.

/// What stands for characters that cannot be shown.
const UNSHOWN: char = '\u{FFFD}';

/// Replaces whatever is no visible character: controls, marks that turn the direction of text or the
/// end of a line, and what XML forbids.
pub(super) fn clean(text: &str) -> String {
    let shown = |c: char| match c {
        c if c.is_control() => UNSHOWN,
        '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' => UNSHOWN,
        '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E000}'..='\u{F8FF}' => UNSHOWN,
        '\u{FFF9}'..='\u{FFFF}' | '\u{E0000}'..='\u{10FFFF}' => UNSHOWN,
        c if c as u32 & 0xFFFE == 0xFFFE => UNSHOWN,
        c => c,
    };
    text.chars().map(shown).collect()
}

/// How many columns a character takes in a terminal, nearly.
pub(super) fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36F}' | '\u{200C}' | '\u{200D}' | '\u{20D0}'..='\u{20FF}' => 0,
        '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}' => 0,
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' => 2,
        '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}' => 2,
        '\u{FFE0}'..='\u{FFE6}' | '\u{1F000}'..='\u{1FAFF}' | '\u{20000}'..='\u{3FFFD}' => 2,
        _ => 1,
    }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// A clean text, cut so that it takes no more than `room` columns; what was cut is told by "…".
pub(super) fn clipped(text: &str, room: usize) -> String {
    // Marks that take no room could go on for ever.
    let few: String = text.chars().take(room.saturating_mul(4).max(16)).collect();
    let cut_off = few.len() < text.len();
    let mut kept = clean(&few);
    if width(&kept) <= room && !cut_off {
        return kept;
    }
    while width(&kept) + 1 > room && kept.pop().is_some() {}
    if room > 0 {
        kept.push('…');
    }
    kept
}

/// The clipped text, with spaces after it so that it takes `room` columns.
pub(super) fn padded(text: &str, room: usize) -> String {
    let mut text = clipped(text, room);
    let missing = room.saturating_sub(width(&text));
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_replaced() {
        assert_eq!(
            clean("a\u{1b}[2J\nb\u{202E}c\0"),
            "a\u{FFFD}[2J\u{FFFD}b\u{FFFD}c\u{FFFD}"
        );
        assert_eq!(clean("naïve <&\"'> 日本 🦀"), "naïve <&\"'> 日本 🦀");
    }

    #[test]
    fn a_clipped_text_takes_no_more_than_its_room() {
        assert_eq!(clipped("compiler", 8), "compiler");
        assert_eq!(clipped("compiler", 7), "compil…");
        assert_eq!(clipped("日本語", 4), "日…");
        assert_eq!(clipped("日本語", 0), "");
        assert_eq!(padded("日本", 6), "日本  ");
        let marks = "\u{301}".repeat(1000);
        assert!(clipped(&marks, 3).chars().count() < 20, "and is not long");
    }
}
