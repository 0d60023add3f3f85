//! A signal handler of ours, and the one that was there before.

use std::mem::MaybeUninit;
use std::os::raw::c_int;
use std::ptr;
use std::sync::OnceLock;

/// A handler that is told why the signal came.
pub(super) type InfoHandler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut libc::c_void);

type PlainHandler = extern "C" fn(c_int);

/// What a signal did before ours, once it is passed on.
#[derive(PartialEq)]
pub(super) enum Previous {
    /// There was a handler, and it has handled the signal now.
    Handled,
    Ignored,
    /// There was no handler: it does what the system always does.
    Default,
}

/// What a signal did before our handler took it over.
pub(super) struct Before(OnceLock<libc::sigaction>);

impl Before {
    pub(super) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// Lets this handler have a signal; with SA_ONSTACK among the flags, on the alternate stack. It has to
    /// be async-signal-safe.
    pub(super) fn take_over(&self, signal: c_int, handler: InfoHandler, flags: c_int) {
        let mut old = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: a null second argument only asks.
        unsafe { libc::sigaction(signal, ptr::null(), old.as_mut_ptr()) };
        // SAFETY: zeroed above, which is a valid value, and perhaps filled in.
        let old = unsafe { old.assume_init() };
        let mut ours = old;
        ours.sa_sigaction = handler as *const () as usize;
        ours.sa_flags = libc::SA_SIGINFO | flags;
        let _ = self.0.set(old);
        // SAFETY: the handler has the signature that SA_SIGINFO asks for; that it is async-signal-safe
        // is asked of the caller, and it is one of this module's.
        unsafe { libc::sigaction(signal, &ours, ptr::null_mut()) };
    }

    /// Hands a signal to the handler that was there before, if there was one.
    pub(super) fn pass_on(
        &self,
        signal: c_int,
        info: *mut libc::siginfo_t,
        context: *mut libc::c_void,
    ) -> Previous {
        let old = self.0.get();
        match old.map(|old| (old.sa_sigaction, old.sa_flags & libc::SA_SIGINFO != 0)) {
            None | Some((libc::SIG_DFL, _)) => return Previous::Default,
            Some((libc::SIG_IGN, _)) => return Previous::Ignored,
            Some((handler, true)) => {
                // SAFETY: a handler installed with SA_SIGINFO has this signature.
                let handler = unsafe { std::mem::transmute::<usize, InfoHandler>(handler) };
                handler(signal, info, context);
            }
            Some((handler, false)) => {
                // SAFETY: a handler installed without SA_SIGINFO has this signature.
                let handler = unsafe { std::mem::transmute::<usize, PlainHandler>(handler) };
                handler(signal);
            }
        }
        Previous::Handled
    }
}

/// The number of this process.
#[cfg(any(target_os = "linux", feature = "record"))]
pub(super) fn process() -> i32 {
    // SAFETY: it has no preconditions, and may be called in a signal handler.
    unsafe { libc::getpid() }
}

/// The next time the signal does what the system always does.
pub(super) fn restore_default(signal: c_int) {
    // SAFETY: SIG_DFL is always a valid disposition.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}
