//! Queues into which more is put than is taken out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::scene::Scene;
use super::{Lint, Rule};
use crate::kernel::{Event, Length};
use crate::watch::ledger::Ran;

/// Looks for queues that become longer than ever again and again, and never half as short.
///
/// A task that fills a queue at one go, to empty it later, does nothing wrong; so, while the run goes on,
/// what happens in one turn counts once.
#[derive(Default)]
pub(super) struct Growth {
    queues: BTreeMap<u64, QueueGrowth>,
    turn: u64,
}

#[derive(Default)]
struct QueueGrowth {
    what: Arc<str>,
    longest: u64,
    /// How often it was longer than ever since it was half as long; and in how many turns.
    records: u64,
    turns: u64,
    last_turn: Option<u64>,
    told: bool,
}

impl Growth {
    fn length(&mut self, length: &Length, scene: &mut Scene) {
        let queue = self.queues.entry(length.id).or_insert_with(|| QueueGrowth {
            what: Arc::clone(&length.what),
            ..QueueGrowth::default()
        });
        if length.len <= queue.longest / 2 {
            (queue.longest, queue.records, queue.turns) = (length.len, 0, 0);
        } else if length.len > queue.longest {
            queue.longest = length.len;
            queue.records += 1;
            queue.turns += u64::from(queue.last_turn.replace(self.turn) != Some(self.turn));
        }
        if queue.turns >= scene.limits.growth {
            tell(queue, scene);
        }
        if length.len == 0 && !queue.told {
            self.queues.remove(&length.id);
        }
    }
}

fn tell(queue: &mut QueueGrowth, scene: &mut Scene) {
    if std::mem::replace(&mut queue.told, true) {
        return;
    }
    let (what, longest) = (&queue.what, queue.longest);
    let text = format!(
        "the queue of {what} has grown to {longest}, again and again, and was never half as long in \
         between: bound it, or take out faster"
    );
    scene.add(Lint::QueueOnlyGrows, None, text);
}

impl Rule for Growth {
    fn see(&mut self, event: &Event, _: Option<&Ran>, scene: &mut Scene) {
        match event {
            Event::Turn(_) => self.turn += 1,
            Event::Length(length) => self.length(length, scene),
            _ => {}
        }
    }

    /// What is full at the end was not to be emptied later.
    fn pause(&mut self, scene: &mut Scene) {
        let limit = scene.limits.growth;
        let grown = |queue: &&mut QueueGrowth| queue.records >= limit;
        for queue in self.queues.values_mut().filter(grown) {
            tell(queue, scene);
        }
    }
}
