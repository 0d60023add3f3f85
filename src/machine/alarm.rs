//! A timer of the system's that sends a signal: it needs no thread, and a signal handler may set it.
//!
//! A thread would forbid its process to fork. (Timers as of POSIX, 1993.)

use std::io;
use std::mem::MaybeUninit;
use std::os::raw::c_int;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering::SeqCst};

use super::handler::process;

/// One timer, once it is made.
pub(super) struct Alarm {
    /// The process that has it; 0 for none. A forked child inherits no timers.
    owner: AtomicI32,
    timer: AtomicPtr<libc::c_void>,
}

impl Alarm {
    pub(super) const fn new() -> Self {
        Self {
            owner: AtomicI32::new(0),
            timer: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Whether a signal was sent by a timer. Async-signal-safe.
    pub(super) fn has_sent(info: &libc::siginfo_t) -> bool {
        info.si_code == libc::SI_TIMER
    }

    /// Makes the timer that sends this signal to the process, unless it is there.
    pub(super) fn prepare(&self, signal: c_int) -> io::Result<()> {
        if self.owner.load(SeqCst) == process() {
            return Ok(());
        }
        // SAFETY: it is plain data, of which all zeroes are valid.
        let mut event = unsafe { MaybeUninit::<libc::sigevent>::zeroed().assume_init() };
        event.sigev_notify = libc::SIGEV_SIGNAL;
        event.sigev_signo = signal;
        let mut timer = ptr::null_mut();
        // SAFETY: both are ours, and alive for as long as the call takes.
        let made = unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, &mut event, &mut timer) };
        if made != 0 {
            return Err(io::Error::last_os_error());
        }
        self.timer.store(timer, SeqCst);
        self.owner.store(process(), SeqCst);
        Ok(())
    }

    /// Sends the signal in so many milliseconds, and not when it was to be sent before; 0 sends none.
    /// Async-signal-safe.
    pub(super) fn set(&self, milliseconds: u64) {
        if self.owner.load(SeqCst) != process() {
            return;
        }
        let seconds = libc::time_t::try_from(milliseconds / 1000).unwrap_or(libc::time_t::MAX);
        let once = libc::itimerspec {
            it_interval: libc::timespec {
                tv_sec: 0,
                tv_nsec: 0,
            },
            it_value: libc::timespec {
                tv_sec: seconds,
                tv_nsec: (milliseconds % 1000) as libc::c_long * 1_000_000,
            },
        };
        let timer = self.timer.load(SeqCst);
        // SAFETY: this process has made the timer, and never deletes it.
        unsafe { libc::timer_settime(timer, 0, &once, ptr::null_mut()) };
    }
}
