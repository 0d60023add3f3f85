//! Fork: the one process becomes two, each with a copy of all memory.
//!
//! The copy has the calling thread alone. A lock that another thread held at that moment, the
//! allocator's say, would stay locked in it for ever: so a process with several threads is refused.

use std::fs;
use std::io;
use std::thread;
use std::time::Duration;

use super::{current, signal_action};

/// How often threads are counted, and the pause before the next time: one that was joined just now may
/// still be on its way out.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_micros(500);

/// Which of the two processes this is.
pub(crate) enum Fork {
    /// The one that there was; the number is the other's.
    Parent(u32),
    /// The copy. It is in no task: those stayed with the parent.
    Child,
}

/// Doubles the process.
///
/// # Errors
///
/// If there is a second thread, or that cannot be told, or the system has no room for a process.
pub(crate) fn fork() -> io::Result<Fork> {
    refuse_threads()?;
    // SAFETY: what the child may do after `fork` is limited only where other threads have left things
    // half done; there are none: they were counted, and only this thread could start one since.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            current::leave_for_good();
            signal_action::leave_to_parent();
            Ok(Fork::Child)
        }
        pid => Ok(Fork::Parent(pid.unsigned_abs())),
    }
}

/// Ends the process: no destructor runs, and no buffer is flushed that is the parent's.
pub(crate) fn exit_at_once(code: i32) -> ! {
    // SAFETY: `_exit` has no preconditions and does not return.
    unsafe { libc::_exit(code) }
}

fn refuse_threads() -> io::Result<()> {
    let mut threads = count_threads()?;
    for _ in 1..LOOKS {
        if threads <= 1 {
            break;
        }
        thread::sleep(PAUSE);
        threads = count_threads()?;
    }
    match threads {
        1 => Ok(()),
        _ => Err(io::Error::other(format!(
            "fork refused: this process has {threads} threads, and what they hold would stay locked in \
             the child for ever; fork before the first thread starts, or ask a fork server that was \
             started before, or use process::spawn"
        ))),
    }
}

fn count_threads() -> io::Result<usize> {
    let all = fs::read_dir("/proc/self/task").map_err(|error| {
        let text = format!("fork refused: /proc/self/task does not tell how many threads there are: {error}; use process::spawn");
        io::Error::new(error.kind(), text)
    })?;
    let mut count = 0;
    for thread in all {
        thread?;
        count += 1;
    }
    Ok(count)
}
