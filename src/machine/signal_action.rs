//! Listeners to a signal; without any, or if none reads it in time, the signal ends the process.
//!
//! ```text
//!   the signal ──▶ handler ─┬─ no listener ──────────────────────────────▶ the process ends
//!                           ├─ it was read, or will be: the loop does the rest
//!                           └─ it is unread, or the run goes on: sets the alarm
//!   the alarm  ──▶ handler ─── still so ─────────────────────────────────▶ the process ends
//! ```
//!
//! The alarm is a timer of the system's that sends the same signal once more. So neither a loop that never
//! gets its thread back nor a task that is blocked in the system keeps a process that is to end.

use std::io;
use std::mem::MaybeUninit;
use std::os::raw::c_int;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::alarm::Alarm;
use super::write_out::write_out_all;

/// How long a Ctrl-C may lie unread before the next one ends the process, and for how long destructors may
/// run when the time of grace is over, in milliseconds.
const PATIENCE: u64 = 1_000;

/// One more than the highest number of a signal that is listened to.
const SIGNALS: usize = 32;

/// What is known of a signal, for its handler: atomics alone.
struct Action {
    registered: AtomicBool,
    /// Whether the process ignored it before the first listener, as under `nohup`.
    ignored: AtomicBool,
    listeners: AtomicU32,
    /// When the first one came that no listener has read yet, in milliseconds; 0 for none.
    unread: AtomicU64,
    /// How many listeners end by this signal, and the longest time of grace of any, in milliseconds.
    ending: AtomicU32,
    grace: AtomicU64,
    /// When the process ends, since it was told to, in milliseconds; 0 for never.
    due: AtomicU64,
    alarm: Alarm,
}

static ACTIONS: [Action; SIGNALS] = [const {
    Action {
        registered: AtomicBool::new(false),
        ignored: AtomicBool::new(false),
        listeners: AtomicU32::new(0),
        unread: AtomicU64::new(0),
        ending: AtomicU32::new(0),
        grace: AtomicU64::new(0),
        due: AtomicU64::new(0),
        alarm: Alarm::new(),
    }
}; SIGNALS];

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// How many forks lie between the first process and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Listens to a signal for as long as it lives.
pub(crate) struct SignalAction {
    action: &'static Action,
    signal: c_int,
    /// Whether it is one of those that end by the signal.
    ends: bool,
    /// Whether the end has come: then what is read later stands no alarm down.
    is_over: bool,
    /// In which process: a forked child's copy is not its own.
    forks: u32,
}

impl SignalAction {
    /// Listens to the signal with this number.
    pub(crate) fn listen(signal: c_int) -> io::Result<Self> {
        static REGISTERING: Mutex<()> = Mutex::new(());
        let action = usize::try_from(signal).ok().and_then(|at| ACTIONS.get(at));
        let action = action.ok_or(io::ErrorKind::InvalidInput)?;
        let _one_at_a_time = REGISTERING.lock().unwrap_or_else(PoisonError::into_inner);
        action.listeners.fetch_add(1, SeqCst);
        let signal_action = Self {
            action,
            signal,
            ends: false,
            is_over: false,
            forks: FORKS.load(SeqCst),
        };
        if !action.registered.load(SeqCst) {
            action.ignored.store(is_ignored(signal), SeqCst);
            // Made here, since the handler must not be the one to make it.
            LazyLock::force(&BEGAN);
            register(signal, action)?;
            action.registered.store(true, SeqCst);
        }
        if signal == libc::SIGINT {
            // Without it, one more Ctrl-C is needed where the loop never looks.
            _ = action.alarm.prepare(signal);
        }
        Ok(signal_action)
    }

    /// Whether the process ignores a signal, or did before the first listener here.
    pub(crate) fn is_to_be_ignored(signal: c_int) -> bool {
        let action = usize::try_from(signal).ok().and_then(|at| ACTIONS.get(at));
        is_ignored(signal) || action.is_some_and(|action| action.ignored.load(SeqCst))
    }

    /// Says that whatever came has been read. Only where the listener ends by it that is not enough.
    pub(crate) fn has_read(&self) {
        self.action.unread.store(0, SeqCst);
        if self.signal == libc::SIGINT && !self.is_over {
            self.action.stand_down();
        }
    }

    /// From now on the process ends at the latest so long after the signal, and a second more for
    /// destructors, unless the listener is gone by then. One that has come already begins to count now.
    ///
    /// # Errors
    ///
    /// If the system has no timer left; then a later signal is needed for it.
    pub(crate) fn end_after(&mut self, grace: Duration) -> io::Result<()> {
        let grace = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
        if !std::mem::replace(&mut self.ends, true) {
            self.action.ending.fetch_add(1, SeqCst);
        }
        self.action.grace.fetch_max(grace, SeqCst);
        // Before the count, which sets it.
        let prepared = self.action.alarm.prepare(self.signal);
        let (due, unread) = (
            self.action.due.load(SeqCst),
            self.action.unread.load(SeqCst),
        );
        if due != 0 || unread != 0 {
            self.action.begin_to_end(now());
        }
        prepared
    }

    /// The end has come, and been read: of a listener that ends by it, the time begins to count now.
    pub(crate) fn ends_now(&mut self) {
        if self.ends {
            self.is_over = true;
            self.action.begin_to_end(now());
        }
    }

    /// The listener does not end by the signal any more.
    pub(crate) fn cancel_end(&mut self) {
        let is_own = self.forks == FORKS.load(SeqCst);
        let ended = std::mem::replace(&mut self.ends, false);
        if ended && is_own && self.action.ending.fetch_sub(1, SeqCst) == 1 {
            self.action.grace.store(0, SeqCst);
            self.action.stand_down();
        }
    }
}

impl Drop for SignalAction {
    fn drop(&mut self) {
        self.cancel_end();
        if self.forks == FORKS.load(SeqCst) {
            self.is_over = false;
            self.has_read();
            self.action.listeners.fetch_sub(1, SeqCst);
        }
    }
}

/// Removes all listeners, in a process that was forked just now: they are the parent's.
#[cfg(target_os = "linux")]
pub(super) fn leave_to_parent() {
    FORKS.fetch_add(1, SeqCst);
    for action in &ACTIONS {
        for count in [&action.listeners, &action.ending] {
            count.store(0, SeqCst);
        }
        for time in [&action.unread, &action.grace, &action.due] {
            time.store(0, SeqCst);
        }
    }
}

/// Milliseconds since some moment, from 1 on. Async-signal-safe, once there was a listener.
fn now() -> u64 {
    BEGAN.elapsed().as_millis() as u64 + 1
}

fn is_ignored(signal: c_int) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action it does nothing but write the one in force to where it is told, and
    // that is ours.
    let told = unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) };
    // SAFETY: it has succeeded, so it has written the whole of it.
    told == 0 && unsafe { action.assume_init() }.sa_sigaction == libc::SIG_IGN
}

fn register(signal: c_int, action: &'static Action) -> io::Result<()> {
    let heard = move |info: &libc::siginfo_t| {
        if action.must_end(signal, Alarm::has_sent(info)) {
            write_out_all();
            // It fails for unknown signals alone.
            _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    };
    // SAFETY: the handler must be async-signal-safe. It reads and writes atomics and the clock, sets a
    // timer of the system's, writes out the buffers of files, and ends or stops the process as
    // `emulate_default_handler` does, which is meant to be called there. It allocates nothing, takes no
    // lock and cannot panic.
    unsafe { signal_hook_registry::register_sigaction(signal, heard) }?;
    Ok(())
}

impl Action {
    /// Whether the process ends now: no listener is there, or none has read it for too long. Else notes
    /// that the signal came, and sets the alarm for when its time is over.
    fn must_end(&self, signal: c_int, is_alarm: bool) -> bool {
        if self.listeners.load(SeqCst) == 0 {
            // An alarm of a run that is over is one that was under way when it ended.
            return !is_alarm && !self.ignored.load(SeqCst);
        }
        let (now, due) = (now(), self.due.load(SeqCst));
        if due != 0 && now >= due {
            return true;
        }
        if is_alarm {
            return false;
        }
        let before = self.unread.compare_exchange(0, now, SeqCst, SeqCst);
        match before {
            Err(first) if signal == libc::SIGINT => {
                if now.saturating_sub(first) > PATIENCE {
                    return true;
                }
                self.end_at(now, first + PATIENCE + 1);
            }
            _ if due == 0 && self.ending.load(SeqCst) > 0 => self.begin_to_end(now),
            _ => {}
        }
        false
    }

    /// The time of grace begins.
    fn begin_to_end(&self, now: u64) {
        let grace = self.grace.load(SeqCst);
        self.end_at(now, now.saturating_add(grace).saturating_add(PATIENCE));
    }

    fn end_at(&self, now: u64, due: u64) {
        self.due.store(due, SeqCst);
        // One more: the timer counts from a moment within this millisecond.
        self.alarm.set((due - now).saturating_add(1));
    }

    fn stand_down(&self) {
        if self.due.swap(0, SeqCst) != 0 {
            self.alarm.set(0);
        }
    }
}
