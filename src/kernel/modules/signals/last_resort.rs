//! The last resort: a process that is to end does so, even where the loop never gets its thread back.
//!
//! The loop's own end, with destructors, comes first. Only where it is not over when the time of grace is,
//! since a task computes for ever or is blocked in the system, the signal ends the process itself.

use std::time::Duration;

use super::of;
use crate::devices::nanoseconds;
use crate::kernel::abi::signal::{Signal, SignalSet};
use crate::kernel::core::Core;
use crate::kernel::parts::{log_warn, target};
use crate::machine::SignalAction;

/// The signals at which a run has a time of grace.
const FINAL: [Signal; 2] = [Signal::Term, Signal::Hup];

fn action_of(core: &mut Core, signal: Signal) -> Option<&mut SignalAction> {
    of(core).hooks.as_mut()?.action_of(signal)
}

/// Says which signals tasks have asked for. It looks at all of them, so it is called only where that matters.
type AskedOfAll = fn(&Core) -> SignalSet;

/// Looks anew whether the run ends at a signal, as it does unless a task has asked for it.
pub(super) fn review_end_at(core: &mut Core, signal: Signal, asked: AskedOfAll) {
    let Some(grace) = of(core).grace.filter(|_| FINAL.contains(&signal)) else {
        return;
    };
    if asked(core).has(signal) {
        if let Some(action) = action_of(core, signal) {
            action.cancel_end();
        }
    } else {
        let clock = core.clock();
        let now = clock.read();
        // The machine's time: a task that holds up the loop holds up the loop's time as well.
        let grace = clock.time_until(now.saturating_add(nanoseconds(grace)));
        end_process_at(core, signal, grace);
    }
}

/// The same, for those that a task had asked for which has ended.
pub(super) fn review_ends_at(core: &mut Core, of_task: SignalSet, asked: AskedOfAll) {
    for signal in FINAL.into_iter().filter(|&signal| of_task.has(signal)) {
        review_end_at(core, signal, asked);
    }
}

/// Lets the next signal end the process, if the run is not over so long after it, or has not read it.
pub(super) fn end_process_at(core: &mut Core, signal: Signal, grace: Duration) {
    let action = action_of(core, signal);
    let prepared = action.map_or(Ok(()), |action| action.end_after(grace));
    if let Err(error) = prepared {
        log_warn(
            target::SIGNAL,
            format_args!(
                "a task that makes no call outlives its grace after {signal}, up to the next one: the \
                 system has no timer left: {error}"
            ),
        );
    }
}

/// Lets this signal, which has come, end the process, if the run is not over soon.
pub(super) fn end_process_now(core: &mut Core, signal: Signal) {
    end_process_at(core, signal, Duration::ZERO);
    if let Some(action) = action_of(core, signal) {
        action.ends_now();
    }
}
