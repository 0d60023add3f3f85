//! Work that may take long: how far it is, on a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How long a line of progress stands before it is written again, and how long work takes before the first.
const PERIOD: Duration = Duration::from_millis(200);

/// How many steps are done between two looks at the clock.
const STEPS: u32 = 1024;

/// How far some work is: a line on standard error, if that is a terminal, which is erased at the end.
pub struct Progress {
    what: String,
    total: u64,
    done: u64,
    /// Steps up to the next look at the clock.
    left: u32,
    looked: Instant,
    is_terminal: bool,
    is_shown: bool,
}

impl Progress {
    /// Work that begins now, and is done after so many units.
    pub fn of(what: String, total: u64) -> Self {
        Self {
            what,
            total,
            done: 0,
            left: STEPS,
            looked: Instant::now(),
            is_terminal: io::stderr().is_terminal(),
            is_shown: false,
        }
    }

    /// A step is done, of so many units.
    pub fn add(&mut self, units: u64) {
        self.done = self.done.saturating_add(units);
        self.left -= 1;
        if self.left == 0 {
            self.left = STEPS;
            self.look();
        }
    }

    fn look(&mut self) {
        if !self.is_terminal || self.looked.elapsed() < PERIOD {
            return;
        }
        self.looked = Instant::now();
        self.is_shown = true;
        let line = self.line();
        let _ = write!(io::stderr(), "\r\x1b[K{line}");
    }

    fn line(&self) -> String {
        let (done, total) = (self.done.min(self.total), self.total.max(1));
        let per_cent = u128::from(done) * 100 / u128::from(total);
        format!("{}: {per_cent} % of {total} (Ctrl-C ends it)", self.what)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            erase();
        }
    }
}

/// Erases the line on the terminal that standard error is.
pub fn erase() {
    let _ = write!(io::stderr(), "\r\x1b[K");
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn progress_is_told_in_hundredths_and_never_passes_the_end() {
        let mut progress = Progress::of("rr".into(), 250);
        assert_eq!(progress.line(), "rr: 0 % of 250 (Ctrl-C ends it)");
        progress.add(248);
        assert_eq!(progress.line(), "rr: 99 % of 250 (Ctrl-C ends it)");
        progress.add(100);
        assert_eq!(progress.line(), "rr: 100 % of 250 (Ctrl-C ends it)");
    }
}
