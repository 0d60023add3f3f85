//! The last step: lives and stays become lanes and CPUs.

use std::collections::BTreeMap;

use super::chronicle::{Chronicle, Source};
use super::{Arrow, Axis, Cpu, Mark, Stay, Timeline, counters};

/// Puts together all that was told.
pub(super) fn timeline(chronicle: Chronicle<'_>) -> Timeline<'_> {
    let (begin, end) = chronicle.extent.unwrap_or_default();
    let lanes: BTreeMap<u64, usize> = chronicle.lives.keys().copied().zip(0..).collect();
    let lives = chronicle.lives.into_values();
    let tasks: Vec<_> = lives.map(|life| life.finish(end)).collect();
    let cpus = chronicle.stays.into_iter().map(|(number, stays)| Cpu {
        number,
        stays: merged(stays, &lanes),
    });
    let arrow = |(at, from, to)| Arrow {
        at,
        from: lanes[&from],
        to: lanes[&to],
    };
    let mark = |(at, lane, text): (_, Option<u64>, _)| Mark {
        at,
        lane: lane.map(|number| lanes[&number]),
        text,
    };
    Timeline {
        axis: match chronicle.source {
            Source::Turns => Axis::Turns,
            _ => Axis::Time,
        },
        begin,
        end,
        start: chronicle.start,
        counters: counters::of(&tasks, chronicle.lengths),
        cpus: cpus.collect(),
        arrows: chronicle.arrows.into_iter().map(arrow).collect(),
        marks: chronicle.marks.into_iter().map(mark).collect(),
        tasks,
    }
}

/// The stays of a CPU, without gaps in the stay of one task, and without overlaps.
fn merged(mut stays: Vec<(u64, u64, u64)>, lanes: &BTreeMap<u64, usize>) -> Vec<Stay> {
    stays.sort_by_key(|(from, ..)| *from);
    let mut merged: Vec<Stay> = Vec::new();
    for (from, till, number) in stays {
        let lane = lanes[&number];
        match merged.last_mut() {
            Some(last) if last.lane == lane && from <= last.till => last.till = last.till.max(till),
            Some(last) if till < last.till => {}
            last => {
                let from = last.map_or(from, |last| from.max(last.till));
                merged.push(Stay { from, till, lane });
            }
        }
    }
    merged
}
