//! Numbers that change: tasks ready and alive, lengths of queues.

use std::collections::BTreeMap;

use super::{Counter, Doing, Lane};

/// All counters. What names them is first the tasks', then the queues' words.
pub(super) fn of(
    tasks: &[Lane<'_>],
    lengths: BTreeMap<(u64, &str), Vec<(u64, u64)>>,
) -> Vec<Counter> {
    let pieces = tasks.iter().flat_map(|lane| &lane.pieces);
    let ready = pieces
        .filter(|piece| piece.doing == Doing::Ready)
        .flat_map(|piece| [(piece.from, 1), (piece.till, -1)]);
    let alive = tasks.iter().flat_map(|lane| {
        let born = lane.born.or(lane.pieces.first().map(|piece| piece.from));
        // A task that dies before it is born was never there.
        let died = lane.died.map(|(at, _)| at.max(born.unwrap_or(0)));
        let died = died.filter(|_| born.is_some());
        born.map(|at| (at, 1))
            .into_iter()
            .chain(died.map(|at| (at, -1)))
    });
    let mut counters = vec![
        counter("tasks ready", sums(ready.collect())),
        counter("tasks alive", sums(alive.collect())),
    ];
    for ((id, what), points) in lengths {
        counters.push(counter(&format!("length of {what} #{id}"), latest(points)));
    }
    counters
}

fn counter(name: &str, points: Vec<(u64, u64)>) -> Counter {
    Counter {
        name: name.to_owned(),
        points,
    }
}

/// What is there after each change; changes at one position are one.
fn sums(mut changes: Vec<(u64, i64)>) -> Vec<(u64, u64)> {
    changes.sort_by_key(|(at, _)| *at);
    let mut sum = 0i64;
    let points = changes.into_iter().map(|(at, change)| {
        sum += change;
        (at, sum.unsigned_abs())
    });
    latest(points.collect())
}

/// The last of the values at each position, if it is another than before.
fn latest(mut points: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    points.sort_by_key(|(at, _)| *at);
    let mut kept: Vec<(u64, u64)> = Vec::new();
    for (at, value) in points {
        match kept.last_mut() {
            Some(last) if last.0 == at => last.1 = value,
            _ => kept.push((at, value)),
        }
    }
    kept.dedup_by_key(|(_, value)| *value);
    kept
}
