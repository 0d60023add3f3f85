//! The examples that deal with what is outside: processes, pipes, the standard streams.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::{path_of, prints};

#[test]
fn processes_and_a_task_form_a_pipeline() {
    prints(
        "shell_pipeline",
        "\
uniq: 2 be
uniq: 1 not
uniq: 1 or
uniq: 2 to
counter: 6 words
printf: exit status: 0
sort: exit status: 0
uniq: exit status: 0
",
    );
}

#[test]
fn a_prompt_ends_with_its_input() {
    let mut child = Command::new(path_of("prompt"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`cargo build --examples` has built it");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(b"stressed\n\n  tuna").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let expected = "\
say something
stressed, backwards: desserts
tuna, backwards: anut
bye
";
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    assert_eq!(text, expected);
    assert!(output.status.success());
}
