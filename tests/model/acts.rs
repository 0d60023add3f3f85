//! What a task on the kernel does: its calls, its posts and its shortcuts, and the replies in words.

use std::time::Duration;

use coros::channel::{RecvError, SendError, TryRecvError, TrySendError};
use coros::select::{Order, select_among};
use coros::sync::LockError;
use coros::syscall::{GetTid, KillTask, Park, Sleep, WaitTask, WakeAll, WakeOne, Yield};
use coros::{Interrupted, SystemCall, Tid, call, select};

use crate::calls::{Nudge, Timed, Wait, in_words};
use crate::life::Life;
use crate::program::{Act, BRANCHES, Branch, Who};

impl Life {
    pub fn act(&self, at: usize, act: Act) {
        let said = self.reply(at, act);
        self.say(at, act, &said);
    }

    fn reply(&self, at: usize, act: Act) -> String {
        let lists = &self.world.lists;
        match act {
            _ if act.is_shortcut() => self.by_shortcut(at, act),
            Act::Yield => self.ask(Yield, |()| "back".into()),
            Act::GetTid => self.ask(GetTid, |tid| tid.to_string()),
            Act::Spawn(_) | Act::SpawnKept(_) if self.world.is_full() => "full".into(),
            Act::Spawn(skip) => self.ask(self.birth(skip), |tid| tid.to_string()),
            Act::SpawnKept(skip) => self.spawn_kept(skip),
            Act::WakeOne(list) => self.ask(WakeOne(&lists[list]), |woken| {
                woken.map_or("nobody".into(), |tid| tid.to_string())
            }),
            Act::WakeAll(list) => self.ask(WakeAll(&lists[list]), |count| count.to_string()),
            Act::PostOne(list) => {
                lists[list].wake_one();
                "posted".into()
            }
            Act::PostAll(list) => {
                lists[list].wake_all();
                "posted".into()
            }
            Act::Cancel(who) => self.cancel(at, who),
            Act::Close(channel) => {
                self.world.channels[channel].0.close();
                "closed".into()
            }
            Act::Look(_) if !self.world.look() => "spent".into(),
            Act::Look(mutex) => self.look_at_mutex(mutex),
            Act::Sleep(time) => self.wait(Branch::Sleep(time)),
            Act::Park(list) => self.wait(Branch::Park(list)),
            Act::Wait(who) => self.wait(Branch::Wait(who)),
            Act::Select(branches) => self.select(branches).unwrap_or_else(|| "not known".into()),
            Act::Kill(who) => self.ask_about(who, |tid| {
                self.ask(KillTask(tid), |killed| match killed {
                    Ok(()) => "killed".into(),
                    Err(_) => "no such task".into(),
                })
            }),
            Act::Nudge(who) => {
                self.ask_about(who, |tid| self.ask(Nudge(tid), |woken| woken.to_string()))
            }
            _ => unreachable!("{act:?} is at the end of a block"),
        }
    }

    fn ask_about(&self, who: Who, ask: impl FnOnce(Tid) -> String) -> String {
        let tid = self.world.tid(self.index(who));
        tid.map_or_else(|| "not known".into(), ask)
    }

    /// Makes a call; the reply in words, and when it was given.
    fn ask<C: SystemCall>(&self, asked: C, words: impl FnOnce(C::Reply) -> String) -> String {
        let world = &self.world;
        let (reply, time) = call(Timed { asked, world });
        at_time((words(reply), time))
    }

    fn cancel(&self, at: usize, who: Who) -> String {
        let Some(handle) = self.world.handle(self.index(who)) else {
            return "no handle".into();
        };
        handle.cancel(&format!("in step {at}"));
        "posted".into()
    }

    fn by_shortcut(&self, at: usize, act: Act) -> String {
        if !self.world.spend() {
            return "spent".into();
        }
        let channels = &self.world.channels;
        let item = (self.number - 1) * 100 + at as u64;
        let back = |back, why: String| {
            assert_eq!(back, item, "another item comes back");
            why
        };
        match act {
            Act::Send(channel) => match channels[channel].0.send(item) {
                Ok(()) => "sent".into(),
                Err(SendError::Closed(item)) => back(item, "closed".into()),
                Err(SendError::Interrupted(item, why)) => back(item, in_words(&why)),
            },
            Act::TrySend(channel) => match channels[channel].0.try_send(item) {
                Ok(()) => "sent".into(),
                Err(TrySendError::Closed(item)) => back(item, "closed".into()),
                Err(TrySendError::Full(item)) => back(item, "full".into()),
            },
            Act::Recv(channel) => received(channels[channel].1.recv()),
            Act::TryRecv(channel) => match channels[channel].1.try_recv() {
                Ok(item) => format!("got {item}"),
                Err(TryRecvError::Empty) => "empty".into(),
                Err(TryRecvError::Closed) => "closed".into(),
            },
            _ => unreachable!("{act:?} is at the beginning of a block"),
        }
    }

    fn look_at_mutex(&self, mutex: usize) -> String {
        let mutex = &self.world.mutexes[mutex];
        let (poisoned, locked) = (mutex.is_poisoned(), mutex.is_locked());
        mutex.clear_poison();
        let waiting = mutex.waiters();
        format!("poisoned {poisoned}, locked {locked}, {waiting} waiting")
    }

    fn wait(&self, branch: Branch) -> String {
        match self.waiting(branch) {
            Some(Timed { asked, .. }) => self.ask(asked, |said| said),
            None => "not known".into(),
        }
    }

    /// None if a branch is about a task that nobody knows.
    fn select(&self, branches: [Option<Branch>; BRANCHES]) -> Option<String> {
        let chosen = match branches {
            [Some(Branch::Lock(mutex)), Some(second), _] => {
                let (mutex, second) = (&self.world.mutexes[mutex], self.waiting(second)?);
                select! {
                    biased;
                    guard = mutex.locking() => {
                        (0, guard.map_or_else(unlocked, |_| "locked".into()))
                    },
                    said = second => (1, at_time(said)),
                }
            }
            [Some(Branch::Recv(channel)), Some(second), _] => {
                let (receiver, second) = (&self.world.channels[channel].1, self.waiting(second)?);
                select! {
                    biased;
                    got = receiver.receiving() => (0, received(got)),
                    said = second => (1, at_time(said)),
                }
            }
            [Some(Branch::Send(channel)), Some(second), _] => {
                let (sender, second) = (&self.world.channels[channel].0, self.waiting(second)?);
                let mut item = Some((self.number - 1) * 100 + 99);
                let chosen = select! {
                    biased;
                    reply = sender.sending(&mut item) => (0, sent(reply)),
                    said = second => (1, at_time(said)),
                };
                let is_sent = chosen.as_ref().is_ok_and(|chosen| chosen.1 == "sent");
                assert_eq!(item.is_none(), is_sent, "an item is sent or kept");
                chosen
            }
            _ => self.select_waits(branches)?,
        };
        Some(match chosen {
            Ok((at, said)) => format!("branch {at}: {said}"),
            Err(why) => in_words(&why),
        })
    }

    fn select_waits(
        &self,
        branches: [Option<Branch>; BRANCHES],
    ) -> Option<Result<(usize, String), Interrupted>> {
        let branches = branches.into_iter().flatten();
        let waits: Option<Vec<_>> = branches.map(|branch| self.waiting(branch)).collect();
        Some(match <[_; 2]>::try_from(waits?) {
            Ok([first, second]) => select! {
                biased;
                said = first => (0, at_time(said)),
                said = second => (1, at_time(said)),
            },
            Err(waits) => {
                let chosen = select_among(waits, Order::Biased);
                chosen.map(|(at, said)| (at, at_time(said)))
            }
        })
    }

    fn waiting(&self, branch: Branch) -> Option<Timed<'_, Wait<'_>>> {
        let asked = match branch {
            Branch::Sleep(time) => Wait::Sleep(Sleep(Duration::from_millis(time))),
            Branch::Park(list) => Wait::Park(Park(&self.world.lists[list])),
            Branch::Wait(who) => Wait::Exit(WaitTask(self.world.tid(self.index(who))?)),
            Branch::Lock(_) | Branch::Recv(_) | Branch::Send(_) => {
                unreachable!("the first of two only")
            }
        };
        let world = &self.world;
        Some(Timed { asked, world })
    }

    fn index(&self, who: Who) -> usize {
        match who {
            Who::Me => self.number as usize - 1,
            Who::Nth(index) => index,
        }
    }
}

fn at_time((said, time): (String, Duration)) -> String {
    format!("{said} at {}", time.as_millis())
}

fn sent(reply: Result<(), SendError<()>>) -> String {
    match reply {
        Ok(()) => "sent".into(),
        Err(SendError::Closed(())) => "closed".into(),
        Err(SendError::Interrupted((), why)) => in_words(&why),
    }
}

fn received(reply: Result<u64, RecvError>) -> String {
    match reply {
        Ok(item) => format!("got {item}"),
        Err(RecvError::Closed) => "closed".into(),
        Err(RecvError::Interrupted(why)) => in_words(&why),
    }
}

pub fn unlocked(why: LockError) -> String {
    match why {
        LockError::Interrupted(why) => in_words(&why),
        other => format!("{other:?}"),
    }
}
