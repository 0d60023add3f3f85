//! The reference model: what the contract says, as plainly as can be, without a stack to switch.
//!
//! Tasks are program counters, every queue is a queue of numbers, and every event is a line.

use std::collections::{BTreeMap, VecDeque};

use crate::channels::Channel;
use crate::lines::Mutex;
use crate::program::{Act, CHANNELS, LISTS, MUTEXES, Program, SHORTCUTS};
use crate::script::{Cause, Next};
use crate::tasks::{Due, Post, State, Task, Waiter};

/// Before which turns timers are looked at, though tasks are ready. The contract says "about".
#[derive(Clone, Copy, Debug)]
pub struct Poll {
    pub first: u64,
    pub every: u64,
}

pub struct Model<'p> {
    pub program: &'p Program,
    poll: Poll,
    pub tasks: Vec<Task>,
    pub ready: VecDeque<usize>,
    pub lists: [Vec<Waiter>; LISTS],
    /// By deadline, then by the order of setting.
    pub timers: BTreeMap<(u64, u64), Due>,
    pub timers_set: u64,
    pub mutexes: [Mutex; MUTEXES],
    pub channels: [Channel; CHANNELS],
    pub shortcuts: usize,
    pub looks: usize,
    pub scopes_entered: u64,
    pub interruptions: u64,
    pub mail: VecDeque<Post>,
    pub now: u64,
    turns: u64,
    pub abandoned: u64,
    pub trace: Vec<String>,
}

/// Tells all that happens when a program runs.
pub fn run(program: &Program, poll: Poll) -> Vec<String> {
    let mut model = Model {
        program,
        poll,
        tasks: Vec::new(),
        ready: VecDeque::new(),
        lists: Default::default(),
        timers: BTreeMap::new(),
        timers_set: 0,
        mutexes: Default::default(),
        channels: Default::default(),
        shortcuts: 0,
        looks: 0,
        scopes_entered: 0,
        interruptions: 0,
        mail: VecDeque::new(),
        now: 0,
        turns: 0,
        abandoned: 0,
        trace: Vec::new(),
    };
    for script in 0..program.roots {
        let root = model.create_task(script);
        model.hand_out(root);
    }
    let ending = match model.turns() {
        true => model.report(),
        false => model.stuck(),
    };
    model.trace.push(ending);
    model.shortcuts = SHORTCUTS;
    model.kill_all();
    for root in 0..program.roots {
        let (number, exit) = (root + 1, &model.tasks[root].exit);
        let line = match exit.as_str() {
            "returned" => format!("{number} joined: returned {number}"),
            exit => format!("{number} joined: {exit}"),
        };
        model.trace.push(line);
    }
    model.trace
}

impl Model<'_> {
    /// Turns until all tasks have ended, or, which is false, nothing can go on.
    fn turns(&mut self) -> bool {
        while self.tasks.iter().any(|task| task.state != State::Gone) {
            self.turns += 1;
            let Poll { first, every } = self.poll;
            if self.turns >= first && (self.turns - first).is_multiple_of(every) {
                self.let_time_pass(self.now);
            }
            while self.ready.is_empty() {
                let Some(&(deadline, _)) = self.timers.keys().next() else {
                    return false;
                };
                self.let_time_pass(deadline);
            }
            let task = self.ready.pop_front().expect("somebody is ready");
            self.turn(task);
            self.read_mail();
        }
        true
    }

    /// What deadlines break off may leave posts, which are read before the next turn as all are.
    fn let_time_pass(&mut self, to: u64) {
        self.now = self.now.max(to);
        self.fire_due();
        self.read_mail();
    }

    fn turn(&mut self, task: usize) {
        if std::mem::take(&mut self.tasks[task].is_interrupted) {
            self.tasks[task].state = State::Waiting;
            self.break_off(task);
        } else if self.tasks[task].state == State::Woken {
            self.tasks[task].state = State::Busy;
            self.serve(task);
            if self.tasks[task].reply.is_none() {
                return;
            }
        }
        self.tasks[task].state = State::Busy;
        match self.go_on(task) {
            None => {
                self.serve(task);
                if self.tasks[task].reply.is_some() {
                    self.tasks[task].state = State::Ready;
                    self.ready.push_back(task);
                }
            }
            Some(None) => self.retire(task, "returned"),
            Some(Some(Cause::Panic)) => self.retire(task, "panicked: planned"),
            Some(Some(Cause::Kill)) => unreachable!("a task that has turns is not dying"),
        }
    }

    /// Serves a task's call: it has its reply, or waits.
    fn serve(&mut self, task: usize) {
        let asked = self.tasks[task].asked.expect("it has made a call");
        let answer = self.answer(task, asked);
        if answer.is_some() {
            self.end_wait(task);
            self.tasks[task].reply = answer;
        } else {
            self.tasks[task].state = State::Waiting;
            self.arm_scopes(task);
            self.break_off(task);
        }
    }

    /// Runs a task up to its next call, which is `None`, or to its end, and why it unwound.
    pub fn go_on(&mut self, task: usize) -> Option<Option<Cause>> {
        if let Some(reply) = self.tasks[task].reply.take() {
            let asked = self.tasks[task].asked.take().expect("it has made a call");
            self.say(task, asked, &reply);
        }
        loop {
            match self.tasks[task].place.next() {
                Next::Act(at, act) => {
                    if self.act(task, at, act) {
                        return None;
                    }
                }
                Next::Caught(cause) => {
                    let line = format!("{} caught {}", task + 1, cause.words());
                    self.trace.push(line);
                }
                Next::Unlock(mutex) => {
                    let is_torn_away = self.tasks[task].place.unwinding.is_some();
                    self.unlock(mutex, is_torn_away);
                }
                Next::Ended(cause) => {
                    self.trace.push(format!("{} gone", task + 1));
                    return Some(cause);
                }
            }
        }
    }

    /// Does one act; says whether that ends the turn.
    fn act(&mut self, task: usize, at: usize, act: Act) -> bool {
        if let Some(said) = self.at_once(task, (at, act)) {
            // What came of a scope that is left by unwinding is not told.
            if self.tasks[task].place.unwinding.is_none() || !matches!(act, Act::Leave(_)) {
                self.say(task, (at, act), &said);
            }
            return false;
        }
        if self.tasks[task].place.unwinding.is_none() {
            self.tasks[task].asked = Some((at, act));
            return true;
        }
        let reply = self.answer(task, (at, act));
        self.end_wait(task);
        let reply = reply.unwrap_or_else(|| self.broken_off(act, "Unwinding"));
        self.say(task, (at, act), &reply);
        false
    }

    fn say(&mut self, task: usize, (at, act): (usize, Act), said: &str) {
        match act {
            Act::Enter(_) => return,
            Act::Lock(_) | Act::TryLock(_) if said != "locked" => {
                self.tasks[task].place.turn_away();
            }
            Act::Select(_) => {
                if let Some(mutex) = self.tasks[task].unread.take() {
                    self.unlock(mutex, false);
                }
            }
            Act::SpawnKept(_) => {
                if let Ok(number) = said.parse::<usize>() {
                    self.hand_out(number - 1);
                }
            }
            _ => {}
        }
        let line = format!("{}.{at} {act:?}: {said}", task + 1);
        self.trace.push(line);
    }

    /// From now on there is a handle of the task.
    fn hand_out(&mut self, task: usize) {
        self.tasks[task].is_known = true;
        self.tasks[task].has_handle = true;
    }

    fn stuck(&self) -> String {
        let numbers: Vec<_> = self.left().iter().map(|task| task + 1).collect();
        format!("stuck: {numbers:?}")
    }

    fn report(&self) -> String {
        let count = |exit| self.tasks.iter().filter(|task| task.exit == exit).count();
        format!(
            "ran: {} turns, {} spawned: {} returned, {} panicked, {} killed, {} abandoned",
            self.turns,
            self.tasks.len(),
            count("returned"),
            count("panicked: planned"),
            count("was killed"),
            self.abandoned
        )
    }
}
