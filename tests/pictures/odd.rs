//! Any events, however odd, give pictures that are well-formed and no larger than they should be.

use std::panic::{catch_unwind, resume_unwind};

use coros::kernel::Event;
use coros::picture::{Size, Timeline, gantt_svg, gantt_text, perfetto, wait_graph};
use serde_json::{Value, json};

use crate::{dot, trace, xml};

/// How many runs by chance there are; `COROS_SEEDS` sets another number.
const SEEDS: u64 = 120;

/// A small generator (xorshift), so that a seed is all it takes to see a failure again.
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % bound
    }

    fn of<T: Clone>(&mut self, choice: &[T]) -> T {
        choice[self.below(choice.len() as u64) as usize].clone()
    }

    /// Mostly a small number, and sometimes the largest.
    fn number(&mut self, bound: u64) -> u64 {
        match self.below(50) {
            0 => self.of(&[0, u64::MAX, u64::MAX - 1, u64::MAX / 2, 1 << 53]),
            _ => self.below(bound),
        }
    }

    fn words(&mut self) -> String {
        let odd = [
            "",
            "plain",
            "<&>\"'",
            "a\\b\\",
            "]]>",
            "\u{0}\u{7}\u{1b}[31m",
            "\n\r\t",
            "日本語の名前",
            "🦀👩‍👩‍👧",
            "\u{202E}turned",
            "\u{FFFE}\u{FFFF}",
            "é\u{301}\u{301}",
            "&amp;",
            "\\N\\l",
            "%s{}",
        ];
        match self.below(30) {
            0 => self.of(&odd).repeat(200),
            _ => self.of(&odd).to_owned(),
        }
    }

    /// A number that a task can have.
    fn tid(&mut self) -> Value {
        json!(self.number(12) % (1 << 52))
    }

    fn time(&mut self) -> Value {
        json!(self.number(1_000_000))
    }

    fn exit(&mut self) -> Value {
        let words = self.words();
        self.of(&[
            json!("returned"),
            json!("killed"),
            json!({ "panicked": words }),
        ])
    }

    fn tids(&mut self) -> Vec<Value> {
        (0..self.below(4)).map(|_| self.tid()).collect()
    }

    fn turn(&mut self) -> Value {
        let (call, reply, exit) = (self.words(), self.words(), self.exit());
        let did = self.of(&[
            json!({ "asked": [call, reply] }),
            json!({ "waits": call }),
            json!({ "waits": call }),
            json!({ "computes": call }),
            json!({ "ended": exit }),
        ]);
        let on = self.words();
        let on = self.of(&[json!(null), json!(on)]);
        json!({ "turn": {
            "turn": self.number(40), "time": self.time(), "took": self.number(3), "cpu": self.below(3),
            "tid": self.tid(), "name": self.words(), "why": self.words(), "did": did,
            "place": { "file": self.words(), "line": 3 }, "on": on, "holders": self.tids(),
            "woke": self.tids(), "ready": self.below(5),
            "ended": [{ "tid": self.tid(), "name": self.words(), "exit": self.exit() }],
        }})
    }

    fn event(&mut self) -> Event {
        let (time, tid, words) = (self.time(), self.tid(), self.words());
        let (other, number) = (self.tid(), self.number(9));
        let value = match self.below(12) {
            0 => json!({ "start": { "time": time, "clock": words, "seed": number,
                "cpus": self.number(9) % (1 << 32), "policy": words } }),
            1 => json!({ "birth": { "time": time, "tid": tid, "name": words, "parent": other } }),
            2 => json!({ "death": { "time": time, "tid": tid, "exit": self.exit() } }),
            3 | 4 => {
                let cause = self.of(&[
                    json!("timer"),
                    json!({ "task": other }),
                    json!({ "exit": other }),
                ]);
                json!({ "wake": { "time": time, "tid": tid, "cause": cause } })
            }
            5 => {
                json!({ "interrupt": { "time": time, "tid": tid, "why": "cancelled", "by": other } })
            }
            6 => {
                let why = self.of(&["answered", "blocked", "slice_over", "preempted", "ended"]);
                json!({ "slice": { "from": self.time(), "time": time, "tid": tid,
                    "cpu": self.number(3) % (1 << 32), "why": why } })
            }
            7 => json!({ "hold": { "time": time, "tid": tid, "what": words, "id": number,
                "taken": self.below(2) == 0 } }),
            8 => {
                json!({ "length": { "time": time, "what": words, "id": number, "len": self.number(9) } })
            }
            9 => json!({ "dropped": { "time": time, "policy": words, "reason": words } }),
            _ => self.turn(),
        };
        serde_json::from_value(value).expect("an event")
    }

    /// Some events; at times without stays, at times without lengths of turns.
    fn events(&mut self) -> Vec<Event> {
        let (count, kind) = (self.below(120), self.below(3));
        let events = (0..count).map(|_| self.event());
        let kept = events.filter(|event| match event {
            Event::Slice(_) => kind == 0,
            Event::Turn(step) => kind != 2 || step.took.is_zero(),
            _ => true,
        });
        kept.collect()
    }
}

fn check(events: &[Event]) {
    let timeline = Timeline::of(events);
    for (width, lanes) in [(0, 3), (80, 40), (usize::MAX, 0)] {
        let size = Size::terminal().width(width).lanes(lanes);
        let text = gantt_text(&timeline, &size);
        assert!(
            !text.chars().any(|c| c.is_control() && c != '\n'),
            "{text:?}"
        );
        let svg = gantt_svg(&timeline, &size);
        xml::elements(&svg);
    }
    for lane in &timeline.tasks {
        let ordered = lane.pieces.iter().all(|piece| piece.from <= piece.till);
        let apart = lane
            .pieces
            .windows(2)
            .all(|pair| pair[0].till <= pair[1].from);
        assert!(ordered && apart, "{lane:?}");
    }
    trace::check(&perfetto(&timeline));
    let graph = wait_graph(events);
    dot::read(&graph.dot());
    xml::elements(&graph.svg());
}

#[test]
fn whatever_is_told_can_be_drawn() {
    let wish = std::env::var("COROS_SEEDS").ok();
    let seeds = wish.and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS);
    for seed in 0..seeds {
        let events = Chance::new(seed).events();
        let checked = catch_unwind(|| check(&events));
        checked.unwrap_or_else(|payload| {
            eprintln!("the seed is {seed}");
            resume_unwind(payload)
        });
    }
}

#[test]
fn nothing_at_all_can_be_drawn() {
    check(&[]);
}

/// A long run: many tasks, short stays, wakes.
fn long_run(count: u64) -> Vec<Event> {
    let mut chance = Chance::new(1);
    let events = (0..count).map(|at| {
        let (time, tid) = (at * 1000, 1 + chance.below(300));
        let value = match at % 4 {
            0 => json!({ "wake": { "time": time, "tid": tid, "cause": { "task": 1 + chance.below(300) } } }),
            1 | 2 => json!({ "slice": { "from": time - 1000, "time": time, "tid": tid,
                "cpu": chance.below(8), "why": chance.of(&["answered", "blocked"]) } }),
            _ => json!({ "turn": { "turn": at, "time": time, "tid": tid, "did": { "waits": "Lock(m)" },
                "on": chance.of(&["m", "n", "o"]), "holders": [1 + chance.below(300)], "ready": 0 } }),
        };
        serde_json::from_value(value).expect("an event")
    });
    events.collect()
}

#[test]
fn a_long_run_gives_a_bounded_picture() {
    let events = long_run(200_000);
    let timeline = Timeline::of(&events);
    let svg = gantt_svg(&timeline, &Size::page());
    let elements = xml::elements(&svg).len();
    assert!((1000..120_000).contains(&elements), "{elements} elements");
    assert!(gantt_text(&timeline, &Size::terminal()).contains("… and 260 more tasks"));
    let counts = trace::check(&perfetto(&timeline));
    assert!(
        counts["X"] > 100_000 && counts["s"] == counts["f"],
        "{counts:?}"
    );
    let drawn = xml::elements(&wait_graph(&events).svg());
    assert!(drawn.iter().filter(|name| *name == "rect").count() <= 201);
}

#[test]
fn a_tangle_of_waits_is_drawn_in_bounded_time() {
    // Each waits for both of the next two, who wait for both of the next: paths without number.
    let events: Vec<Event> = (1..=190u64)
        .map(|tid| {
            let holders = [tid + 1, tid + 2];
            let step = json!({ "turn": { "turn": tid, "time": 0, "tid": tid, "did": { "waits": "Both" },
                "on": format!("pair {tid}"), "holders": holders, "ready": 0 } });
            serde_json::from_value(step).expect("an event")
        })
        .collect();
    check(&events);
}

#[test]
fn all_who_wait_for_all_are_on_cycles() {
    let all: Vec<u64> = (1..=30).collect();
    let events: Vec<Event> = all
        .iter()
        .map(|tid| {
            let step = json!({ "turn": { "turn": tid, "time": 0, "tid": tid, "did": { "waits": "All" },
                "on": format!("{tid}'s"), "holders": all, "ready": 0 } });
            serde_json::from_value(step).expect("an event")
        })
        .collect();
    check(&events);
    let graph = wait_graph(&events);
    assert!(graph.nodes.iter().all(|node| node.in_cycle));
}
