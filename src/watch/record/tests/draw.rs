//! Events drawn by lot, in an order that a kernel could tell them in.

use std::sync::Arc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::kernel::*;

pub(super) const KINDS: u8 = 16;

/// What one event is made of.
#[derive(Clone, Debug)]
pub(super) struct Lot {
    pub(super) kind: u8,
    coin: bool,
    die: u8,
    numbers: [u64; 3],
    texts: [String; 3],
    tids: Vec<u64>,
}

/// A few short texts, nasty ones among them.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just(String::new()),
        2 => Just("GetTid".to_owned()),
        1 => Just("\"}\n{\\\u{0}\u{7f}\u{2028}ö".to_owned()),
        1 => vec(any::<char>(), 0..5).prop_map(String::from_iter),
    ]
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..6u64, 1 => any::<u64>()]
}

pub(super) fn lot(kind: impl Strategy<Value = u8>) -> impl Strategy<Value = Lot> {
    let numbers = [(); 3].map(|()| number());
    let texts = [(); 3].map(|()| text());
    let parts = (
        kind,
        any::<bool>(),
        0..6u8,
        numbers,
        texts,
        vec(number(), 0..4),
    );
    parts.prop_map(|(kind, coin, die, numbers, texts, tids)| Lot {
        kind,
        coin,
        die,
        numbers,
        texts,
        tids,
    })
}

/// Some events.
pub(super) fn events() -> impl Strategy<Value = Vec<Event>> {
    // Half of them are turns, as in life.
    let kind = prop_oneof![Just(0), 0..KINDS];
    vec(lot(kind), 0..20).prop_map(|lots| in_order(&lots))
}

/// The events of these lots, one after the other.
pub(super) fn in_order(lots: &[Lot]) -> Vec<Event> {
    let mut now = (0, Duration::ZERO);
    lots.iter().map(|lot| lot.event(&mut now)).collect()
}

/// The task of this number, or of one that a task can have.
fn tid(number: u64) -> Tid {
    let number = number % (1 << 52);
    serde_json::from_value(number.into()).unwrap()
}

impl Lot {
    fn event(&self, now: &mut (u64, Duration)) -> Event {
        now.1 += Duration::from_nanos(self.numbers[0] % 5);
        match self.kind {
            0 => Event::Turn(self.turn(now)),
            1 => self.birth(),
            2..7 => self.of_task(now.1),
            7..15 => self.of_thing(now.1),
            _ => {
                now.0 = 0;
                Event::Start(Start {
                    time: now.1,
                    clock: self.word(0),
                    seed: self.numbers[2],
                    switch_cost: Duration::from_nanos(self.numbers[1] % 3),
                    cpus: self.die.into(),
                    policy: self.word(1),
                })
            }
        }
    }

    fn of_task(&self, time: Duration) -> Event {
        let (tid, exit, cause, by) = (self.who(), self.exit(), self.cause(), self.tid());
        let (did, why, from, cpu) = (self.timer(), self.why(), time / 2, self.die.into());
        match self.kind {
            2 => Event::Death(Death { time, tid, exit }),
            3 => Event::Wake(Wake { time, tid, cause }),
            4 => Event::Timer(Timer { time, tid, did }),
            5 => Event::Interrupt(Interrupt { time, tid, why, by }),
            _ => {
                let why = self.stop();
                Event::Slice(Slice {
                    from,
                    time,
                    tid,
                    cpu,
                    why,
                })
            }
        }
    }

    fn of_thing(&self, time: Duration) -> Event {
        let (tid, what, id, taken) = (self.who(), self.word(0), self.numbers[2], self.coin);
        let (len, policy, reason) = (self.numbers[1], self.word(0), self.word(1));
        match self.kind {
            7 => Event::Hold(Hold {
                time,
                tid,
                what,
                id,
                taken,
            }),
            8 => Event::Length(Length {
                time,
                what,
                id,
                len,
            }),
            9 => Event::Join(Join { time, tid }),
            10 => Event::Claimed(Claimed {
                time,
                tid,
                claim: self.claim(),
            }),
            11 => Event::InForce(InForce { time, policy }),
            12 => Event::JobControl(JobControl {
                time,
                tid,
                stopped: taken,
                by: self.tid(),
            }),
            13 => self.deadlock(time),
            _ => Event::Dropped(Dropped {
                time,
                policy,
                reason,
            }),
        }
    }

    fn deadlock(&self, time: Duration) -> Event {
        Event::Deadlock(Deadlock {
            time,
            tids: self.tids(),
            waits: self.texts.to_vec(),
        })
    }

    fn who(&self) -> Tid {
        tid(self.numbers[1])
    }

    fn word(&self, which: usize) -> Arc<str> {
        self.texts[which].as_str().into()
    }

    fn claim(&self) -> SchedParams {
        SchedParams::new()
            .priority(-i32::from(self.die))
            .weight(7)
            .burst(Duration::MAX)
            .period(Duration::from_nanos(self.numbers[2]))
    }

    fn birth(&self) -> Event {
        let claim = self.claim();
        Event::Birth(Birth {
            time: Duration::from_nanos(self.numbers[2]),
            tid: tid(self.numbers[1]),
            name: self.texts[1].as_str().into(),
            daemon: self.coin,
            parent: self.tid(),
            claim: [None, Some(SchedParams::new()), Some(claim)][usize::from(self.die % 3)].clone(),
        })
    }

    fn turn(&self, now: &mut (u64, Duration)) -> Step {
        now.0 += 1 + self.numbers[2] % 3;
        let [one, two, three] = &self.texts;
        let ended = |number: &u64| Ended {
            tid: tid(*number),
            name: one.as_str().into(),
            exit: self.exit(),
        };
        let candidate = |number: &u64| Candidate {
            tid: tid(*number),
            key: three.clone(),
        };
        Step {
            turn: now.0,
            time: now.1,
            took: now.1 / 3,
            cpu: u32::from(self.die) / 2,
            tid: tid(self.numbers[1]),
            name: two.as_str().into(),
            candidates: self.tids.iter().map(candidate).collect(),
            why: three.clone(),
            with: one.clone(),
            did: self.did(),
            place: self.place(),
            on: self.coin.then(|| one.clone()),
            until: self
                .die
                .is_multiple_of(2)
                .then_some(now.1 + Duration::from_nanos(self.numbers[0])),
            holders: self.tids(),
            depth: 0,
            woke: self.tids.iter().rev().copied().map(tid).collect(),
            causes: self.tids.iter().map(|_| self.cause()).collect(),
            ended: self.tids.iter().map(ended).collect(),
            ready: self.die.into(),
        }
    }

    fn did(&self) -> Did {
        let call = self.texts[0].clone();
        match self.die {
            0 => Did::Waits(call),
            1 => Did::Computes(call),
            2 => Did::Ended(self.exit()),
            _ => Did::Asked(call, self.texts[1].clone()),
        }
    }

    fn exit(&self) -> Exit {
        match self.die {
            0 | 1 => Exit::Returned,
            2 | 3 => Exit::Panicked(self.texts[2].clone()),
            _ => Exit::Killed,
        }
    }

    fn place(&self) -> Option<Place> {
        let files = ["src/main.rs", "src/make.rs", ""];
        let file = files.get(usize::from(self.die % 4))?.to_string();
        Some(Place {
            file: file.into(),
            line: u32::from(self.die),
        })
    }

    fn tids(&self) -> Vec<Tid> {
        self.tids.iter().copied().map(tid).collect()
    }

    fn tid(&self) -> Option<Tid> {
        self.tids.first().copied().map(tid)
    }

    fn cause(&self) -> Cause {
        use Cause::{Device, Exit, Interrupt, Outside, Task, Timer};
        self.one_of(&[
            Timer,
            Interrupt,
            Device,
            Outside,
            Task(tid(1)),
            Exit(tid(2)),
        ])
    }

    fn timer(&self) -> TimerDid {
        match self.coin {
            true => TimerDid::Set(Duration::from_nanos(self.numbers[2])),
            false => TimerDid::Fired,
        }
    }

    fn why(&self) -> Why {
        use Why::{Cancelled, Killed, Signal, TimedOut, Unwinding};
        self.one_of(&[Cancelled, TimedOut, Signal, Killed, Unwinding])
    }

    fn stop(&self) -> OffCpu {
        use OffCpu::{Answered, Blocked, Ended, Preempted, SliceOver};
        self.one_of(&[Answered, Blocked, SliceOver, Preempted, Ended])
    }

    fn one_of<T: Copy>(&self, all: &[T]) -> T {
        all[usize::from(self.die) % all.len()]
    }
}
