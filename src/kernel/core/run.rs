//! The loop: pick a task, give it its turn, and now and then look at all else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::borrow::can_be_unwound;
use super::exit::{kill_now, unwind};
use super::facts::Facts;
use super::shared::{NO_TASK, Shared};
use super::turn::{hand_back, turn};
use super::wake::fire_due;
use super::{Core, notes};
use crate::kernel::abi::Tid;
use crate::kernel::parts::{BudgetInForce, Change, Post, log_error, target};
use crate::machine::TaskRef;

/// How often tasks are killed that the destructors of killed ones have spawned.
const MAX_ROUNDS: u32 = 16;

/// In which order tasks have their turns, and what is done between them: the loop is generic over it.
pub(crate) trait Dispatcher {
    /// Whether the run is still to be dispatched like this: asked whenever the loop looks at everything.
    fn fits(&self, core: &Core) -> bool;

    /// Whether timers go off at a place of this dispatcher's choice.
    fn keeps_time(&self) -> bool {
        false
    }

    /// Takes the next task out of the run queue and counts its turn; none if no task can have one now.
    fn pick(&mut self, core: &mut Core, shared: &Shared) -> Option<TaskRef>;

    /// No task can have a turn now: lets time come to when one may; says whether that will ever be.
    fn idle(&mut self, core: &mut Core) -> bool {
        idle(core)
    }

    /// The turn of a task is over; says whether the loop goes on.
    fn after(&mut self, core: &mut Core, tid: Tid) -> bool;
}

/// Why the loop has ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Every task that is no daemon has ended.
    Done,
    /// Nothing can go on.
    Stuck,
    /// The dispatcher has had its turns.
    Paused,
    /// The run is to be dispatched in another way.
    Changed,
}

/// The loop: turns until every task that is no daemon has ended, or the dispatcher wants no more.
fn turns<D: Dispatcher>(core: &mut Core, order: &mut D) -> Left {
    let shared = Rc::clone(&core.shared);
    loop {
        if shared.countdown.is_due() {
            attend(core, order.keeps_time());
            if shared.ordinary.get() == 0 {
                return Left::Done;
            }
            if !order.fits(core) {
                return Left::Changed;
            }
        }
        if let Some(task) = order.pick(core, &shared) {
            let tid = Tid::of(&task);
            turn(core, &shared, task);
            if !order.after(core, tid) {
                return Left::Paused;
            }
        } else if !order.idle(core) && shared.ordinary.get() > 0 {
            return Left::Stuck;
        }
    }
}

/// Runs the loop. A call that panics while it is served does so in its caller, and the loop goes on.
pub(crate) fn run<D: Dispatcher>(core: &mut Core, order: &mut D) -> Left {
    // A kill that an outer task's kill has left is over.
    core.kills_nested = 0;
    loop {
        match catch_unwind(AssertUnwindSafe(|| turns(core, order))) {
            Ok(left) => return left,
            Err(payload) => {
                let tid = hand_back(core, payload);
                if !order.after(core, tid) {
                    return Left::Paused;
                }
            }
        }
    }
}

/// Looks at all that is not looked at in every turn: posts, the clock, the world outside, the journal.
#[cold]
#[inline(never)]
fn attend(core: &mut Core, keeps_time: bool) {
    core.serving.set(NO_TASK);
    carry_out_posts(core);
    let mut left = core.countdown.turns_left();
    if left == 0 {
        poll(core, keeps_time);
        // What deadlines broke off may have left posts.
        carry_out_posts(core);
        left = core.interval.turns;
        core.interval.due += u64::from(left);
    }
    core.countdown.set(left);
    core.read_journal();
}

fn poll(core: &mut Core, keeps_time: bool) {
    if keeps_time || (core.timers.is_empty() && !core.has_doors()) {
        core.interval.forget();
    } else {
        let now = core.clock.read();
        core.interval.learn(now);
        fire_due(core);
    }
    if let Some(look) = core.hooks.look {
        look(core);
    }
}

/// Nothing is ready: lets time come to the next timer, or to what comes from outside; says whether either
/// will ever come.
#[cold]
#[inline(never)]
fn idle(core: &mut Core) -> bool {
    let may_go_on = rest(core, core.next_timer());
    if may_go_on {
        let now = core.clock.read();
        core.interval.rested(now);
        fire_due(core);
    }
    may_go_on
}

/// Lets time come to a deadline, or to what comes from outside; says whether either will ever come. It may
/// come back before: whatever waits looks again.
pub(crate) fn rest(core: &mut Core, deadline: Option<u64>) -> bool {
    // Where no task is left, no timer can matter.
    core.ordinary.get() > 0 && (core.hooks.rest)(core, deadline)
}

/// Lets time come to a deadline where nothing can come from outside.
pub(crate) fn sleep_until(core: &mut Core, deadline: Option<u64>) -> bool {
    if let Some(deadline) = deadline {
        if !core.clock.is_virtual() {
            core.note(|| Change::Sleeps);
            core.read_journal();
        }
        core.clock.wait_until(deadline);
    }
    deadline.is_some()
}

/// Carries out all posts, those too that come of carrying out.
pub(crate) fn carry_out_posts(core: &mut Core) {
    while let Some(post) = core.posts.take() {
        carry_out(core, post);
    }
}

fn carry_out(core: &mut Core, post: Post) {
    match post {
        Post::Kill(tid) => kill_now(core, tid),
        Post::Act(posted) => posted.act(core),
    }
}

/// Kills all tasks of a kind, newest first; then those that their destructors spawned, round after
/// round. A destructor that each time leaves a task behind has its last one given up; so has one
/// that runs, as when the process exits inside a task.
pub(crate) fn kill_all(core: &mut Core, which: fn(&Facts) -> bool) {
    for _ in 0..MAX_ROUNDS {
        let mut doomed = core.table.all();
        doomed.retain(|task| which(task.facts()) && can_be_unwound(core, task));
        if doomed.is_empty() {
            return;
        }
        for task in doomed.iter().rev() {
            if core.find(Tid::of(task)).is_some() {
                unwind(core, task);
            }
        }
        // Only those that wait now: what they cause belongs to the next round.
        let posts: Vec<_> = (0..core.posts.len())
            .map_while(|_| core.posts.take())
            .collect();
        posts.into_iter().for_each(|post| carry_out(core, post));
    }
    log_error(
        target::TASK,
        format_args!("tasks are left after {MAX_ROUNDS} rounds of killing: they are leaked"),
    );
}

impl Drop for Core {
    /// Kills what is left, newest first.
    fn drop(&mut self) {
        let _notes = notes::Open::of(&self.shared);
        // Destructors that look around have a budget of their own, and not what other code has left.
        self.budget.refill();
        let budget = Rc::clone(&self.budget);
        let _budget = BudgetInForce::new(&budget);
        kill_all(self, |_| true);
        self.read_journal();
        self.journal.set_read(false);
        self.posts.close();
    }
}
