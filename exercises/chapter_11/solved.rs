//! All answers go into one channel, which closes when no sender is left.

use std::time::Duration;

use coros::channel::bounded;
use coros::{spawn, timeout};

use super::Ask;

pub fn first_answer(servers: Vec<Ask>, limit: Duration) -> Option<(usize, u32)> {
    let (answers, inbox) = bounded(1);
    let mut asked = Vec::new();
    for (number, ask) in servers.into_iter().enumerate() {
        let answers = answers.clone();
        asked.push(spawn(move || {
            let answer = ask()?;
            answers.send((number, answer)).ok()
        }));
    }
    drop(answers);
    let first = timeout(limit, || inbox.recv().ok()).ok().flatten();
    asked.iter().for_each(|task| task.cancel("it is decided"));
    asked.iter().for_each(|task| _ = task.join());
    first
}
