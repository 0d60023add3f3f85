//! The reference model's calls and posts: what each is answered, and whom it wakes.

use crate::program::{Act, MOST_TASKS, Who};
use crate::reference::{Model, Post, State};

impl Model<'_> {
    /// What a task is told that needs no kernel: after a post, or if there is nobody to ask about.
    pub fn at_once(&mut self, task: usize, act: Act) -> Option<&'static str> {
        match act {
            Act::PostOne(list) | Act::PostAll(list) => {
                if !self.lists[list].is_empty() {
                    self.mail.push_back(match act {
                        Act::PostOne(_) => Post::WakeOne(list),
                        _ => Post::WakeAll(list),
                    });
                }
                Some("posted")
            }
            Act::Spawn(_) if self.tasks.len() >= MOST_TASKS => Some("full"),
            Act::Kill(who) | Act::Wait(who) | Act::Nudge(who)
                if index(task, who) >= self.tasks.len() =>
            {
                Some("not born")
            }
            _ => None,
        }
    }

    /// The reply to a call; none if the caller waits.
    pub fn answer(&mut self, caller: usize, act: Act) -> Option<String> {
        let reply = match act {
            Act::Yield => "back".into(),
            Act::GetTid => (caller + 1).to_string(),
            Act::Spawn(skip) => {
                let parent = self.tasks[caller].script;
                let child = self.create_task(self.program.child_of(parent, skip));
                (child + 1).to_string()
            }
            Act::Sleep(time) => self.sleep(caller, time)?,
            Act::Park(list) => self.park(caller, list)?,
            Act::WakeOne(list) => match self.wake_one(list) {
                Some(task) => (task + 1).to_string(),
                None => "nobody".into(),
            },
            Act::WakeAll(list) => self.wake_all(list).to_string(),
            Act::Kill(who) => self.kill(caller, index(caller, who)).into(),
            Act::Wait(who) => self.wait(caller, index(caller, who))?,
            Act::Nudge(who) => self.nudge(caller, index(caller, who)).to_string(),
            Act::PostOne(_) | Act::PostAll(_) => unreachable!("a post is no call"),
        };
        Some(format!("{reply} at {}", self.now))
    }

    fn sleep(&mut self, caller: usize, time: u64) -> Option<String> {
        let task = &mut self.tasks[caller];
        if task.is_due {
            return Some("over".into());
        }
        if task.timer.is_none() {
            self.timers_set += 1;
            let timer = (self.now + time, self.timers_set);
            task.timer = Some(timer);
            self.timers.insert(timer, caller);
        }
        None
    }

    fn park(&mut self, caller: usize, list: usize) -> Option<String> {
        if self.tasks[caller].is_chosen {
            return Some("over".into());
        }
        if !self.lists[list].contains(&caller) {
            self.lists[list].push(caller);
        }
        None
    }

    fn wait(&mut self, caller: usize, target: usize) -> Option<String> {
        if caller == target {
            return Some("itself".into());
        }
        if let Some(exit) = self.tasks[caller].exit_seen.take() {
            return Some(exit);
        }
        let target = &mut self.tasks[target];
        if target.state == State::Gone {
            return Some("no such task".into());
        }
        if !target.joiners.contains(&caller) {
            target.joiners.push(caller);
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
        let task = self.lists[list].remove(0);
        self.tasks[task].is_chosen = true;
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

    /// Wakes all whose deadline has come.
    pub fn fire_due(&mut self) {
        while let Some(first) = self.timers.first_entry() {
            if first.key().0 > self.now {
                return;
            }
            let task = first.remove();
            self.tasks[task].timer = None;
            self.tasks[task].is_due = true;
            self.make_ready(task);
        }
    }

    /// Forgets all that a task waited for.
    pub fn clear_wait(&mut self, task: usize) {
        for list in &mut self.lists {
            list.retain(|&parked| parked != task);
        }
        for target in &mut self.tasks {
            target.joiners.retain(|&joiner| joiner != task);
        }
        self.timers.retain(|_, sleeper| *sleeper != task);
        let task = &mut self.tasks[task];
        (task.timer, task.is_due, task.is_chosen) = (None, false, false);
        task.exit_seen = None;
    }
}

/// Whom a task means.
fn index(task: usize, who: Who) -> usize {
    match who {
        Who::Me => task,
        Who::Nth(index) => index,
    }
}
