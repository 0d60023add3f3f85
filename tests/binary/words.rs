//! `coros run words`: real files, and what may be wrong with them.

use std::process::Command;

use crate::{Folder, Said, run, text};

#[test]
fn words_merges_the_counts_of_its_files() {
    let folder = Folder::new();
    let a = folder.file(
        "a",
        "The cat. the CAT, don’t — don't! 'Quoted' Éa éa ΟΔΟΣ οδος",
    );
    let b = folder.file("b", "The end");
    let counted = run(&["run", "words", &a, &b]);
    assert_eq!((counted.code, counted.err.as_str()), (Some(0), ""));
    assert_eq!(
        counted.out,
        "3 the\n2 cat\n2 don't\n2 éa\n2 οδος\n1 end\n1 quoted\n"
    );
}

#[test]
fn words_prints_the_top_ten_or_as_many_as_it_is_told() {
    let folder = Folder::new();
    let file = folder.file("file", "k j i h g f e d c b a a");
    let ten = "2 a\n1 b\n1 c\n1 d\n1 e\n1 f\n1 g\n1 h\n1 i\n1 j\n";
    assert_eq!(run(&["run", "words", &file]).out, ten);
    assert_eq!(
        run(&["run", "words", "--top", "2", &file]).out,
        "2 a\n1 b\n"
    );
    assert_eq!(
        run(&["run", "words", &file, "--top", "12"]).out,
        format!("{ten}1 k\n")
    );
}

#[test]
fn words_is_right_wherever_a_chunk_ends() {
    let folder = Folder::new();
    for shift in 0..4 {
        let text = format!("{}{}", " ".repeat(shift), "añó don’t 𝔘x ".repeat(2_000));
        let file = folder.file("file", &text);
        let counted = run(&["run", "words", &file]);
        assert_eq!(
            counted.out, "2000 añó\n2000 don't\n2000 𝔘x\n",
            "shift {shift}"
        );
    }
}

#[test]
fn words_names_the_files_it_cannot_count_and_counts_the_rest() {
    let folder = Folder::new();
    let good = folder.file("good", "fine fine");
    let empty = folder.file("empty", "");
    let bad = folder.file("bad", b"not \xff text");
    let cut = folder.file("cut", b"cut \xe2\x82");
    let missing = text(&folder.0.join("missing"));
    let directory = text(&folder.0);
    let files = [&missing, &directory, &bad, &cut, &empty, &good];
    let mut arguments = vec!["run", "words"];
    arguments.extend(files.map(String::as_str));
    let counted = run(&arguments);
    assert_eq!((counted.code, counted.out.as_str()), (Some(1), "2 fine\n"));
    let messages: Vec<_> = counted.err.lines().collect();
    assert_eq!(messages.len(), 4, "{}", counted.err);
    for (message, file) in messages.iter().zip(files) {
        assert!(message.contains(&format!("{file:?}")), "{message}");
    }
    assert!(
        messages[2].contains("not UTF-8 text (see byte 4)"),
        "{}",
        messages[2]
    );
    assert!(
        messages[3].contains("not UTF-8 text (see byte 4)"),
        "{}",
        messages[3]
    );
}

#[test]
fn words_of_an_empty_file_are_none() {
    let folder = Folder::new();
    let counted = run(&["run", "words", &folder.file("empty", "")]);
    assert_eq!((counted.code, counted.out.as_str()), (Some(0), ""));
}

#[test]
fn words_without_files_is_a_usage_error() {
    let said = run(&["run", "words"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(said.err.contains("<FILE>..."), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn words_reads_more_files_than_may_be_open_at_once() {
    let folder = Folder::new();
    let file = folder.file("file", "word ".repeat(40_000));
    let limited = "ulimit -n 40 && exec \"$0\" run words \"$@\"";
    let counted = Command::new("sh")
        .args(["-c", limited, env!("CARGO_BIN_EXE_coros")])
        .args([file.as_str(); 50])
        .output();
    let counted = Said::from(counted.expect("it starts"));
    assert_eq!((counted.code, counted.err.as_str()), (Some(0), ""));
    assert_eq!(counted.out, "2000000 word\n");
}
