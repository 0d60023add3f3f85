//! How a run is dispatched: first in, first out, or by simulated CPUs; and with a look at each turn, or not.

use crate::kernel::abi::Tid;
use crate::kernel::abi::policy::WantedPolicy;
use crate::kernel::core::{Core, Dispatcher, Left, Shared, run};
use crate::kernel::modules::cpus::{self, OnCpus};
use crate::kernel::modules::trace::{observers, turn};
use crate::kernel::modules::watchdog;
use crate::kernel::parts::traces_turns;
use crate::machine::TaskRef;

/// Runs to the end: until every task that is no daemon has ended, or nothing can go on.
pub(super) fn run_to_the_end(core: &mut Core) -> Left {
    // A run before may have been left in the middle of a turn.
    turn::end_steps(core);
    turn::drop_record(core);
    loop {
        let left = match is_on_cpus(core) || is_watched(core) {
            false => run(core, &mut Fifo),
            true => run_watched(core, false),
        };
        if left != Left::Changed {
            return left;
        }
    }
}

/// Takes one turn, unless the run is over or nothing can go on.
pub(super) fn step(core: &mut Core) -> Left {
    run_watched(core, true)
}

fn run_watched(core: &mut Core, steps: bool) -> Left {
    let on_cpus = is_on_cpus(core);
    let (mut fifo, mut cpus) = (Fifo, OnCpus);
    let mut order = Watched {
        order: if on_cpus { &mut cpus } else { &mut fifo },
        on_cpus,
        steps,
        has_slept: false,
    };
    order.begin(core);
    let left = run(core, &mut order);
    // Of a turn that did not take place.
    turn::drop_record(core);
    left
}

/// Whether CPUs are simulated, or a policy is in force or is to be.
fn is_on_cpus(core: &Core) -> bool {
    cpus::find(core).is_some() || core.module::<WantedPolicy>().is_some()
}

/// Whether more is asked of a turn than that it is done.
fn is_watched(core: &Core) -> bool {
    core.is_observed() || traces_turns() || watchdog::is_on(core)
}

/// First in, first out.
struct Fifo;

impl Dispatcher for Fifo {
    fn fits(&self, core: &Core) -> bool {
        !is_on_cpus(core) && !is_watched(core)
    }

    #[inline(always)]
    fn pick(&mut self, _: &mut Core, shared: &Shared) -> Option<TaskRef> {
        shared.next_in_line()
    }

    #[inline(always)]
    fn after(&mut self, _: &mut Core, _: Tid) -> bool {
        true
    }
}

/// Looks at each turn of another dispatcher: for observers, the log, the watchdog, single steps.
struct Watched<'o> {
    order: &'o mut dyn Dispatcher,
    on_cpus: bool,
    /// The loop is left after a turn, which is told of whether or not anything else looks at it.
    steps: bool,
    /// The thread has slept since the last turn.
    has_slept: bool,
}

impl Watched<'_> {
    /// Begins to note what happens up to the end of the next turn, if that is to be told of.
    fn begin(&self, core: &mut Core) {
        if self.steps || traces_turns() || observers::see_turns(core) {
            turn::begin(core, self.steps);
        }
        core.call_attention();
    }
}

impl Dispatcher for Watched<'_> {
    fn fits(&self, core: &Core) -> bool {
        let is_same = self.on_cpus == is_on_cpus(core);
        self.steps || is_same && (self.on_cpus || is_watched(core))
    }

    fn keeps_time(&self) -> bool {
        self.order.keeps_time()
    }

    fn pick(&mut self, core: &mut Core, shared: &Shared) -> Option<TaskRef> {
        if core.tells_turns() && !self.on_cpus {
            turn::begin_first_in_line(core, shared, !self.has_slept);
        }
        let task = self.order.pick(core, shared)?;
        self.has_slept = false;
        // What the task does itself, before its call is served, is noted as done by it.
        core.begin_turn_of(Some(Tid::of(&task)));
        watchdog::begin_turn(core);
        Some(task)
    }

    fn idle(&mut self, core: &mut Core) -> bool {
        self.has_slept = true;
        self.order.idle(core)
    }

    fn after(&mut self, core: &mut Core, tid: Tid) -> bool {
        core.begin_turn_of(Some(tid));
        self.order.after(core, tid);
        turn::end(core, tid);
        watchdog::end_turn(core, tid);
        if !self.steps {
            self.begin(core);
        }
        !self.steps
    }
}
