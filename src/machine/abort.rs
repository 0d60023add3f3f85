//! The abort reporter: where a task aborts the process, a line says which task it was.
//!
//! A panic that leaves a destructor while frames are unwound ends the process. rustc decides so, in the
//! frame that called the destructor; and a kill unwinds frames. Nothing beneath them can prevent it, but
//! the message that `std` prints names the thread alone. So the handler of SIGABRT adds the task, and
//! writes out the buffers of files. Of one that another process sends, the task is not to blame.

use std::os::raw::c_int;
use std::ptr;
use std::sync::Once;

use super::handler::{Before, Previous, restore_default};
use super::head::has_owner;
use super::registry;
use super::report_line::ReportLine;
use super::write_out::write_out_all;

/// What the signal did before us.
static BEFORE: Before = Before::new();

/// Installs the handler once for the process.
///
/// Not on the alternate stack: that it runs on a task's own stack is how it finds the task.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| BEFORE.take_over(libc::SIGABRT, handle, 0));
}

extern "C" fn handle(signal: c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let here = 0_u8;
    let slot = registry::find(ptr::from_ref(&here).addr());
    if let Some(slot) = slot.filter(|slot| !slot.in_guard && has_owner(slot.top)) {
        let mut line = ReportLine::new();
        line.text(b"coros: ");
        line.owner(slot.top);
        if is_own(info) {
            line.text(
                b" aborted the process; if a destructor of it panicked while a panic or a kill ",
            );
            line.text(b"unwound the task, that cannot be caught\n");
        } else {
            line.text(b" was running when SIGABRT came\n");
        }
        line.write();
    }
    write_out_all();
    if BEFORE.pass_on(signal, info, context) == Previous::Default {
        restore_default(signal);
        // SAFETY: `raise` may be called anywhere; the signal acts when this handler returns.
        unsafe { libc::raise(signal) };
    }
}

/// Whether the process has sent the signal to a thread of its own, as `abort` does.
#[cfg(target_os = "linux")]
fn is_own(info: *const libc::siginfo_t) -> bool {
    // SAFETY: the system hands a handler with SA_SIGINFO a valid one, for as long as the handler runs.
    let info = unsafe { &*info };
    // SAFETY: it has no preconditions, and may be called in a signal handler.
    let own = unsafe { libc::getpid() };
    // SAFETY: a signal that one process sends to another, as this code says, tells by whom.
    info.si_code == libc::SI_TKILL && unsafe { info.si_pid() } == own
}

/// Elsewhere the system does not tell one from the other.
#[cfg(not(target_os = "linux"))]
fn is_own(_: *const libc::siginfo_t) -> bool {
    true
}
