//! Looking outside: now and then while tasks are ready, and for as long as it takes when none is.

use std::time::{Duration, Instant};

use super::Letter;
use crate::kernel::abi::events::Cause;
use crate::kernel::abi::stuck::Stuck;
use crate::kernel::core::Core;
use crate::kernel::core::face::Kernel;
use crate::kernel::core::quietly::quietly;

impl Core {
    /// Looks whether something has come from outside, and does not wait for it; says whether it has.
    pub(in crate::kernel) fn look_outside(&mut self) -> bool {
        let Some(outside) = &self.outside else {
            return false;
        };
        let events = outside.sources.is_any_awaited() && self.take_events(Some(Duration::ZERO));
        let letters = self.read_letters();
        let signals = self.read_signals();
        events || letters || signals
    }

    /// Nothing is ready: lets time come to `deadline`, or to when something comes from outside.
    ///
    /// It may come back before either; whoever waits looks again.
    pub(in crate::kernel) fn rest_until(&mut self, deadline: Option<u64>) -> Result<(), Stuck> {
        if self.ordinary.get() == 0 {
            return Err(Stuck::found_in(self)); // Nobody is left whom time would bring anything.
        }
        let outside = self.outside.as_ref();
        let hears = outside.is_some_and(|outside| outside.hooks.is_some());
        let may_bring = self.may_be_brought_something();
        match deadline {
            None if !may_bring => return Err(Stuck::found_in(self)),
            Some(deadline) if !may_bring && !hears => {
                if !self.clock.is_virtual() {
                    self.idle_observers();
                }
                self.clock.wait_until(deadline);
            }
            _ if self.clock.is_virtual() => self.rest_in_virtual_time(deadline),
            _ => {
                let limit = deadline.map(|deadline| self.clock.time_until(deadline));
                self.sleep_outside(limit);
            }
        }
        Ok(())
    }

    /// Whether something from outside may yet make a task ready.
    fn may_be_brought_something(&self) -> bool {
        let outside = self.outside.as_ref();
        self.signal_waits > 0 || outside.is_some_and(|it| it.may_bring() || it.inbox.has_some())
    }

    /// Time stands still while there is something to do, here or in a thread that works for us.
    fn rest_in_virtual_time(&mut self, deadline: Option<u64>) {
        // What has come may have made a task ready, or have set an earlier deadline.
        if self.look_outside() {
            return;
        }
        let has_errands = self.outside.as_ref().is_some_and(|it| it.errands > 0);
        match deadline {
            Some(deadline) if !has_errands => self.clock.wait_until(deadline),
            _ => self.sleep_outside(None),
        }
    }

    fn has_letters(&self) -> bool {
        let outside = self.outside.as_ref();
        outside.is_some_and(|outside| outside.inbox.has_some())
    }

    fn sleep_outside(&mut self, limit: Option<Duration>) {
        let Some(outside) = &mut self.outside else {
            return;
        };
        // What else may come would have to wait for as long.
        let may_stay_awake = limit.is_none() && !outside.sources.is_any_awaited();
        if !(may_stay_awake && outside.vigil.keep(&outside.inbox, || false)) {
            self.sleep_until_roused(limit);
        }
        self.read_letters();
        self.read_signals();
    }

    fn sleep_until_roused(&mut self, limit: Option<Duration>) {
        self.idle_observers();
        let Some(outside) = &self.outside else { return };
        let may_sleep = outside.inbox.may_sleep();
        // Looked at once more, now that whoever could still write a letter would rouse us as he goes.
        let has_reason = limit.is_some() || self.may_be_brought_something();
        let limit = match may_sleep && has_reason {
            true => limit,
            false => Some(Duration::ZERO),
        };
        // To ask for the time is worthwhile only where letters may come.
        let since = (outside.inbox.writers() > 0).then(Instant::now);
        self.take_events(limit);
        if let Some(outside) = &mut self.outside {
            outside.inbox.awake();
            if let Some(since) = since {
                outside.vigil.slept(since, outside.inbox.has_some());
            }
        }
    }

    /// Waits for events, notes which sources are ready, and wakes who waits for them; says whether
    /// anything has happened.
    fn take_events(&mut self, limit: Option<Duration>) -> bool {
        let Some(mut outside) = self.outside.take() else {
            return false;
        };
        // What comes from outside is nobody's doing whose turn it was.
        self.end_turns();
        let sources = &outside.sources;
        let hooks = outside.hooks.as_ref();
        let happened = outside.reactor.wait(limit, |key, readiness| {
            hooks.into_iter().for_each(|hooks| hooks.note_event(key));
            if let Some(line) = sources.find(key) {
                line.note(readiness, |user| {
                    Kernel::new(self).wake_for(user, Cause::Device);
                });
            }
        });
        self.outside = Some(outside);
        happened
    }

    /// Reads all letters, those too that come meanwhile; says whether there were any.
    pub(in crate::kernel) fn read_letters(&mut self) -> bool {
        let has_some = self.has_letters();
        while self.has_letters() {
            let Some(outside) = &mut self.outside else {
                break;
            };
            let mut taken = std::mem::take(&mut outside.taken);
            outside.inbox.take_into(&mut taken);
            self.end_turns();
            for letter in taken.drain(..) {
                self.follow_letter(letter);
            }
            if let Some(outside) = &mut self.outside {
                outside.taken = taken;
            }
        }
        has_some
    }

    fn follow_letter(&mut self, letter: Letter) {
        match letter {
            Letter::Wake(tid) => {
                Kernel::new(self).wake_for(tid, Cause::Outside);
            }
            // What a letter does is this crate's own, but what it drops may be the user's.
            Letter::Do(act) => _ = quietly(|| act(&mut Kernel::new(self))),
        }
    }
}
