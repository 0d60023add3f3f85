//! Text that fits into columns, measured as a terminal shows it: some characters take two, some none.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Breaks lines that are too long between words; what is broken off is indented further.
pub fn fold(text: &str, width: usize) -> String {
    let lines: Vec<_> = text.lines().map(|line| fold_line(line, width, 4)).collect();
    lines.join("\n")
}

/// As [`fold`], of a text in one line, with what is broken off below its beginning.
pub fn wrap(text: &str, width: usize) -> String {
    fold_line(text, width, 0)
}

fn fold_line(line: &str, width: usize, further: usize) -> String {
    if line.width() <= width {
        return line.trim_end().to_owned();
    }
    let start = line.len() - line.trim_start().len();
    let indent = start + further;
    let mut folded = " ".repeat(start);
    let mut column = start;
    for word in line.split_whitespace() {
        let length = word.width();
        if column > indent && column + 1 + length > width {
            folded.push('\n');
            folded.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > start {
            folded.push(' ');
            column += 1;
        }
        let room = width.saturating_sub(column);
        folded.push_str(&match word.contains('/') {
            true => clip_front(word, room),
            false => clip(word, room),
        });
        column += length;
    }
    folded
}

/// The text on one line and in so many columns; an ellipsis stands for what had to go.
pub fn clip(text: &str, columns: usize) -> String {
    let text = printable(text);
    if text.width() <= columns {
        return text;
    }
    let room = columns.saturating_sub(1);
    let kept = first(text.chars(), room).chain(['…']);
    kept.take(columns).collect()
}

/// As [`clip`], with what is left of a path, or of any text whose end says most: the front had to go, up to
/// a slash if that is possible.
pub fn clip_front(text: &str, columns: usize) -> String {
    let text = printable(text);
    if text.width() <= columns {
        return text;
    }
    let tails = text
        .match_indices(['/', '\\'])
        .map(|(at, _)| &text[at + 1..]);
    let mut cut = tails.map(|tail| format!("…{tail}"));
    cut.find(|tail| tail.width() <= columns).unwrap_or_else(|| {
        let room = columns.saturating_sub(1);
        let mut tail: Vec<_> = first(text.chars().rev(), room).chain(['…']).collect();
        tail.reverse();
        tail.into_iter().take(columns).collect()
    })
}

/// As [`clip`], with spaces after it up to so many columns.
pub fn pad(text: &str, columns: usize) -> String {
    let clipped = clip(text, columns);
    let missing = columns.saturating_sub(clipped.width());
    clipped + &" ".repeat(missing)
}

/// The characters that fit into so many columns, from the first on.
fn first(text: impl Iterator<Item = char>, columns: usize) -> impl Iterator<Item = char> {
    let mut used = 0;
    text.take_while(move |c| {
        used += c.width().unwrap_or(0);
        used <= columns
    })
}

/// The text without what would steer the terminal.
fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() { '?' } else { c };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::{UnicodeWidthStr, clip, clip_front, fold, pad, wrap};

    const WIDTH: usize = 80;

    #[test]
    fn a_line_that_just_fits_stays_as_it_is() {
        let line = format!("  {} end", "x".repeat(WIDTH - 6));
        assert_eq!(fold(&line, WIDTH), line);
    }

    #[test]
    fn a_line_that_is_too_long_goes_on_further_indented() {
        let line = format!("  {} end", "x".repeat(WIDTH - 5));
        let folded = format!("  {}\n      end", "x".repeat(WIDTH - 5));
        assert_eq!(fold(&line, WIDTH), folded);
    }

    #[test]
    fn a_word_that_fits_nowhere_is_clipped() {
        let folded = fold(&format!("a {}", "x".repeat(WIDTH * 2)), WIDTH);
        assert!(folded.lines().all(|line| line.width() <= WIDTH));
        assert!(folded.ends_with('…'));
        let path = format!("at {}/end.rs:12", "x".repeat(WIDTH));
        assert_eq!(fold(&path, WIDTH), "at …end.rs:12");
    }

    #[test]
    fn wrapped_text_stays_below_its_beginning() {
        assert_eq!(wrap("  one two three", 9), "  one two\n  three");
    }

    #[test]
    fn clipped_text_keeps_to_one_line() {
        assert_eq!(clip("a\nb", 3), "a?b");
        assert_eq!(clip("abcd", 3), "ab…");
        assert_eq!(clip("abcd", 0), "");
        assert_eq!(clip("\u{1b}[31mred", 20), "?[31mred");
    }

    #[test]
    fn wide_and_combining_characters_take_the_columns_that_a_terminal_gives_them() {
        assert_eq!(clip("日本語", 6), "日本語");
        assert_eq!(clip("日本語", 5), "日本…");
        assert_eq!(clip("日本語", 4), "日…");
        assert_eq!(clip("e\u{301}te\u{301}", 3), "e\u{301}te\u{301}");
        assert_eq!(pad("日本", 6), "日本  ");
        assert_eq!(pad("abcdefg", 6), "abcde…");
        let folded = fold(&"語語 ".repeat(30), 40);
        assert!(folded.lines().all(|line| line.width() <= 40), "{folded}");
    }

    #[test]
    fn a_path_is_clipped_at_the_front() {
        let path = "src/bin/coros/programs/family.rs:20";
        assert_eq!(clip_front(path, 35), path);
        assert_eq!(clip_front(path, 34), "…bin/coros/programs/family.rs:20");
        assert_eq!(clip_front(path, 23), "…programs/family.rs:20");
        assert_eq!(clip_front(path, 21), "…family.rs:20");
        assert_eq!(clip_front(path, 6), "…rs:20");
        assert_eq!(clip_front(path, 0), "");
    }
}
