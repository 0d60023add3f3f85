//! Staying awake for a moment where a message is likely to come at once.
//!
//! To put a thread to sleep and to wake it takes the system several microseconds each; two cores that
//! answer each other in less would do nothing else. So a thread to which messages come quickly stays
//! awake for about as long as that before it sleeps, and one that stayed awake in vain sleeps at once
//! the next time. A program without other threads never stays awake for nothing. (Competitive spinning,
//! after Karlin, Li, Manasse and Owicki, 1991; `std`'s channels spin likewise.)

use std::hint::spin_loop;
use std::sync::OnceLock;
use std::thread::{available_parallelism, yield_now};
use std::time::{Duration, Instant};

use super::{Message, Outside};
use crate::devices::Inbox;
use crate::kernel::core::Kernel;

/// For how long a thread stays awake: about what it costs to sleep.
const LONGEST: Duration = Duration::from_micros(50);

/// What counts as quick.
const SHORT: Duration = Duration::from_micros(100);

/// How often it looks before it lets other threads have its CPU.
const LOOKS: u32 = 50;

/// Whether messages come quickly.
#[derive(Default)]
pub(super) struct Spin {
    is_worthwhile: bool,
}

impl Spin {
    /// Waits without sleeping until a message comes, or it `seems_so`, where that is worthwhile; says
    /// whether either happened.
    pub(super) fn wait(
        &mut self,
        inbox: &Inbox<Message>,
        mut seems_so: impl FnMut() -> bool,
    ) -> bool {
        if !self.is_worthwhile {
            return false;
        }
        let begin = Instant::now();
        loop {
            for _ in 0..LOOKS {
                if seems_so() || inbox.has_some() {
                    return true;
                }
                spin_loop();
            }
            if begin.elapsed() > LONGEST {
                self.is_worthwhile = false;
                return false;
            }
            yield_now();
        }
    }

    /// Notes a sleep, and whether a message ended it.
    pub(super) fn slept(&mut self, since: Instant, got_message: bool) {
        self.is_worthwhile = got_message && since.elapsed() < SHORT && has_partners();
    }
}

/// Lets the whole thread stay awake for a moment, until it `seems_so` that what the caller waits for
/// has come; where messages come quickly, and there is nothing else to do.
pub(crate) fn spin(kernel: &mut Kernel<'_>, seems_so: impl FnMut() -> bool) {
    let core = kernel.core();
    if let (true, Some(outside)) = (core.has_nothing_to_do(), core.module_mut::<Outside>())
        && !outside.sources.is_any_awaited()
    {
        outside.spin.wait(&outside.inbox, seems_so);
    }
}

/// Whether another thread can run at the same time.
fn has_partners() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    *SEVERAL.get_or_init(|| {
        // Of a thread that is pinned, `available_parallelism` tells of its own core alone.
        match std::fs::read_to_string("/sys/devices/system/cpu/online") {
            Ok(online) => online.contains(['-', ',']),
            Err(_) => available_parallelism().is_ok_and(|cpus| cpus.get() > 1),
        }
    })
}
