//! Processes connected by pipes, as a shell does it.
//!
//!   printf ─▶ counter, a task ─▶ sort ─▶ uniq -c ─▶ this program

use std::io::{self, BufRead, BufReader, Write};

use coros::process::{ChildStdin, Command, Stdio};
use coros::{pipe, run, spawn};

const WORDS: &str = "to be or not to be\n";

fn main() -> io::Result<()> {
    run(pipeline).map_err(io::Error::other)?
}

fn pipeline() -> io::Result<()> {
    let mut printf = Command::new("printf")
        .arg(WORDS)
        .stdout(Stdio::piped())
        .spawn()?;
    let words = printf.stdout.take().expect("it is piped");

    let mut sort = Command::new("sort")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let to_sort = sort.stdin.take().expect("it is piped");
    let counter = spawn(move || count_words(words, to_sort));

    // A pipe of our own works as well as one that the command makes.
    let (result, to_us) = pipe::os()?;
    let sorted = sort.stdout.take().expect("it is piped");
    let mut uniq = Command::new("uniq")
        .arg("-c")
        .stdin(sorted)
        .stdout(to_us)
        .spawn()?;

    for line in BufReader::new(result).lines() {
        println!("uniq: {}", line?.trim_start());
    }
    println!(
        "counter: {} words",
        counter.join().map_err(io::Error::other)??
    );
    for (name, child) in [
        ("printf", &mut printf),
        ("sort", &mut sort),
        ("uniq", &mut uniq),
    ] {
        println!("{name}: {}", child.wait()?);
    }
    Ok(())
}

/// Hands each word on, on a line of its own; when it returns, the next in line comes to its end.
fn count_words(from: pipe::PipeReader, mut to: ChildStdin) -> io::Result<usize> {
    let mut count = 0;
    for line in BufReader::new(from).lines() {
        for word in line?.split(' ') {
            writeln!(to, "{word}")?;
            count += 1;
        }
    }
    Ok(count)
}
