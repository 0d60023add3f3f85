//! The reference model's calls and posts: what each is answered, and whom it wakes.

use crate::channels::Hand;
use crate::program::LOOKS;
use crate::program::{Act, Branch, MOST_TASKS, Who};
use crate::reference::Model;
use crate::shortcuts::item;
use crate::tasks::{Due, State, Task, Waiter};

impl Model<'_> {
    /// What a task is told that needs no kernel: after a post, or if there is nobody to ask about.
    pub fn at_once(&mut self, task: usize, (at, act): (usize, Act)) -> Option<String> {
        if act.is_shortcut() {
            return self.by_shortcut(task, (at, act));
        }
        if let Act::Look(mutex) = act {
            self.looks += 1;
            return Some(match self.looks <= LOOKS {
                true => self.look_at_mutex(mutex),
                false => "spent".into(),
            });
        }
        let said = match act {
            // One that has caught its kill unwinds again.
            Act::SpawnKept(_) if self.has_caught_its_kill(task) => None,
            Act::SpawnKept(skip) if self.tasks.len() < MOST_TASKS => {
                return Some((self.spawn(task, skip) + 1).to_string());
            }
            Act::Enter(fence) => return Some(self.enter(task, fence)),
            Act::Leave(_) => return Some(self.leave(task)),
            Act::PostOne(list) | Act::PostAll(list) => {
                match act {
                    Act::PostOne(_) => _ = self.wake_one(list),
                    _ => _ = self.wake_all(list),
                }
                Some("posted")
            }
            Act::Cancel(who) => Some(match self.tasks.get(index(task, who)) {
                Some(target) if target.has_handle => {
                    let words = format!("Cancelled by {} in step {at}", task + 1);
                    if self.is_living(index(task, who)) {
                        self.interrupt(index(task, who), 0, words);
                    }
                    "posted"
                }
                _ => "no handle",
            }),
            Act::Spawn(_) | Act::SpawnKept(_) if self.tasks.len() >= MOST_TASKS => Some("full"),
            Act::Kill(who) | Act::Wait(who) | Act::Nudge(who) if !self.is_known(task, who) => {
                Some("not known")
            }
            Act::Select(branches) => {
                let is_known = |branch: &Branch| match branch {
                    Branch::Wait(who) => self.is_known(task, *who),
                    _ => true,
                };
                let all = branches.iter().flatten().all(is_known);
                (!all).then_some("not known")
            }
            Act::Close(channel) => {
                self.close(channel);
                Some("closed")
            }
            _ => None,
        };
        said.map(Into::into)
    }

    fn has_caught_its_kill(&self, task: usize) -> bool {
        let Task { state, place, .. } = &self.tasks[task];
        *state == State::Dying && place.unwinding.is_none() && self.tasks.len() < MOST_TASKS
    }

    fn is_known(&self, task: usize, who: Who) -> bool {
        let target = self.tasks.get(index(task, who));
        target.is_some_and(|target| target.is_known)
    }

    /// The reply to a call; none if the caller waits.
    pub fn answer(&mut self, caller: usize, (at, act): (usize, Act)) -> Option<String> {
        let reply = match act {
            Act::Yield => "back".into(),
            Act::GetTid => (caller + 1).to_string(),
            Act::Spawn(skip) => {
                let child = self.spawn(caller, skip);
                self.tasks[child].is_known = true;
                (child + 1).to_string()
            }
            Act::WakeOne(list) => match self.wake_one(list) {
                Some(task) => (task + 1).to_string(),
                None => "nobody".into(),
            },
            Act::WakeAll(list) => self.wake_all(list).to_string(),
            Act::Kill(who) => self.kill(caller, index(caller, who)).into(),
            Act::Nudge(who) => self.nudge(caller, index(caller, who)).to_string(),
            Act::Select(_) => return self.select(caller, act),
            Act::Sleep(_) | Act::Park(_) | Act::Wait(_) => {
                let [branch, ..] = act.branches();
                self.look((caller, 0), branch.expect("such an act is a branch"))?
            }
            Act::Lock(mutex) => return self.lock((caller, 0), mutex),
            Act::Send(channel) => {
                return self.send((caller, 0), channel, (item(caller, at), Hand::Line));
            }
            Act::Recv(channel) => return self.receive((caller, 0), channel),
            _ => unreachable!("{act:?} is no call"),
        };
        Some(format!("{reply} at {}", self.now))
    }

    fn spawn(&mut self, parent: usize, skip: usize) -> usize {
        let script = self.tasks[parent].script;
        self.create_task(self.program.child_of(script, skip))
    }

    /// What was granted while the caller waited comes first, then the branches in their order.
    fn select(&mut self, caller: usize, act: Act) -> Option<String> {
        let granted = |at: &usize| self.tasks[caller].waits[*at].is_granted();
        let mut order: Vec<usize> = (0..act.branches().len()).filter(granted).collect();
        order.extend(0..act.branches().len());
        for at in order {
            if let Some(branch) = act.branches()[at]
                && let Some(reply) = self.look((caller, at), branch)
            {
                let time = match branch {
                    Branch::Lock(_) | Branch::Recv(_) | Branch::Send(_) => String::new(),
                    _ => format!(" at {}", self.now),
                };
                return Some(format!("branch {at}: {reply}{time}"));
            }
        }
        None
    }

    /// What a branch has to say; none if it waits.
    fn look(&mut self, waiter: Waiter, branch: Branch) -> Option<String> {
        match branch {
            Branch::Sleep(time) => self.sleep(waiter, time),
            Branch::Park(list) => self.park(waiter, list),
            Branch::Wait(who) => self.wait(waiter, index(waiter.0, who)),
            Branch::Recv(channel) => self.receive(waiter, channel),
            Branch::Send(channel) => self.send(waiter, channel, (item(waiter.0, 99), Hand::Own)),
            Branch::Lock(mutex) => {
                let reply = self.lock(waiter, mutex)?;
                self.tasks[waiter.0].unread = (reply == "locked").then_some(mutex);
                Some(reply)
            }
        }
    }

    fn sleep(&mut self, waiter: Waiter, time: u64) -> Option<String> {
        let (task, branch) = waiter;
        if self.tasks[task].waits[branch].is_due {
            return Some("over".into());
        }
        if !self.timers.values().any(|due| *due == Due::Wake(waiter)) {
            self.set_timer(time, Due::Wake(waiter));
        }
        None
    }

    fn park(&mut self, waiter: Waiter, list: usize) -> Option<String> {
        let (task, branch) = waiter;
        if self.tasks[task].waits[branch].is_chosen {
            self.tasks[task].waits[branch].is_chosen = false;
            return Some("over".into());
        }
        if !self.lists[list].contains(&waiter) {
            self.lists[list].push(waiter);
        }
        None
    }

    fn wait(&mut self, waiter: Waiter, target: usize) -> Option<String> {
        let (caller, branch) = waiter;
        if caller == target {
            return Some("itself".into());
        }
        if let Some(exit) = self.tasks[caller].waits[branch].exit_seen.take() {
            return Some(exit);
        }
        let target = &mut self.tasks[target];
        if target.state == State::Gone {
            return Some("no such task".into());
        }
        if !target.joiners.contains(&waiter) {
            target.joiners.push(waiter);
        }
        None
    }

    /// A hint without a cause; a caller who is answered goes to the tail anyway.
    fn nudge(&mut self, caller: usize, target: usize) -> bool {
        let waited = self.tasks[target].state == State::Waiting;
        self.make_ready(target);
        waited || caller == target
    }

    pub fn wake_one(&mut self, list: usize) -> Option<usize> {
        if self.lists[list].is_empty() {
            return None;
        }
        let (task, branch) = self.lists[list].remove(0);
        self.tasks[task].waits[branch].is_chosen = true;
        self.make_ready(task);
        Some(task)
    }

    pub fn wake_all(&mut self, list: usize) -> usize {
        let parked = self.lists[list].len();
        for _ in 0..parked {
            self.wake_one(list);
        }
        parked
    }

    /// A wake only moves a task that waits to the ready queue.
    pub fn make_ready(&mut self, task: usize) {
        if self.tasks[task].state == State::Waiting {
            self.tasks[task].state = State::Woken;
            self.ready.push_back(task);
        }
    }

    /// Forgets all that a task waited for, now that its call is over. What it was granted and did not
    /// take is for the next.
    pub fn end_wait(&mut self, task: usize) {
        for list in &mut self.lists {
            list.retain(|waiter| waiter.0 != task);
        }
        for target in &mut self.tasks {
            target.joiners.retain(|waiter| waiter.0 != task);
        }
        self.give_up_lines(task);
        let is_own = |due: &Due| matches!(due, Due::Wake(waiter) if waiter.0 == task);
        self.timers.retain(|_, due| !is_own(due));
        let waits = std::mem::take(&mut self.tasks[task].waits);
        let Some((_, act)) = self.tasks[task].asked else {
            return;
        };
        for (wait, branch) in waits.iter().zip(act.branches()) {
            if let Some(Branch::Park(list)) = branch
                && wait.is_chosen
            {
                self.wake_one(list);
            }
        }
    }
}

/// Whom a task means.
fn index(task: usize, who: Who) -> usize {
    match who {
        Who::Me => task,
        Who::Nth(index) => index,
    }
}
