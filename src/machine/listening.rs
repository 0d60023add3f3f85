//! Who listens to a signal; while nobody does, or does not come to it, the signal ends the process.

use std::io;
use std::mem::MaybeUninit;
use std::os::raw::c_int;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{LazyLock, PoisonError};
use std::time::Instant;

/// How long a Ctrl-C may lie unread before the next one ends the process, in milliseconds: somebody
/// computes, and does not come to it.
const PATIENCE: u64 = 1_000;

/// One more than the highest number of a signal that is listened to.
const SIGNALS: usize = 32;

/// What is known of a signal, for its handler: atomics alone.
struct Ear {
    registered: AtomicBool,
    /// Whether the process ignored it before anybody listened, as under `nohup`.
    ignored: AtomicBool,
    listeners: AtomicU32,
    /// When the first one came that nobody has read yet, in milliseconds; 0 for none.
    unread: AtomicU64,
}

static EARS: [Ear; SIGNALS] = [const {
    Ear {
        registered: AtomicBool::new(false),
        ignored: AtomicBool::new(false),
        listeners: AtomicU32::new(0),
        unread: AtomicU64::new(0),
    }
}; SIGNALS];

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// How many forks lie between the first process and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Listens to a signal for as long as it lives.
pub(crate) struct Listening {
    ear: &'static Ear,
    /// In which process: a forked child's copy is not its own.
    forks: u32,
}

impl Listening {
    /// Listens to the signal with this number.
    pub(crate) fn to(signal: c_int) -> io::Result<Self> {
        static REGISTERING: Mutex<()> = Mutex::new(());
        let ear = usize::try_from(signal).ok().and_then(|at| EARS.get(at));
        let ear = ear.ok_or(io::ErrorKind::InvalidInput)?;
        let _one_at_a_time = REGISTERING.lock().unwrap_or_else(PoisonError::into_inner);
        ear.listeners.fetch_add(1, SeqCst);
        let listening = Self {
            ear,
            forks: FORKS.load(SeqCst),
        };
        if !ear.registered.load(SeqCst) {
            ear.ignored.store(is_ignored(signal), SeqCst);
            // Made here, since the handler must not be the one to make it.
            LazyLock::force(&BEGAN);
            register(signal, ear)?;
            ear.registered.store(true, SeqCst);
        }
        Ok(listening)
    }

    /// Whether the process ignores a signal, or did before anybody here listened to it.
    pub(crate) fn is_to_be_ignored(signal: c_int) -> bool {
        let ear = usize::try_from(signal).ok().and_then(|at| EARS.get(at));
        is_ignored(signal) || ear.is_some_and(|ear| ear.ignored.load(SeqCst))
    }

    /// Says that whatever came has been read.
    pub(crate) fn has_read(&self) {
        self.ear.unread.store(0, SeqCst);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if self.forks == FORKS.load(SeqCst) {
            self.has_read();
            self.ear.listeners.fetch_sub(1, SeqCst);
        }
    }
}

/// Nobody listens any more, in a process that was forked just now: those who did are the parent's.
#[cfg(target_os = "linux")]
pub(super) fn leave_to_parent() {
    FORKS.fetch_add(1, SeqCst);
    for ear in &EARS {
        ear.unread.store(0, SeqCst);
        ear.listeners.store(0, SeqCst);
    }
}

fn is_ignored(signal: c_int) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action it does nothing but write the one in force to where it is told, and
    // that is ours.
    let told = unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) };
    // SAFETY: it has succeeded, so it has written the whole of it.
    told == 0 && unsafe { action.assume_init() }.sa_sigaction == libc::SIG_IGN
}

fn register(signal: c_int, ear: &'static Ear) -> io::Result<()> {
    let heard = move || {
        if ear.is_deaf(signal) {
            // It fails for unknown signals alone.
            _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    };
    // SAFETY: the handler must be async-signal-safe. It reads and writes atomics and the clock, and ends
    // or stops the process as `emulate_default_handler` does, which is meant to be called there. It
    // allocates nothing, takes no lock and cannot panic.
    unsafe { signal_hook::low_level::register(signal, heard) }?;
    Ok(())
}

impl Ear {
    /// Whether nobody listens, or nobody has come to it for too long; notes when this one came.
    fn is_deaf(&self, signal: c_int) -> bool {
        if self.listeners.load(SeqCst) == 0 {
            return !self.ignored.load(SeqCst);
        }
        let now = BEGAN.elapsed().as_millis() as u64 + 1;
        match self.unread.compare_exchange(0, now, SeqCst, SeqCst) {
            Ok(_) => false,
            Err(first) => signal == libc::SIGINT && now.saturating_sub(first) > PATIENCE,
        }
    }
}
