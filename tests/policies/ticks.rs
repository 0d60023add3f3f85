//! Schedules by definition: one millisecond after the other, by whoever is best in it.

use std::collections::{BTreeMap, VecDeque};

/// A job: when it starts, how long it computes in all, after how long it waits each time (0: never), and
/// how long.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    pub start: u64,
    pub length: u64,
    pub every: u64,
    pub io: u64,
}

/// Who had the CPU in each millisecond.
pub type Timeline = Vec<Option<usize>>;

/// What all schedules have to do with: what is left of each job, and who comes when.
pub struct Clock {
    pub jobs: Vec<Work>,
    pub ran: Vec<u64>,
    pub now: u64,
    pub line: Timeline,
    coming: BTreeMap<u64, Vec<usize>>,
}

/// What a millisecond of CPU time has brought about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    On,
    ToAWait,
    ToItsEnd,
}

impl Clock {
    pub fn new(jobs: &[Work]) -> Self {
        let mut coming: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (job, work) in jobs.iter().enumerate() {
            coming.entry(work.start).or_default().push(job);
        }
        Self {
            jobs: jobs.to_vec(),
            ran: vec![0; jobs.len()],
            now: 0,
            line: Vec::new(),
            coming,
        }
    }

    pub fn is_over(&self) -> bool {
        let ran = self.ran.iter().zip(&self.jobs);
        ran.into_iter().all(|(ran, job)| *ran == job.length)
    }

    /// Who arrives or wakes now.
    pub fn comes(&mut self) -> Vec<usize> {
        self.coming.remove(&self.now).unwrap_or_default()
    }

    pub fn idle(&mut self) {
        self.line.push(None);
        self.now += 1;
    }

    /// Lets a job run for a millisecond.
    pub fn run(&mut self, job: usize) -> Came {
        self.line.push(Some(job));
        self.now += 1;
        self.ran[job] += 1;
        let work = self.jobs[job];
        if self.ran[job] == work.length {
            return Came::ToItsEnd;
        }
        if work.every == 0 || !self.ran[job].is_multiple_of(work.every) {
            return Came::On;
        }
        let wakes = self.now + work.io;
        self.coming.entry(wakes).or_default().push(job);
        Came::ToAWait
    }
}

/// The job with the smallest key runs, of equal ones the first, until it waits or ends; or, if it can be
/// preempted, until one with a smaller key is there: one with an equal key is no reason to switch.
pub fn smallest_key(jobs: &[Work], preempts: bool, key: impl Fn(&Work, u64) -> u64) -> Timeline {
    let mut clock = Clock::new(jobs);
    let (mut ready, mut on) = (Vec::new(), None);
    while !clock.is_over() {
        ready.extend(clock.comes());
        let key = |job: &usize| key(&clock.jobs[*job], clock.ran[*job]);
        let first = ready.iter().copied().min_by_key(|job| (key(job), *job));
        let goes_on = |job: &usize| !preempts || first.is_none_or(|first| key(&first) >= key(job));
        on = on.filter(goes_on).or(first);
        let Some(job) = on else {
            clock.idle();
            continue;
        };
        if clock.run(job) != Came::On {
            ready.retain(|ready| *ready != job);
            on = None;
        }
    }
    clock.line
}

/// The job at the head of the queue runs for a quantum; who comes at its end queues before it.
pub fn round_robin(jobs: &[Work], quantum: u64) -> Timeline {
    let mut clock = Clock::new(jobs);
    let (mut queue, mut left, mut sent_back) = (VecDeque::new(), quantum, None);
    while !clock.is_over() {
        queue.extend(clock.comes());
        queue.extend(sent_back.take());
        let Some(&job) = queue.front() else {
            clock.idle();
            continue;
        };
        let came = clock.run(job);
        left -= 1;
        if came != Came::On || left == 0 {
            left = quantum;
            let job = queue.pop_front();
            sent_back = job.filter(|_| came == Came::On);
        }
    }
    clock.line
}

/// The settings of a multi-level feedback queue; the allotment in quanta, 0 for no boost.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    pub queues: usize,
    pub quantum: u64,
    pub allotment: u64,
    pub boost: u64,
    pub renews: bool,
}

struct Feedback {
    rules: Levels,
    /// The last is the top.
    queues: Vec<VecDeque<usize>>,
    level: Vec<usize>,
    ticks: Vec<u64>,
    allotment: Vec<u64>,
}

/// The simulator of *Operating Systems: Three Easy Pieces*, `mlfq.py`, in its own order.
pub fn feedback_queue(jobs: &[Work], rules: Levels) -> Timeline {
    let (mut clock, mut state) = (Clock::new(jobs), Feedback::new(jobs.len(), rules));
    while !clock.is_over() {
        if rules.boost > 0 && clock.now > 0 && clock.now.is_multiple_of(rules.boost) {
            state.boost();
        }
        for job in clock.comes() {
            state.queues[state.level[job]].push_back(job);
        }
        let Some(level) = state.queues.iter().rposition(|queue| !queue.is_empty()) else {
            clock.idle();
            continue;
        };
        let job = state.queues[level][0];
        let came = clock.run(job);
        state.ran(job, level, came);
    }
    clock.line
}

impl Feedback {
    fn new(jobs: usize, rules: Levels) -> Self {
        Self {
            rules,
            queues: vec![VecDeque::new(); rules.queues],
            level: vec![rules.queues - 1; jobs],
            ticks: vec![rules.quantum; jobs],
            allotment: vec![rules.allotment; jobs],
        }
    }

    fn boost(&mut self) {
        let (top, lower) = self.queues.split_last_mut().unwrap();
        for queue in lower {
            top.append(queue);
        }
        self.level.fill(self.rules.queues - 1);
        self.ticks.fill(self.rules.quantum);
        self.allotment.fill(self.rules.allotment);
    }

    fn ran(&mut self, job: usize, level: usize, came: Came) {
        self.ticks[job] -= 1;
        let slice_is_over = self.ticks[job] == 0;
        if came != Came::On {
            self.queues[level].pop_front();
        }
        if came == Came::ToAWait && self.rules.renews {
            self.ticks[job] = self.rules.quantum;
            self.allotment[job] = self.rules.allotment;
        }
        // A wait that begins right here gives nothing back of the slice that is over.
        if came == Came::ToItsEnd || !slice_is_over {
            return;
        }
        self.ticks[job] = self.rules.quantum;
        self.allotment[job] -= 1;
        if self.allotment[job] == 0 {
            self.level[job] = level.saturating_sub(1);
            self.allotment[job] = self.rules.allotment;
        }
        if came == Came::On {
            self.queues[level].pop_front();
            self.queues[self.level[job]].push_back(job);
        }
    }
}
