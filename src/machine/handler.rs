//! A signal handler of ours, and the one that was there before.

use std::mem::MaybeUninit;
use std::os::raw::c_int;
use std::ptr;
use std::sync::OnceLock;

/// A handler that is told why the signal came.
pub(super) type Full = extern "C" fn(c_int, *mut libc::siginfo_t, *mut libc::c_void);

type Simple = extern "C" fn(c_int);

/// What was done about a signal in our handler's stead.
#[derive(PartialEq)]
pub(super) enum Passed {
    /// The handler that was there before has seen to it.
    On,
    /// It was ignored before.
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
    pub(super) fn take_over(&self, signal: c_int, handler: Full, flags: c_int) {
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
    ) -> Passed {
        let old = self.0.get();
        match old.map(|old| (old.sa_sigaction, old.sa_flags & libc::SA_SIGINFO != 0)) {
            None | Some((libc::SIG_DFL, _)) => return Passed::Default,
            Some((libc::SIG_IGN, _)) => return Passed::Ignored,
            Some((handler, true)) => {
                // SAFETY: a handler installed with SA_SIGINFO has this signature.
                let handler = unsafe { std::mem::transmute::<usize, Full>(handler) };
                handler(signal, info, context);
            }
            Some((handler, false)) => {
                // SAFETY: a handler installed without SA_SIGINFO has this signature.
                let handler = unsafe { std::mem::transmute::<usize, Simple>(handler) };
                handler(signal);
            }
        }
        Passed::On
    }
}

/// The next time the signal does what the system always does.
pub(super) fn restore_default(signal: c_int) {
    // SAFETY: SIG_DFL is always a valid disposition.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}
