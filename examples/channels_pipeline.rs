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
        // It ends early where the next task does not listen to the end.
        let mut items = input.iter().flat_map(turn);
        items.try_for_each(|item| out.send(item))
    });
    output
}

fn main() -> Result<(), RunError> {
    run(|| {
        let (source, lines) = rendezvous();
        spawn(move || {
            ["to be or", "not to be"].into_iter().try_for_each(|line| {
                println!("source: {line}");
                source.send(line)
            })
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
