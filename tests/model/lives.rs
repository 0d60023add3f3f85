//! The reference model's births and deaths.

use crate::reference::Model;
use crate::scopes::Scope;
use crate::script::{Cause, Place};
use crate::tasks::{Due, Post, State, Task};

/// How often a dying task may catch and go on, and how often the leftovers' leftovers are killed.
const PATIENCE: u32 = 16;

impl Model<'_> {
    /// Makes a task, at the tail of the ready queue.
    pub fn create_task(&mut self, script: usize) -> usize {
        let task = self.tasks.len();
        self.tasks.push(Task {
            script,
            place: Place::at_start(self.program.script(script)),
            state: State::Ready,
            asked: None,
            reply: None,
            waits: Default::default(),
            scopes: vec![Scope::of_task()],
            joiners: Vec::new(),
            exit: String::new(),
            is_known: false,
            has_handle: false,
            unread: None,
            is_interrupted: false,
        });
        self.ready.push_back(task);
        task
    }

    /// Kills at once, or by post if the victim is the caller or the caller unwinds.
    pub fn kill(&mut self, caller: usize, victim: usize) -> &'static str {
        if !self.is_living(victim) {
            return "no such task";
        }
        if victim == caller || self.tasks[caller].place.unwinding.is_some() {
            self.mail.push_back(Post::Kill(victim));
        } else {
            self.unwind(victim);
        }
        "killed"
    }

    pub fn is_living(&self, task: usize) -> bool {
        !matches!(self.tasks[task].state, State::Dying | State::Gone)
    }

    fn unwind(&mut self, victim: usize) {
        self.ready.retain(|&task| task != victim);
        let task = &mut self.tasks[victim];
        task.state = State::Dying;
        task.is_interrupted = false;
        task.reply = None;
        self.end_wait(victim);
        if let Some(mutex) = self.tasks[victim].unread.take() {
            self.unlock(mutex, true);
        }
        self.drive_out(victim);
        self.retire(victim, "was killed");
    }

    fn drive_out(&mut self, victim: usize) {
        for _ in 0..=PATIENCE {
            self.tasks[victim].asked = None;
            self.tasks[victim].place.raise(Cause::Kill);
            if self.go_on(victim).is_some() {
                return;
            }
        }
        self.abandoned += 1;
    }

    pub fn retire(&mut self, task: usize, exit: &str) {
        for (joiner, branch) in std::mem::take(&mut self.tasks[task].joiners) {
            self.tasks[joiner].waits[branch].exit_seen = Some(exit.into());
            self.make_ready(joiner);
        }
        self.timers
            .retain(|_, due| !matches!(due, Due::Expire(own, _) if *own == task));
        self.tasks[task].exit = exit.into();
        self.tasks[task].state = State::Gone;
    }

    /// Carries out all posts, those too that come of carrying out.
    pub fn read_mail(&mut self) {
        while let Some(post) = self.mail.pop_front() {
            match post {
                Post::Kill(task) if self.is_living(task) => self.unwind(task),
                Post::Kill(_) => {}
            }
        }
    }

    /// What dropping the scheduler does: kills all that is left, newest first, in rounds.
    pub fn kill_all(&mut self) {
        for _ in 0..PATIENCE {
            for task in self.left().into_iter().rev() {
                if self.is_living(task) {
                    self.unwind(task);
                }
            }
            self.read_mail();
        }
    }

    /// Those that have not ended, oldest first.
    pub fn left(&self) -> Vec<usize> {
        let all = 0..self.tasks.len();
        all.filter(|&task| self.is_living(task)).collect()
    }
}
