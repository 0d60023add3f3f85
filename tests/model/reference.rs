//! The reference model: what the contract says, as plainly as can be, without a stack to switch.
//!
//! Tasks are program counters, every queue is a queue of numbers, and every event is a line.

use std::collections::{BTreeMap, VecDeque};

use crate::program::{Act, LISTS, Program};
use crate::script::{Cause, Next, Place};

/// Before which turns timers are looked at, though tasks are ready. The contract says "about".
#[derive(Clone, Copy, Debug)]
pub struct Poll {
    pub first: u64,
    pub every: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Ready,
    /// In the ready queue, too, but its call is to be served again.
    Woken,
    Waiting,
    /// Has its turn, or its call is being served.
    Busy,
    Dying,
    Gone,
}

pub struct Task {
    pub script: usize,
    pub place: Place,
    pub state: State,
    /// The pending call, and whose step it is.
    pub asked: Option<(usize, Act)>,
    /// The reply that it reads when it goes on.
    pub reply: Option<String>,
    pub timer: Option<(u64, u64)>,
    pub is_due: bool,
    /// A list has chosen it.
    pub is_chosen: bool,
    pub exit_seen: Option<String>,
    pub joiners: Vec<usize>,
    pub exit: String,
}

pub enum Post {
    WakeOne(usize),
    WakeAll(usize),
    Kill(usize),
}

pub struct Model<'p> {
    pub program: &'p Program,
    poll: Poll,
    pub tasks: Vec<Task>,
    pub ready: VecDeque<usize>,
    pub lists: [Vec<usize>; LISTS],
    /// By deadline, then by the order of setting.
    pub timers: BTreeMap<(u64, u64), usize>,
    pub timers_set: u64,
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
        mail: VecDeque::new(),
        now: 0,
        turns: 0,
        abandoned: 0,
        trace: Vec::new(),
    };
    for script in 0..program.roots {
        model.create_task(script);
    }
    let ending = match model.turns() {
        true => model.report(),
        false => model.stuck(),
    };
    model.trace.push(ending);
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
                self.fire_due();
            }
            if self.ready.is_empty() {
                let Some(&(deadline, _)) = self.timers.keys().next() else {
                    return false;
                };
                self.now = self.now.max(deadline);
                self.fire_due();
            }
            let task = self.ready.pop_front().expect("a timer has woken a task");
            self.turn(task);
            self.read_mail();
        }
        true
    }

    fn turn(&mut self, task: usize) {
        if self.tasks[task].state == State::Woken {
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
        let (_, act) = self.tasks[task].asked.expect("it has made a call");
        let answer = self.answer(task, act);
        match answer {
            Some(_) => self.clear_wait(task),
            None => self.tasks[task].state = State::Waiting,
        }
        self.tasks[task].reply = answer;
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
                Next::Ended(cause) => {
                    self.trace.push(format!("{} gone", task + 1));
                    return Some(cause);
                }
            }
        }
    }

    /// Does one act; says whether that ends the turn.
    fn act(&mut self, task: usize, at: usize, act: Act) -> bool {
        if let Some(said) = self.at_once(task, act) {
            self.say(task, (at, act), said);
            return false;
        }
        if self.tasks[task].place.unwinding.is_none() {
            self.tasks[task].asked = Some((at, act));
            return true;
        }
        let reply = self.answer(task, act);
        self.clear_wait(task);
        let broken_off = format!("Unwinding at {}", self.now);
        self.say(task, (at, act), &reply.unwrap_or(broken_off));
        false
    }

    fn say(&mut self, task: usize, (at, act): (usize, Act), said: &str) {
        let line = format!("{}.{at} {act:?}: {said}", task + 1);
        self.trace.push(line);
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
