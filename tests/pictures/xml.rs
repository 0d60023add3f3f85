//! Whether a text is well-formed XML, as far as pictures use it.

/// Reads a document; gives the names of its elements.
///
/// # Panics
///
/// If it is not well-formed.
pub fn elements(document: &str) -> Vec<String> {
    assert!(
        document.chars().all(is_allowed),
        "a character that XML forbids"
    );
    let mut rest = document
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .expect("it says that it is XML");
    let (mut open, mut seen) = (Vec::new(), Vec::new());
    while let Some(at) = rest.find('<') {
        check_text(&rest[..at]);
        assert!(
            !open.is_empty() || rest[..at].trim().is_empty(),
            "text outside"
        );
        let end = rest.find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        assert!(!tag.contains('<'), "a tag within a tag: {tag}");
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed in order");
            continue;
        }
        assert!(!open.is_empty() || seen.is_empty(), "one root");
        let name = check_tag(tag.strip_suffix('/').unwrap_or(tag));
        seen.push(name.to_owned());
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "all is closed");
    seen
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Checks a name and its attributes; gives the name.
fn check_tag(tag: &str) -> &str {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(is_name(name), "{name:?} is no name");
    let mut known = Vec::new();
    while let Some((key, value)) = rest.trim_start().split_once("=\"") {
        assert!(is_name(key) && !known.contains(&key), "{key:?} of {tag:?}");
        known.push(key);
        let end = value.find('"').expect("a value ends");
        check_text(&value[..end]);
        let is_number = ["x", "y", "x1", "x2", "y1", "y2", "width", "height"].contains(&key);
        if is_number && !value[..end].ends_with('%') {
            let number: f64 = value[..end].parse().expect("a number");
            assert!(number.is_finite(), "{tag}");
            assert!(number >= 0.0 || !key.contains('h'), "{tag}");
        }
        rest = &value[end + 1..];
    }
    assert!(rest.trim().is_empty(), "{rest:?} in {tag:?}");
    name
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn check_text(text: &str) {
    for (at, _) in text.match_indices('&') {
        let entity = text[at..].split_once(';').expect("an entity ends").0;
        let known = ["&amp", "&lt", "&gt", "&quot", "&apos"];
        assert!(known.contains(&entity), "{entity:?} in {text:?}");
    }
}
