//! Whether a text is in the part of DOT that pictures use.

/// Reads a graph; gives the labels of its nodes, and its edges.
///
/// # Panics
///
/// If it is not in DOT.
pub fn read(dot: &str) -> (Vec<String>, Vec<(usize, usize)>) {
    let body = dot
        .strip_prefix("digraph waits {\n")
        .expect("a graph begins");
    let body = body.strip_suffix("}\n").expect("and ends");
    let (mut labels, mut edges) = (Vec::new(), Vec::new());
    for line in body.lines() {
        let line = line.trim().strip_suffix(';').expect("a statement ends");
        if let Some((from, to)) = line.split_once(" -> ") {
            let to = to.split_once(' ').expect("attributes follow").0;
            edges.push((node(from), node(to)));
        } else if let Some((id, rest)) = line.split_once(" [label=\"") {
            assert_eq!(node(id), labels.len(), "nodes are numbered");
            let (label, rest) = unquoted(rest);
            assert!(
                rest.starts_with(", shape=") && rest.ends_with(']'),
                "{line}"
            );
            labels.push(label);
        } else {
            assert!(
                line.starts_with("rankdir=") || line.starts_with("node ["),
                "{line}"
            );
        }
    }
    let count = labels.len();
    assert!(edges.iter().all(|(from, to)| *from < count && *to < count));
    (labels, edges)
}

fn node(id: &str) -> usize {
    id.strip_prefix('n')
        .and_then(|id| id.parse().ok())
        .expect("a node")
}

/// What is meant by a quoted label, and what comes after it.
fn unquoted(text: &str) -> (String, &str) {
    let (mut label, mut chars) = (String::new(), text.char_indices());
    loop {
        match chars.next().expect("a label ends") {
            (at, '"') => return (label.replace("&amp;", "&"), &text[at + 1..]),
            (_, '\\') => {
                let (_, escaped) = chars.next().expect("an escape ends");
                assert!(
                    ['\\', '"'].contains(&escaped),
                    "\\{escaped} means something else"
                );
                label.push(escaped);
            }
            (_, c) => label.push(c),
        }
    }
}
