//! Tasks in a row, each with a channel to the next.
//!
//! When the first task ends, its channel closes, and so, one after the other, do the rest.

use coros::channel::{Receiver, rendezvous};
use coros::{RunError, run, spawn};

/// Puts a task behind a channel, which turns each item into as many as it likes.
fn pipe<I: 'static, O: 'static, M: IntoIterator<Item = O>>(
    input: Receiver<I>,
    turn: impl Fn(I) -> M + 'static,
) -> Receiver<O> {
    let (out, output) = rendezvous();
    spawn(move || {
        for item in input.iter().flat_map(turn) {
            out.send(item).expect("the next task listens to the end");
        }
    });
    output
}

fn main() -> Result<(), RunError> {
    run(|| {
        let (source, lines) = rendezvous();
        spawn(move || {
            for line in ["to be or", "not to be"] {
                println!("source: {line}");
                source.send(line).expect("the next task listens to the end");
            }
        });
        let words = pipe(lines, str::split_whitespace);
        let short = pipe(words, |word| Some(word).filter(|word| word.len() < 3));
        let loud = pipe(short, |word| [word.to_uppercase()]);
        for word in &loud {
            println!("sink: {word}");
        }
        println!("sink: no task is left upstream");
    })
}
