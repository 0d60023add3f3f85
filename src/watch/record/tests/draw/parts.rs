//! What drawn events are made of.

use std::time::Duration;

use super::{Lot, tid};
use crate::kernel::*;

impl Lot {
    pub(super) fn turn(&self, now: &mut (u64, Duration)) -> Step {
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
            holders: self.tids.iter().copied().map(tid).collect(),
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

    pub(super) fn exit(&self) -> Exit {
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

    pub(super) fn tid(&self) -> Option<Tid> {
        self.tids.first().copied().map(tid)
    }

    pub(super) fn cause(&self) -> Cause {
        use Cause::{Device, Exit, Outside, Signal, Task, Timer};
        self.one_of(&[Timer, Signal, Device, Outside, Task(tid(1)), Exit(tid(2))])
    }

    pub(super) fn timer(&self) -> TimerDid {
        match self.coin {
            true => TimerDid::Set(Duration::from_nanos(self.numbers[2])),
            false => TimerDid::Fired,
        }
    }

    pub(super) fn why(&self) -> Why {
        use Why::{Cancelled, Killed, Signal, TimedOut, Unwinding};
        self.one_of(&[Cancelled, TimedOut, Signal, Killed, Unwinding])
    }

    pub(super) fn stop(&self) -> Stop {
        use Stop::{Answered, Blocked, Ended, Preempted, SliceOver};
        self.one_of(&[Answered, Blocked, SliceOver, Preempted, Ended])
    }

    fn one_of<T: Copy>(&self, all: &[T]) -> T {
        all[usize::from(self.die) % all.len()]
    }
}
