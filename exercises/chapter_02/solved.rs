//! For each CPU, who was on it last.

use std::collections::HashMap;

use coros::kernel::Event;

pub fn switches(events: &[Event]) -> usize {
    let mut last = HashMap::new();
    let is_switch = |event: &&Event| match event {
        Event::Slice(slice) => {
            let before = last.insert(slice.cpu, slice.tid);
            before.is_some_and(|before| before != slice.tid)
        }
        _ => false,
    };
    events.iter().filter(is_switch).count()
}
